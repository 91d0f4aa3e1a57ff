package stats

import "math"

// Tally is the bare counts of a [Histogram]: same buckets, same error, but no running count, sum or extremes, for
// places where there are thousands of them and every cache line counts. The zero value is empty and ready.
type Tally struct {
	counts []uint32
	base   int
}

// Add counts one observation; values outside [0, Range) count at its ends.
func (t *Tally) Add(v int64) { t.AddTo(BucketOf(v)) }

// BucketOf is the number of v's bucket, for adding one observation to several tallies.
func BucketOf(v int64) int { return index(uint64(min(max(v, 0), Range-1))) }

// AddTo counts one observation in the given bucket.
func (t *Tally) AddTo(bucket int) {
	slot := bucket - t.base
	if uint(slot) >= uint(len(t.counts)) {
		slot = t.cover(bucket)
	}
	t.counts[slot]++
}

// AddN counts n equal observations.
func (t *Tally) AddN(v int64, n uint32) {
	if n > 0 {
		t.Add(v)
		t.counts[index(uint64(min(max(v, 0), Range-1)))-t.base] += n - 1
	}
}

// Place returns where v's bucket is counted, or nil where none is yet: a way to have it in the cache before Add.
func (t *Tally) Place(v int64) *uint32 {
	slot := BucketOf(v) - t.base
	if uint(slot) >= uint(len(t.counts)) {
		return nil
	}
	return &t.counts[slot]
}

//go:noinline
func (t *Tally) cover(i int) int {
	h := Histogram{counts: t.counts, base: t.base}
	slot := h.cover(i)
	t.counts, t.base = h.counts, h.base
	return slot
}

// Histogram returns the counts as a histogram whose observations sum to sum. Smallest and largest are those of the
// outermost buckets. The tally must not be used afterwards.
func (t *Tally) Histogram(sum int64) Histogram {
	h := Histogram{counts: t.counts, base: t.base, sum: uint64(sum)}
	first := true
	for i, c := range t.counts {
		if c == 0 {
			continue
		}
		low, high := bounds(i + t.base)
		if first {
			h.room, first = math.MaxInt64-low, false
		}
		h.max = high
		h.n += uint64(c)
	}
	return h
}

// Window finds quantiles of what was added to some tallies since it was last asked. The zero value is ready.
type Window struct {
	seen, now Tally
	total     uint32 // observations seen
}

// Median returns the median of the observations added to the tallies since the last call, or NaN when there were
// none. It must be called with the same tallies every time.
func (w *Window) Median(tallies ...*Tally) float64 {
	var median [1]float64
	w.Quantiles([]float64{.5}, median[:], tallies...)
	return median[0]
}

// Quantiles is Median for quantiles p, in ascending order, and returns the number of observations. One tally may have been
// merged into another since the last call.
func (w *Window) Quantiles(p, out []float64, tallies ...*Tally) (n uint32) {
	w.sum(tallies)
	total := uint32(0)
	for _, c := range w.now.counts {
		total += c
	}
	n, w.total = total-w.total, total
	for k := range out {
		out[k] = math.NaN()
	}
	if n > 0 {
		w.find(p, out, n)
	}
	w.seen, w.now = w.now, w.seen
	return n
}

// find finds quantiles of the n observations that are in w.now and not in w.seen.
func (w *Window) find(p, out []float64, n uint32) {
	w.seen.span(w.now.base, w.now.base+len(w.now.counts))
	seen := w.seen.counts[w.now.base-w.seen.base:][:len(w.now.counts)]
	below, k := uint32(0), 0
	for i, c := range w.now.counts {
		if below += c - seen[i]; c == seen[i] || float64(below) < p[k]*float64(n) {
			continue
		}
		low, high := bounds(i + w.now.base)
		for ; float64(below) >= p[k]*float64(n); k++ {
			out[k] = float64(low+high) / 2
			if k+1 == len(p) {
				return
			}
		}
	}
}

// span makes a tally cover the buckets from..to−1.
func (t *Tally) span(from, to int) {
	if len(t.counts) == 0 || from < t.base || to > t.base+len(t.counts) {
		t.cover(from)
		t.cover(to - 1)
	}
}

// Merge adds the observations of another tally.
func (t *Tally) Merge(o *Tally) {
	for i, c := range o.counts {
		if c > 0 {
			slot := i + o.base - t.base
			if uint(slot) >= uint(len(t.counts)) {
				slot = t.cover(i + o.base)
			}
			t.counts[slot] += c
		}
	}
}

// sum adds the tallies up in w.now.
func (w *Window) sum(tallies []*Tally) {
	from, to := math.MaxInt, 0
	for _, t := range tallies {
		if len(t.counts) > 0 {
			from, to = min(from, t.base), max(to, t.base+len(t.counts))
		}
	}
	w.now.counts = w.now.counts[:0]
	if to == 0 {
		return
	}
	w.now.base = from
	w.now.counts = append(w.now.counts, make([]uint32, to-from)...)
	for _, t := range tallies {
		sum := w.now.counts[max(t.base-from, 0):]
		for i, c := range t.counts {
			sum[i] += c
		}
	}
}
