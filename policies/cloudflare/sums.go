package cloudflare

import (
	"math"
	"math/bits"
)

// sums are weights end to end: which one covers a point, and a change of one, cost the logarithm of their number.
type sums struct {
	leaves int       // a power of two
	node   []float64 // node i is the sum of nodes 2i and 2i+1; the root is node 1
}

// reset makes n weights of 0. Enter them, then build.
func (t *sums) reset(n int) {
	t.leaves = 1
	for t.leaves < n {
		t.leaves *= 2
	}
	if cap(t.node) < 2*t.leaves {
		t.node = make([]float64, 2*t.leaves)
	}
	t.node = t.node[:2*t.leaves]
	clear(t.node)
}

func (t *sums) enter(i int, weight float64) { t.node[t.leaves+i] = weight }

func (t *sums) build() {
	for i := t.leaves - 1; i > 0; i-- {
		t.node[i] = t.node[2*i] + t.node[2*i+1]
	}
}

// set changes a weight.
func (t *sums) set(i int, weight float64) {
	i += t.leaves
	t.node[i] = weight
	for i > 1 {
		weight += t.node[i^1]
		i /= 2
		t.node[i] = weight
	}
}

// all is the sum.
func (t *sums) all() float64 { return t.node[1] }

// at is the weight that covers x; the last one above 0 where rounding has put x behind it. It goes down two levels at a time, and works
// out what x would be on each of the ways: which one it is no processor can predict.
func (t *sums) at(x float64) int {
	node, i := t.node, 1
	if bits.Len(uint(t.leaves))%2 == 0 { // an odd number of levels
		if x >= node[2] {
			x, i = x-node[2], 3
		} else {
			i = 2
		}
	}
	for i < t.leaves {
		here := node[4*i:][:4]
		right := x - node[2*i]
		rightThere, leftThere := right-here[2], x-here[0]
		below, toRight := chosen(right, right, x)
		there, _ := chosen(right, rightThere, leftThere)
		next, again := chosen(there, there, below)
		x, i = next, 4*i+2*toRight+again
	}
	for node[i] == 0 && i > t.leaves {
		i--
	}
	return i - t.leaves
}

// chosen is a where sign is not below 0, with 1, and otherwise b, with 0, without a branch.
func chosen(sign, a, b float64) (float64, int) {
	other := uint64(int64(math.Float64bits(sign)) >> 63)
	return math.Float64frombits(math.Float64bits(a)&^other | math.Float64bits(b)&other), int(other + 1)
}
