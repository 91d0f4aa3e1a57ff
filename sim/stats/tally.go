package stats

import "math"

// Tally is the bare counts of a [Histogram]: same buckets, same error, but no running count, sum or extremes, for
// places where there are thousands of them and every cache line counts. The zero value is empty and ready.
type Tally struct {
	counts []uint32
	base   int
}

// Add counts one observation; values outside [0, Range) count at its ends.
func (t *Tally) Add(v int64) {
	slot := index(uint64(min(max(v, 0), Range-1))) - t.base
	if uint(slot) >= uint(len(t.counts)) {
		slot = t.cover(slot + t.base)
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

// Peek returns how often v's bucket has been counted: a way to have it in the cache before Add.
func (t *Tally) Peek(v int64) uint32 {
	slot := index(uint64(min(max(v, 0), Range-1))) - t.base
	if uint(slot) >= uint(len(t.counts)) {
		return 0
	}
	return t.counts[slot]
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

// Since returns the histogram of what was added to h after earlier was copied from it by [Histogram.Counts].
func (h *Histogram) Since(earlier *Tally) Histogram {
	late := Tally{counts: append([]uint32(nil), h.counts...), base: h.base}
	for i, c := range earlier.counts {
		late.counts[i+earlier.base-late.base] -= c
	}
	return late.Histogram(0)
}

// Counts copies h's counts into t, reusing its memory.
func (h *Histogram) Counts(t *Tally) {
	t.counts, t.base = append(t.counts[:0], h.counts...), h.base
}

// AddTally adds the counts of t to h; the sum stays as it is.
func (h *Histogram) AddTally(t *Tally) {
	for i, c := range t.counts {
		if c == 0 {
			continue
		}
		low, high := bounds(i + t.base)
		h.Reserve(low, high)
		h.counts[i+t.base-h.base] += c
		h.n += uint64(c)
		h.room, h.max = max(h.room, math.MaxInt64-low), max(h.max, high)
	}
}
