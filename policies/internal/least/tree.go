package least

import (
	"math"
	"math/bits"
)

// Tree finds the first of many places by load, then by debt, then by number. The zero Tree has no place.
type Tree struct {
	leaves int    // a power of two
	node   []rank // node i is the lowest of nodes 4i to 4i+3, the root, node 1, of 2 and 3 where those are; the leaf of a place is node leaves+place
}

// rank is the load of a place in 40 bits, its debt in 64 and its number in 24, so that they compare as one number, without
// branches that no processor could predict.
type rank struct{ high, low uint64 }

// none is the rank of a place that is out.
var none = rank{math.MaxUint64, math.MaxUint64}

// MostLoad bounds the loads of a [Tree].
const MostLoad = 1<<40 - 1

// Ordered is a number that compares as x does.
func Ordered(x float64) uint64 {
	b := math.Float64bits(x + 0) // -0 is 0
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// Reset makes a tree of n places, all of them out. Let them Enter, then call Build.
func (t *Tree) Reset(n int) {
	t.leaves = 1
	for t.leaves < n {
		t.leaves *= 2
	}
	t.node = grown(t.node, 2*t.leaves)
	for i := range t.node {
		t.node[i] = none
	}
}

// Grow makes room for n places in all; those that are new are out.
func (t *Tree) Grow(n int) {
	if n <= t.leaves {
		return
	}
	was := *t
	t.node = nil
	if t.Reset(n); was.leaves > 0 {
		copy(t.node[t.leaves:], was.node[was.leaves:])
		t.Build()
	}
}

// Enter gives a place its load and debt before Build.
func (t *Tree) Enter(place int, load, debt uint64) {
	t.node[t.leaves+place] = rank{load<<24 | debt>>40, debt<<24 | uint64(place)}
}

// Build works the tree out after all places have entered.
func (t *Tree) Build() {
	first := t.leaves
	for ; first > 3; first /= 4 {
		for i := first / 4; i < first/2; i++ {
			t.node[i] = lower(lower(t.node[4*i], t.node[4*i+1]), lower(t.node[4*i+2], t.node[4*i+3]))
		}
	}
	if first > 1 {
		t.node[1] = lower(t.node[2], t.node[3])
	}
}

func lower(a, b rank) rank {
	_, less := bits.Sub64(b.low, a.low, 0)
	_, less = bits.Sub64(b.high, a.high, less)
	return rank{a.high ^ (a.high^b.high)&-less, a.low ^ (a.low^b.low)&-less}
}

// Set changes the load and the debt of a place.
func (t *Tree) Set(place int, load, debt uint64) {
	t.Enter(place, load, debt)
	t.climb(place)
}

// Out takes a place out until it is Set again.
func (t *Tree) Out(place int) {
	t.node[t.leaves+place] = none
	t.climb(place)
}

// climb works out what is above a place, as far as anything changes. What each step compares with is known before the step below
// is done.
func (t *Tree) climb(place int) {
	node, i := t.node, uint(t.leaves+place)
	least := node[i]
	for i > 3 {
		least = lower(least, lower(node[i^1], lower(node[i^2], node[i^3])))
		if i >>= 2; node[i] == least {
			return
		}
		node[i] = least
	}
	if i > 1 {
		node[1] = lower(least, node[i^1])
	}
}

// Of is the load and the debt of a place that is in.
func (t *Tree) Of(place int) (load, debt uint64) {
	leaf := t.node[t.leaves+place]
	return leaf.high >> 24, leaf.high<<40 | leaf.low>>24
}

// Empty reports whether no place is in.
func (t *Tree) Empty() bool { return len(t.node) == 0 || t.node[1] == none }

// Load is the least load. Some place must be in.
func (t *Tree) Load() uint64 { return t.node[1].high >> 24 }

// First is the first place. Some place must be in.
func (t *Tree) First() int { return int(t.node[1].low & (1<<24 - 1)) }
