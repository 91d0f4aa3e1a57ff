package sim

// crew is the workers of a store where no operation fails and the speed never changes: when an operation ends is known when it comes,
// because the first worker that is free takes it.
type crew struct {
	size  int
	until []Time // when each worker that had work was, or will be, done; a heap, earliest first
	end   Time   // of the run; what is later does not count
	given int64  // ns of work up to end, of all operations that have come
}

// take gives an operation to the first worker that is free, and returns when it is done.
func (c *crew) take(now, work Time) Time {
	if n := len(c.until); n == 0 || n < c.size && c.until[0] > now {
		c.hire(now)
	}
	start := max(c.until[0], now)
	done := start + work
	c.until[0] = min(done, c.end)
	c.given += int64(c.until[0] - start)
	c.sink()
	return done
}

// hire puts a worker who has had no work yet in front: everybody else is busy.
func (c *crew) hire(now Time) {
	c.until = append(c.until, now)
	for i := len(c.until) - 1; i > 0; i = (i - 1) / 2 {
		c.until[i] = c.until[(i-1)/2]
	}
	c.until[0] = now
}

// worked is how long workers were busy up to now, in ns.
func (c *crew) worked(now Time) int64 {
	left := int64(0)
	for _, at := range c.until {
		left += int64(max(at-now, 0))
	}
	return c.given - left
}

// sink moves the first worker behind those who are free earlier.
func (c *crew) sink() {
	all, i := c.until, 0
	first := all[0]
	for kid := 1; kid < len(all); kid = 2*i + 1 {
		if kid+1 < len(all) && all[kid+1] < all[kid] {
			kid++
		}
		if all[kid] >= first {
			break
		}
		all[i] = all[kid]
		i = kid
	}
	all[i] = first
}
