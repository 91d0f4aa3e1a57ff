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
	rank, below := p*float64(h.held()), 0.0
	for i, c := range h.counts {
		if c == 0 || below+float64(c) < rank {
			below += float64(c)
			continue
		}
		low, high := h.bounds(i)
		v := float64(low) + (rank-below)/float64(c)*float64(high-low)
		return max(float64(h.Min()), min(v, float64(h.max)))
	}
	return float64(h.max)
}

// held is the number of observations in the buckets.
func (h *Histogram) held() uint64 {
	sum := uint64(0)
	for _, c := range h.counts {
		sum += uint64(c)
	}
	return sum
}

// CountAbove is the number of observations greater than v. It is exact between buckets and outside
// [Min, Max]; within a bucket it takes the observations as spread evenly, so it need not be whole.
func (h *Histogram) CountAbove(v int64) float64 {
	if h.n == 0 || v >= h.max {
		return 0
	}
	if v < h.Min() {
		return float64(h.n)
	}
	in := index(uint64(v))>>h.coarse - h.base // v ≥ Min: its bucket is one of ours
	above := uint64(0)
	for _, n := range h.counts[in+1:] {
		above += uint64(n)
	}
	low, high := h.bounds(in)
	return float64(above) + float64(high-v)/float64(high-low+1)*float64(h.counts[in])
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
