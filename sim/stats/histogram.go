// Package stats turns observations into numbers that never travel alone: an estimate, its interval, how many
// observations stand behind it, and what to be wary of.
//
//	Add(v) ──▶ Histogram, Welford                    inside one replication, a few nanoseconds each
//	           one number per replication and metric
//	           ──▶ Jackknife, Pool, TInterval        across replications: means, ratios, quantiles, differences
//
// Undefined results are NaN with a warning, never 0.
//
// Floor 0.
package stats

import (
	"math"
	"math/bits"
)

// Geometry of the buckets: values below 2^(subBits+1) have a bucket each; every octave above has 2^subBits.
const (
	subBits  = 8
	perBlock = 1 << subBits
	// step is by how many buckets a histogram grows at least.
	step = 2 * perBlock
	// Range is the first value that the buckets cannot tell apart from larger ones: 2⁴⁵ ns, about 9.8 hours.
	Range = 1 << 45
)

// Histogram counts int64 observations, nanoseconds say, in log-linear buckets: exact below 512, and from there
// 256 buckets to an octave, so a bucket is at most 1/256 = 0.39 % wide and a quantile is at most that far from
// the exact order statistic. Count, sum, smallest and largest are exact.
//
// The zero value is empty and ready. It holds one slice without pointers that spans the octaves seen and some around them,
// 1 KiB each: latencies from 1 ms to 10 s cost about 16 KiB, the whole range 38 KiB. Merging is exact and independent of
// order. Not safe for concurrent use.
type Histogram struct {
	counts  []uint32
	base    int   // index of counts[0]
	coarse  uint8 // 2^coarse buckets are counted as one; such a histogram comes from a SmallTally, and is only read
	n       uint64
	sum     uint64 // the low half of the 128-bit sum
	sumHigh uint64
	room    int64 // MaxInt64 − smallest, so that zero stands for none yet
	max     int64
	clamped uint64
}

// Add counts one observation. Negative values count as 0, values from [Range] up in the last bucket; both show
// in [Histogram.Clamped].
func (h *Histogram) Add(v int64) {
	slot := index(uint64(v)) - h.base
	if uint64(v) >= Range || uint(slot) >= uint(len(h.counts)) || h.counts[slot] == math.MaxUint32 {
		h.AddN(v, 1)
		return
	}
	h.counts[slot]++
	h.n++
	h.room, h.max = max(h.room, math.MaxInt64-v), max(h.max, v)
	var carry uint64
	h.sum, carry = bits.Add64(h.sum, uint64(v), 0)
	h.sumHigh += carry
}

// AddN counts n equal observations, at least one.
func (h *Histogram) AddN(v int64, n uint64) {
	if uint64(v) >= Range {
		v = h.clamp(v, n)
	}
	slot := index(uint64(v)) - h.base
	if uint(slot) >= uint(len(h.counts)) {
		slot = h.cover(slot + h.base)
	}
	count := uint64(h.counts[slot]) + n
	if count > math.MaxUint32 {
		h.clamped += count - math.MaxUint32
		count = math.MaxUint32
	}
	h.counts[slot] = uint32(count)
	h.n += n
	h.room, h.max = max(h.room, math.MaxInt64-v), max(h.max, v)
	high, low := bits.Mul64(uint64(v), n)
	var carry uint64
	h.sum, carry = bits.Add64(h.sum, low, 0)
	h.sumHigh += high + carry
}

//go:noinline
func (h *Histogram) clamp(v int64, n uint64) int64 {
	h.clamped += n
	if v < 0 {
		return 0
	}
	return Range - 1
}

// index numbers the buckets in ascending order of value.
func index(v uint64) int {
	shift := bits.Len64(v|perBlock) - subBits - 1
	return shift<<subBits + int(v>>uint(shift))
}

// bounds are the smallest and largest value of bucket i.
func bounds(i int) (low, high int64) {
	shift := max(0, i>>subBits-1)
	low = int64(i-shift<<subBits) << uint(shift)
	return low, low + 1<<uint(shift) - 1
}

// bounds are the smallest and largest value that counts in a slot.
func (h *Histogram) bounds(slot int) (low, high int64) {
	i := (slot + h.base) << h.coarse
	low, high = bounds(i)
	if h.coarse > 0 {
		_, high = bounds(i + 1<<h.coarse - 1)
	}
	return low, high
}

// cover grows the slice until it holds bucket i, and returns the bucket's place in it. It makes room for a step more, and for
// one on either side of the first bucket, so that observations that spread octave by octave are not copied at each.
//
//go:noinline
func (h *Histogram) cover(i int) int {
	n := len(h.counts)
	switch {
	case n == 0:
		h.widen(max(i-step, 0), i+1+step)
	case i < h.base:
		h.widen(min(i, max(h.base-step, 0)), h.base)
	default:
		h.widen(h.base, max(i+1, h.base+n+step))
	}
	return i - h.base
}

// block is what the slice consists of: the buckets of an octave, or of four where they are coarse.
func (h *Histogram) block() int {
	if h.coarse > 0 {
		return 4 * perBlock >> h.coarse
	}
	return perBlock
}

// widen makes the slice hold the buckets from..to−1, too, in whole blocks.
func (h *Histogram) widen(from, to int) {
	from, to = h.span(len(h.counts), from, to)
	h.counts, h.base = moved(h.counts, h.base-from, to-from), from
}

// span is the whole blocks that hold so many counts of the histogram, and the buckets from..to−1.
func (h *Histogram) span(length, from, to int) (first, end int) {
	block := h.block()
	first, end = from&^(block-1), (to+block-1)&^(block-1)
	if length > 0 {
		first, end = min(first, h.base), max(end, h.base+length)
	}
	return first, end
}

// Reserve makes room for observations from low to high, so that adding them allocates nothing.
func (h *Histogram) Reserve(low, high int64) {
	from, to := BucketOf(low), BucketOf(high)+1
	if len(h.counts) == 0 || from < h.base || to > h.base+len(h.counts) {
		h.widen(from, to)
	}
}

// Reset forgets all observations and keeps the memory.
func (h *Histogram) Reset() {
	clear(h.counts)
	*h = Histogram{counts: h.counts, base: h.base}
}

// Merge adds the observations of o.
func (h *Histogram) Merge(o *Histogram) {
	if o.n == 0 {
		return
	}
	h.Reserve(o.Min(), o.max)
	for i, c := range o.counts {
		if c == 0 {
			continue
		}
		slot := i + o.base - h.base
		both := uint64(h.counts[slot]) + uint64(c)
		if both > math.MaxUint32 {
			h.clamped += both - math.MaxUint32
			both = math.MaxUint32
		}
		h.counts[slot] = uint32(both)
	}
	h.n += o.n
	h.room, h.max = max(h.room, o.room), max(h.max, o.max)
	h.clamped += o.clamped
	var carry uint64
	h.sum, carry = bits.Add64(h.sum, o.sum, 0)
	h.sumHigh += o.sumHigh + carry
}
