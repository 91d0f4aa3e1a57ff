package stats

import "math"

// Count is the number of observations.
func (h *Histogram) Count() uint64 { return h.n }

// Clamped is the number of observations the buckets could not hold as they were: negative, at or above [Range],
// or beyond the 4,294,967,295 that one bucket counts. A result with clamped observations deserves a warning.
func (h *Histogram) Clamped() uint64 { return h.clamped }

// Sum is the sum of all observations, kept in 128 bits and rounded once.
func (h *Histogram) Sum() float64 { return float64(h.sumHigh)*0x1p64 + float64(h.sum) }

// Mean is the arithmetic mean, NaN when empty.
func (h *Histogram) Mean() float64 { return h.Sum() / float64(h.n) }

// Min is the smallest observation, 0 when empty.
func (h *Histogram) Min() int64 {
	if h.n == 0 {
		return 0
	}
	return math.MaxInt64 - h.room
}

// Max is the largest observation, 0 when empty.
func (h *Histogram) Max() int64 { return h.max }

// Quantile is the value that the share p of the observations does not exceed, NaN when empty or p is outside
// [0, 1]. It interpolates inside the bucket of the exact order statistic, so it is within 0.39 % of that.
func (h *Histogram) Quantile(p float64) float64 {
	if h.n == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	counted := h.n
	if h.clamped > 0 { // some, it may be, in no bucket
		counted = sum(h.counts)
	}
	rank, below, first := p*float64(counted), uint64(0), 0
	for ; first < len(h.counts); first += block {
		for first%stretch == 0 && first+stretch < len(h.counts) && quiet(h.counts[first:]) {
			first += stretch
		}
		here := sumBlock(h.counts[first:])
		if here > 0 && float64(below+here) >= rank {
			break
		}
		below += here
	}
	for i := first; i < len(h.counts); i++ {
		c := uint64(h.counts[i])
		if c == 0 || float64(below+c) < rank {
			below += c
			continue
		}
		low, high := h.bounds(i)
		v := float64(low) + (rank-float64(below))/float64(c)*float64(high-low)
		return max(float64(h.Min()), min(v, float64(h.max)))
	}
	return float64(h.max)
}

// block is how many counts are passed over at a time: their sum has no branches, where a look at each has one that cannot be
// foreseen. There are always whole blocks.
const block = 8

func sumBlock(counts []uint32) uint64 {
	c := (*[block]uint32)(counts)
	return uint64(c[0]) + uint64(c[1]) + uint64(c[2]) + uint64(c[3]) + uint64(c[4]) + uint64(c[5]) + uint64(c[6]) + uint64(c[7])
}

// stretch is how many counts are looked at together where there may be none: that is faster than to add them up.
const stretch = 64

var nothing [stretch]uint32

// quiet reports whether the first stretch has counted nothing.
func quiet(counts []uint32) bool { return *(*[stretch]uint32)(counts) == nothing }

// sum adds up any number of counts.
func sum(counts []uint32) (n uint64) {
	for len(counts) >= stretch {
		if c := (*[stretch]uint32)(counts); *c != nothing {
			for i := 0; i < stretch; i += block {
				n += sumBlock(c[i : i+block])
			}
		}
		counts = counts[stretch:]
	}
	for len(counts) >= block {
		n += sumBlock(counts)
		counts = counts[block:]
	}
	for _, c := range counts {
		n += uint64(c)
	}
	return n
}

// CountAbove is the number of observations greater than v. It is exact between buckets and outside
// [Min, Max]; within a bucket it takes the observations as spread evenly, so it need not be whole.
func (h *Histogram) CountAbove(v int64) float64 {
	from := fromTop(h)
	return from.countAbove(v)
}

// countFrom counts the observations of a histogram that are above a value, from the value before.
type countFrom struct {
	*Histogram
	slot  int    // of the value before
	above uint64 // in the slots above it
}

func fromTop(h *Histogram) countFrom { return countFrom{Histogram: h, slot: len(h.counts) - 1} }

func (h *countFrom) countAbove(v int64) float64 {
	if h.n == 0 || v >= h.max {
		return 0
	}
	if v < h.Min() {
		return float64(h.n)
	}
	slot := index(uint64(v))>>h.coarse - h.base // v ≥ Min: its bucket is one of ours
	if slot < h.slot {
		h.above += sum(h.counts[slot+1 : h.slot+1])
	} else {
		h.above -= sum(h.counts[h.slot+1 : slot+1])
	}
	h.slot = slot
	low, high := h.bounds(slot)
	return float64(h.above) + float64(high-v)/float64(high-low+1)*float64(h.counts[slot])
}

// Bucket is the number of observations from Low to High, both included.
type Bucket struct {
	Low   int64  `json:"low"`
	High  int64  `json:"high"`
	Count uint32 `json:"count"`
}

// Buckets lists the buckets that hold anything, in ascending order: a sparse form for export.
func (h *Histogram) Buckets() []Bucket {
	var list []Bucket
	for i, c := range h.counts {
		if c > 0 {
			low, high := h.bounds(i)
			list = append(list, Bucket{low, high, c})
		}
	}
	return list
}
