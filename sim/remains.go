package sim

// remains are the states that finished sessions have left in a server's memory, each until its idle timeout: a heap, the
// first to be freed on top. Nothing else happens when one is freed, so none is an event: the server frees what is due
// before its memory is read or changed.
type remains []remain

type remain struct {
	until Time
	bytes int64
}

// add puts a state in. Most are freed later than those that are there, so few rise.
func (h *remains) add(x remain) {
	all := append(*h, x)
	i := len(all) - 1
	for i > 0 {
		up := (i - 1) / 2
		if all[up].until <= x.until {
			break
		}
		all[i] = all[up]
		i = up
	}
	all[i] = x
	*h = all
}

// due reports whether a state is to be freed by now.
func (h remains) due(now Time) bool { return len(h) > 0 && h[0].until <= now }

// take takes out the first; there must be one.
func (h *remains) take() remain {
	all := *h
	first, last := all[0], all[len(all)-1]
	all = all[:len(all)-1]
	*h = all
	if len(all) == 0 {
		return first
	}
	i := 0
	for kid := 1; kid < len(all); kid = 2*i + 1 {
		if kid+1 < len(all) && all[kid+1].until < all[kid].until {
			kid++
		}
		if last.until <= all[kid].until {
			break
		}
		all[i] = all[kid]
		i = kid
	}
	all[i] = last
	return first
}
