package stats

import (
	"encoding/binary"
	"errors"
	"math"
)

// AppendBinary appends the histogram in a compact form, which UnmarshalBinary reads: a few bytes for each bucket that
// holds something.
func (h *Histogram) AppendBinary(b []byte) ([]byte, error) {
	for _, v := range [...]uint64{h.n, h.sum, h.sumHigh, uint64(h.room), uint64(h.max), h.clamped} {
		b = binary.AppendUvarint(b, v)
	}
	next := 0
	for i, c := range h.counts {
		if c > 0 {
			b = binary.AppendUvarint(b, uint64(i+h.base-next))
			b = binary.AppendUvarint(b, uint64(c))
			next = i + h.base + 1
		}
	}
	return b, nil
}

// cut takes a number off the front of a compact form; it is nil from where it is cut off.
func cut(b []byte) (v uint64, rest []byte) {
	if len(b) > 0 && b[0] < 1<<7 { // nearly always
		return uint64(b[0]), b[1:]
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil
	}
	return v, b[n:]
}

// cutHead takes all but the counts off the front.
func cutHead(b []byte) (h Histogram, rest []byte) {
	var room, most uint64
	for _, v := range [...]*uint64{&h.n, &h.sum, &h.sumHigh, &room, &most, &h.clamped} {
		*v, b = cut(b)
	}
	h.room, h.max = int64(room), int64(most)
	return h, b
}

// UnmarshalBinary reads what AppendBinary wrote, in place of what the histogram held.
func (h *Histogram) UnmarshalBinary(b []byte) error {
	got, b := cutHead(b)
	if b == nil {
		return errors.New("stats: a histogram is cut off")
	}
	clear(h.counts)
	got.counts, got.base = h.counts, h.base
	*h = got
	if len(b) > 0 {
		h.Reserve(h.Min(), h.max)
	}
	for next := uint64(0); len(b) > 0; next++ {
		var gap, c uint64
		gap, b = cut(b)
		c, b = cut(b)
		if next += gap; b == nil || gap > Range || c > math.MaxUint32 || next > uint64(index(Range-1)) {
			return errors.New("stats: a histogram is damaged")
		}
		slot := int(next) - h.base
		if uint(slot) >= uint(len(h.counts)) {
			slot = h.cover(int(next))
		}
		h.counts[slot] = uint32(c)
	}
	return nil
}

// Pool is the distributions of several replications, from which come figures of all of them together. It keeps them in
// the compact form of [Histogram.AppendBinary]. The zero value is empty.
type Pool struct {
	parts [][]byte   // one per replication; nil: it has none
	all   *Histogram // of all replications; nil: not asked for since they were added
	known map[float64]Jackknife
}

// Len is the number of replications.
func (p *Pool) Len() int { return len(p.parts) }

// Add appends the distribution of a replication; nil where it has none.
func (p *Pool) Add(h *Histogram) {
	var part []byte
	if h != nil && h.n > 0 {
		part, _ = h.AppendBinary(nil)
	}
	p.parts, p.all, p.known = append(p.parts, part), nil, nil
}

// Truncate drops the replications n and later.
func (p *Pool) Truncate(n int) {
	p.parts, p.all, p.known = p.parts[:min(n, len(p.parts))], nil, nil
}

// part reads the distribution of a replication into h.
func (p *Pool) part(i int, h *Histogram) {
	if p.parts[i] == nil {
		h.Reset()
	} else if err := h.UnmarshalBinary(p.parts[i]); err != nil {
		panic(err) // Add wrote it
	}
}

// whole merges all replications.
func (p *Pool) whole() *Histogram {
	if p.all == nil {
		low, high := int64(Range-1), int64(0)
		for _, part := range p.parts {
			if h, _ := cutHead(part); h.n > 0 {
				low, high = min(low, h.Min()), max(high, h.max)
			}
		}
		p.all = &Histogram{}
		p.all.Reserve(min(low, high), high) // at once: to widen it step by step leaves behind as much again
		var one Histogram
		for i := range p.parts {
			if i == 0 {
				p.part(i, p.all)
				continue
			}
			p.part(i, &one)
			p.all.Merge(&one)
		}
	}
	return p.all
}

// Count is the number of observations.
func (p *Pool) Count() uint64 {
	n := uint64(0)
	for _, part := range p.parts {
		h, _ := cutHead(part)
		n += h.n
	}
	return n
}

// Sums are the replications' sums of observations, and their numbers.
func (p *Pool) Sums() (sum, count []float64) {
	for _, part := range p.parts {
		h, _ := cutHead(part)
		sum, count = append(sum, h.Sum()), append(count, float64(h.n))
	}
	return sum, count
}

// Quantile is the q-quantile of all observations together; NaN where there is none. What it would be without a replication
// follows from the share of that replication's observations above it, and from how far apart the quantiles around it are:
// a straight line through them. So it is smooth where leaving replications out one by one would move from bucket to
// bucket.
func (p *Pool) Quantile(q float64) Jackknife {
	if j, ok := p.known[q]; ok {
		return j
	}
	all := p.whole()
	point := all.Quantile(q)
	share := p.above(point)
	h := max(share.SE(), min(1e-3, (1-q)/4))
	from, to := max(q-h, 0), min(q+h, 1)
	slope := (all.Quantile(to) - all.Quantile(from)) / (to - from)
	j := Jackknife{Point: point, Without: make([]float64, len(p.parts))}
	for k := range p.parts {
		j.Without[k] = j.Point + slope*(share.Without[k]-share.Point)
	}
	if p.known == nil {
		p.known = map[float64]Jackknife{}
	}
	p.known[q] = j
	return j
}

// above is the share of all observations that are greater than v.
func (p *Pool) above(v float64) Jackknife {
	more, count := make([]float64, len(p.parts)), make([]float64, len(p.parts))
	for i, part := range p.parts {
		more[i], count[i] = countAbove(part, int64(v))
	}
	return OfRatio(more, count)
}

// countAbove is [Histogram.CountAbove] of a compact form, and the number of all observations.
func countAbove(part []byte, v int64) (above, count float64) {
	h, b := cutHead(part)
	switch count = float64(h.n); {
	case h.n == 0 || v >= h.max:
		return 0, count
	case v < h.Min():
		return count, count
	}
	bucket, here, more := uint64(index(uint64(v))), uint64(0), uint64(0) // v ≥ Min: it has a bucket
	for next := uint64(0); len(b) > 0; next++ {
		var gap, c uint64
		gap, b = cut(b)
		c, b = cut(b)
		switch next += gap; {
		case next == bucket:
			here = c
		case next > bucket:
			more += c
		}
	}
	low, high := bounds(int(bucket))
	return float64(more) + float64(high-v)/float64(high-low+1)*float64(here), count
}
