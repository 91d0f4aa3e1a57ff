package least

import "math"

// Tree finds the place with the lowest of many keys, the first of equal ones. The zero Tree has no place.
type Tree struct {
	leaves uint        // a power of four
	groups [][4]uint64 // the keys of nodes: 4i to 4i+3 are the children of node i, whose key is their lowest; node 1 is the root, node leaves+i the leaf of place i
}

// none is the key of a place that is out, above all others.
const none = math.MaxUint64

// Ordered is a key that compares as x does.
func Ordered(x float64) uint64 {
	b := math.Float64bits(x + 0) // -0 is 0
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// Reset makes a tree of n places, all of them out. Let them Enter, then call Build.
func (t *Tree) Reset(n int) {
	t.leaves = 4
	for t.leaves < uint(n) {
		t.leaves *= 4
	}
	t.groups = grown(t.groups, int(t.leaves/2))
	for i := range t.groups {
		t.groups[i] = [4]uint64{none, none, none, none}
	}
}

// Grow makes room for n places in all; those that are new are out.
func (t *Tree) Grow(n int) {
	if uint(n) <= t.leaves {
		return
	}
	was := *t
	t.groups = nil
	t.Reset(n)
	copy(t.groups[t.leaves/4:], was.groups[was.leaves/4:])
	t.Build()
}

// Enter gives a place its key before Build.
func (t *Tree) Enter(place int, key uint64) {
	i := t.leaves + uint(place)
	t.groups[i/4][i%4] = key
}

// Build works the tree out after all places have entered.
func (t *Tree) Build() {
	for first := t.leaves / 4; first > 0; first /= 4 {
		for i := first; i < 2*first; i++ {
			g := &t.groups[i]
			t.groups[i/4][i%4] = min(g[0], g[1], g[2], g[3])
		}
	}
}

// Set changes the key of a place. What each step compares with is known before the step below is done.
func (t *Tree) Set(place int, key uint64) {
	i := t.leaves + uint(place)
	for ; i > 1; i /= 4 {
		g := &t.groups[i/4]
		g[i%4] = key
		key = min(key, min(g[(i^1)%4], min(g[(i^2)%4], g[(i^3)%4])))
	}
	t.groups[0][1] = key
}

// Out takes a place out until it is Set again.
func (t *Tree) Out(place int) { t.Set(place, none) }

// Of is the key of a place that is in.
func (t *Tree) Of(place int) uint64 { return t.key(t.leaves + uint(place)) }

func (t *Tree) key(node uint) uint64 { return t.groups[node/4][node%4] }

// Lowest is the lowest key; that of a place that is out where all are.
func (t *Tree) Lowest() uint64 { return t.groups[0][1] }

// Empty reports whether no place is in.
func (t *Tree) Empty() bool { return len(t.groups) == 0 || t.groups[0][1] == none }

// First is the first place with the lowest key. Some place must be in.
func (t *Tree) First() int { return t.firstBelow(1) }

// firstBelow is the first place with the lowest key below a node. Which child that is below no processor can predict: it is counted
// how many come before it.
func (t *Tree) firstBelow(node uint) int {
	key := t.key(node)
	for node < uint(len(t.groups)) {
		g := &t.groups[node]
		a := above(g[0], key)
		b := a & above(g[1], key)
		node = 4*node + a + b + b&above(g[2], key)
	}
	return int(node - t.leaves)
}

func above(x, y uint64) (one uint) {
	if x > y {
		one = 1
	}
	return one
}

// Next is the next place behind one with the lowest key that has it, too; -1 = there is none.
func (t *Tree) Next(place int) int {
	key := t.key(1)
	for node := t.leaves + uint(place); node > 1; node /= 4 {
		for node%4 < 3 {
			if node++; t.key(node) == key {
				return t.firstBelow(node)
			}
		}
	}
	return -1
}
