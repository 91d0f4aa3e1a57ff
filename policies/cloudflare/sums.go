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

// at is the weight that covers x; the last one above 0 where rounding has put x behind it. Numbers that are not negative compare
// as their bits do, which needs no branch that could not be predicted.
func (t *sums) at(x float64) int {
	i := 1
	for i < t.leaves {
		left := t.node[2*i]
		if i *= 2; t.node[i+1] == 0 {
			continue
		}
		_, inLeft := bits.Sub64(math.Float64bits(x), math.Float64bits(left), 0)
		i += int(inLeft ^ 1)
		x -= math.Float64frombits(math.Float64bits(left) & (inLeft - 1))
	}
	return i - t.leaves
}
