package fel

import "math"

// key is an event of a known slice: its offset in the slice in nanoseconds in
// the upper half, its identity in the lower. Keys of one slice order as their
// events do.
type key = uint64

// none is after every key: an offset has at most maxShift bits.
const none key = math.MaxUint64

func pack(offset int64, id uint32) key { return uint64(offset)<<32 | uint64(id) }

// keys is a binary heap of keys. Entry 0 is unused, so the children of i are
// 2i and 2i+1.
type keys struct {
	min  key // the smallest key, none if empty
	heap []key
}

func (q *keys) reset() {
	q.min = none
	q.heap = append(q.heap[:0], 0)
}

func (q *keys) push(k key) {
	q.heap = append(q.heap, k)
	h := q.heap
	i := len(h) - 1
	for i > 1 && k < h[i/2] {
		h[i] = h[i/2]
		i /= 2
	}
	h[i] = k
	q.min = h[1]
}

// pop removes the smallest key; there must be one.
//
// The hole goes down to a leaf along the smaller children and the last key is
// put there and moved up: that key is nearly always a large one, and the
// choice of the child is a comparison without a branch.
func (q *keys) pop() {
	h := q.heap
	n := len(h) - 1
	last := h[n]
	h = h[:n]
	q.heap = h
	if n == 1 {
		q.min = none
		return
	}
	i := 1
	for c := 2; c+1 < len(h); c = 2 * i {
		step := 0
		if h[c+1] < h[c] {
			step = 1
		}
		c += step
		h[i] = h[c]
		i = c
	}
	if c := 2 * i; c < len(h) {
		h[i] = h[c]
		i = c
	}
	for i > 1 && last < h[i/2] {
		h[i] = h[i/2]
		i /= 2
	}
	h[i] = last
	q.min = h[1]
}
