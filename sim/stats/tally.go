package stats

import "math"

// Tally is the bare counts of a [Histogram]: same buckets, same error, but no running count, sum or extremes, for
// places that every request passes. The zero value is empty and ready.
type Tally struct {
	counts []uint32
	base   int32
}

// Add counts one observation; values outside [0, Range) count at its ends.
func (t *Tally) Add(v int64) { t.AddTo(BucketOf(v)) }

// BucketOf is the number of v's bucket, for adding one observation to several tallies.
func BucketOf(v int64) int { return index(uint64(min(max(v, 0), Range-1))) }

// AddTo counts one observation in the given bucket.
func (t *Tally) AddTo(bucket int) {
	if !t.TryAdd(bucket) {
		t.counts[t.cover(bucket)]++
	}
}

// TryAdd is AddTo where the counts cover the bucket already; else it reports false and counts nothing.
func (t *Tally) TryAdd(bucket int) bool {
	slot := t.slot(bucket)
	if uint(slot) >= uint(len(t.counts)) {
		return false
	}
	t.counts[slot]++
	return true
}

// slot is the place of a bucket among the counts, where they cover it.
func (t *Tally) slot(bucket int) int { return bucket - int(t.base) }

// AddN counts n equal observations.
func (t *Tally) AddN(v int64, n uint32) {
	if n > 0 {
		t.Add(v)
		t.counts[t.slot(BucketOf(v))] += n - 1
	}
}

//go:noinline
func (t *Tally) cover(i int) int {
	h := Histogram{counts: t.counts, base: int(t.base)}
	slot := h.cover(i)
	t.counts, t.base = h.counts, int32(h.base)
	return slot
}

// Histogram returns the counts as a histogram whose observations sum to total. Smallest and largest are those of the
// outermost buckets. The tally must not be used afterwards.
func (t *Tally) Histogram(total int64) Histogram { return t.histogram(0, total) }

// histogram is Histogram where 2^coarse buckets are counted as one.
func (t *Tally) histogram(coarse uint8, total int64) Histogram {
	h := Histogram{counts: t.counts, base: int(t.base), coarse: coarse, sum: uint64(total)}
	if h.n = sum(t.counts); h.n > 0 {
		first, last := 0, len(t.counts)-1
		for t.counts[first] == 0 {
			first++
		}
		for t.counts[last] == 0 {
			last--
		}
		low, _ := h.bounds(first)
		h.room = math.MaxInt64 - low
		_, h.max = h.bounds(last)
	}
	return h
}

// Reset forgets all observations and keeps the memory.
func (t *Tally) Reset() { clear(t.counts) }

// Drain finds the quantiles p, in ascending order, of the n observations that the tally has counted, and forgets them. They are NaN
// where there was nothing.
func (t *Tally) Drain(p, out []float64, n uint32) {
	find(p, out, n, part{base: int(t.base), counts: t.counts})
	t.Reset()
}

// part is what counts of a tally: all of it, or what it had not counted when it was seen.
type part struct {
	base         int
	counts, seen []uint32 // of the same buckets; seen is nil where all counts
}

// in is how many observations count in so many buckets from the first on, none or all of which have counts.
func (x *part) in(first, width int) uint32 {
	at := first - x.base
	if uint(at) >= uint(len(x.counts)) {
		return 0
	}
	counts := x.counts[at:][:width]
	if x.seen == nil {
		return uint32(sum(counts))
	}
	seen := x.seen[at:][:width]
	if width == stretch && *(*[stretch]uint32)(counts) == *(*[stretch]uint32)(seen) {
		return 0
	}
	return uint32(sum(counts) - sum(seen))
}

// find finds quantiles of the n observations that count in some tallies together.
func find(p, out []float64, n uint32, parts ...part) {
	from, end, above := math.MaxInt, 0, uint32(0) // end is the bucket after a stretch, above the observations from it on
	for i := range parts {
		if x := &parts[i]; len(x.counts) > 0 {
			from, end = min(from, x.base), max(end, x.base+len(x.counts))
		}
	}
	for k := len(p) - 1; k >= 0; k-- {
		out[k] = math.NaN()
		if n == 0 {
			continue
		}
		room := n - max(uint32(math.Ceil(p[k]*float64(n))), 1) // how many may be above the quantile
		end, above = descend(parts, stretch, from, end, above, room)
		bucket, more := descend(parts, block, from, end, above, room)
		if bucket, _ = descend(parts, 1, from, bucket, more, room); bucket > from {
			low, high := bounds(bucket - 1)
			out[k] = float64(low+high) / 2
		}
	}
}

// descend goes down from a bucket above which so many observations count, as many buckets at a time, for as long as there is
// room above. It looks from above because most buckets are of times much shorter than most.
func descend(parts []part, width, from, end int, above, room uint32) (int, uint32) {
	for end > from {
		more := above
		for i := range parts {
			more += parts[i].in(end-width, width)
		}
		if more > room {
			break
		}
		end, above = end-width, more
	}
	return end, above
}

// Window finds quantiles of what was added to some tallies since it was last asked. The zero value is ready.
type Window struct {
	seen  []Tally // by tally: as it was when last asked
	parts []part  // room for them
}

// Reset forgets the tallies and keeps the memory.
func (w *Window) Reset() {
	for i := range w.seen {
		w.seen[i].Reset()
	}
}

// Quantiles finds the quantiles p, in ascending order, of the n observations that were added to the tallies since the last
// call; they are NaN where there were none. It must be called with the same tallies every time.
func (w *Window) Quantiles(p, out []float64, n uint32, tallies ...*Tally) {
	for len(w.seen) < len(tallies) {
		w.seen = append(w.seen, Tally{})
	}
	w.parts = w.parts[:0]
	for i, t := range tallies {
		if len(t.counts) > 0 {
			seen, from := &w.seen[i], int(t.base)
			seen.span(from, from+len(t.counts))
			w.parts = append(w.parts, part{from, t.counts, seen.counts[from-int(seen.base):][:len(t.counts)]})
		}
	}
	find(p, out, n, w.parts...)
	for _, x := range w.parts {
		copy(x.seen, x.counts)
	}
}

// span makes a tally cover the buckets from..to−1.
func (t *Tally) span(from, to int) {
	if len(t.counts) == 0 || from < int(t.base) || to > int(t.base)+len(t.counts) {
		h := Histogram{counts: t.counts, base: int(t.base)}
		h.widen(from, to)
		t.counts, t.base = h.counts, int32(h.base)
	}
}
