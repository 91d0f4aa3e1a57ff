// Package least finds the least loaded of many places, and those that are equal to it, in a number of steps that grows with the
// logarithm of their number. What is equal, and which of the equal ones is taken, is left to the policies: first by load, then by
// debt, then the first one; or one of all with the least load, by their share.
//
// Floor 0.
package least

import "math"

// Tree holds places 0, 1, … with a load each. The zero Tree has none.
type Tree struct {
	leaves int // of the tree: a power of two
	node   []node
}

// node is the least loaded place below it: node i has the children 2i and 2i+1, the root is node 1.
type node struct {
	load  float64
	debt  float64 // least debt among those with that load
	share float64 // sum of the shares of all with that load
	best  int32   // the first one with that load and that debt
}

var none = node{load: math.Inf(1), debt: math.Inf(1)}

// Reset makes a tree of n places, all of them out. Set them, then call Build.
func (t *Tree) Reset(n int) {
	t.leaves = 1
	for t.leaves < n {
		t.leaves *= 2
	}
	if cap(t.node) < 2*t.leaves {
		t.node = make([]node, 2*t.leaves)
	}
	t.node = t.node[:2*t.leaves]
	for i := range t.node {
		t.node[i] = none
	}
}

// Enter gives a place its load, debt and share before Build.
func (t *Tree) Enter(place int, load, debt, share float64) {
	t.node[t.leaves+place] = node{load, debt, share, int32(place)}
}

// Build works the tree out after all places have entered.
func (t *Tree) Build() {
	for i := t.leaves - 1; i > 0; i-- {
		t.join(i)
	}
}

// Set changes the load, debt and share of a place. It climbs as far as that changes anything.
func (t *Tree) Set(place int, load, debt, share float64) {
	t.Enter(place, load, debt, share)
	for i := (t.leaves + place) / 2; i > 0; i /= 2 {
		before := t.node[i]
		if t.join(i); t.node[i] == before {
			return
		}
	}
}

// Move changes the load of a place only.
func (t *Tree) Move(place int, load float64) {
	leaf := &t.node[t.leaves+place]
	t.Set(place, load, leaf.debt, leaf.share)
}

// Out takes a place out until it is Set again.
func (t *Tree) Out(place int) { t.Set(place, none.load, none.debt, 0) }

// join works node i out.
func (t *Tree) join(i int) {
	a, b, n := &t.node[2*i], &t.node[2*i+1], &t.node[i]
	switch {
	case a.load < b.load:
		*n = *a
	case b.load < a.load:
		*n = *b
	case a.debt <= b.debt:
		*n = node{a.load, a.debt, a.share + b.share, a.best}
	default:
		*n = node{a.load, b.debt, a.share + b.share, b.best}
	}
}

// Empty reports whether no place is in.
func (t *Tree) Empty() bool { return len(t.node) == 0 || math.IsInf(t.node[1].load, 1) }

// Load is the least load; +Inf where no place is in.
func (t *Tree) Load() float64 { return t.node[1].load }

// Debt is the least debt of the places with the least load.
func (t *Tree) Debt() float64 { return t.node[1].debt }

// Share is the sum of the shares of all places with the least load.
func (t *Tree) Share() float64 { return t.node[1].share }

// First is the first place with the least load and the least debt among those. Some place must be in.
func (t *Tree) First() int { return int(t.node[1].best) }

// At is the place with the least load up to whose end the shares, laid end to end in order, sum to more than x, or the last one
// where none does.
func (t *Tree) At(x float64) int {
	i, load := 1, t.node[1].load
	for i < t.leaves {
		a, b := &t.node[2*i], &t.node[2*i+1]
		i *= 2
		switch {
		case a.load > load:
			i++
		case b.load == load && x >= a.share:
			x -= a.share
			i++
		}
	}
	return i - t.leaves
}

// Of is the load and the debt of a place.
func (t *Tree) Of(place int) (load, debt float64) {
	leaf := &t.node[t.leaves+place]
	return leaf.load, leaf.debt
}
