// Package least finds the least loaded of many places, and those that are equal to it, in a number of steps that grows with the
// logarithm of their number. What is equal, and which of the equal ones is taken, is left to the policies: first by load, then by
// debt, then the first one; or one of all with the least load, by their share.
//
// Floor 0.
package least

import "math"

// Index is places for members with numbers of their own, such as servers by ServerID.
type Index[ID ~int32] struct {
	members []ID
	place   []int32   // by ID: one more than its place; 0 = no member
	load    []float64 // by place
	share   []float64 // by place

	// While all shares are equal and loads are whole numbers for them, levels are in use; else the tree, which learns of moves
	// only when the least loaded member is asked for, as sticky policies rarely do.
	leveled bool
	level   []int32 // by place
	levels  levels
	tree    shares
	moved   []int32 // places whose load in the tree is an old one
	stale   []bool  // by place: it is one of them
}

// Fill makes members the members, in this order, with their loads and shares. Its time depends on how many there are, and were.
func (x *Index[ID]) Fill(members []ID, load func(ID) (load, share float64)) {
	for _, m := range x.members {
		x.place[m] = 0
	}
	x.members = append(x.members[:0], members...)
	n := len(members)
	x.load, x.share, x.level, x.stale = grown(x.load, n), grown(x.share, n), grown(x.level, n), grown(x.stale, n)
	x.moved, x.leveled = x.moved[:0], true
	for i, m := range members {
		if int(m) >= len(x.place) {
			x.place = append(x.place, make([]int32, int(m)+1-len(x.place))...)
		}
		x.place[m] = int32(i + 1)
		x.load[i], x.share[i] = load(m)
		x.stale[i] = false
		x.leveled = x.leveled && x.share[i] == x.share[0]
	}
	x.levels.reset(n)
	for i := 0; i < n && x.leveled; i++ {
		if level := x.levelOf(i); level >= 0 {
			x.level[i] = int32(level)
			x.levels.add(i, level)
		}
	}
	if !x.leveled {
		x.plant()
	}
}

func grown[T any](list []T, n int) []T {
	if cap(list) < n {
		list = make([]T, n)
	}
	return list[:n]
}

// levelOf is the level of a place's load: loads begin at -1. Where it has none, levels are no longer in use, and it is -1.
func (x *Index[ID]) levelOf(i int) int {
	load, share := x.load[i], x.share[i]
	whole := load
	if share != 1 {
		whole = math.Round(load * share)
	}
	level := int(whole) + 1
	if float64(level-1)/share == load && level >= 0 && x.levels.has(level) {
		return level
	}
	x.leveled = false
	return -1
}

// plant begins to use the tree.
func (x *Index[ID]) plant() {
	x.tree.reset(len(x.members))
	for i := range x.members {
		x.tree.enter(i, x.load[i], x.share[i])
	}
	x.tree.build()
}

// Move changes the load of m, if that is a member.
func (x *Index[ID]) Move(m ID, load float64) {
	i := x.PlaceOf(m)
	if i < 0 || x.load[i] == load {
		return
	}
	x.load[i] = load
	switch {
	case x.leveled:
		if level := x.levelOf(i); level >= 0 {
			x.levels.remove(i, int(x.level[i]))
			x.levels.add(i, level)
			x.level[i] = int32(level)
			return
		}
		x.plant()
	case !x.stale[i]:
		x.stale[i] = true
		x.moved = append(x.moved, int32(i))
	}
}

// now is the tree with all moves.
func (x *Index[ID]) now() *shares {
	for _, i := range x.moved {
		x.stale[i] = false
		if x.tree.node[x.tree.leaves+int(i)].load != x.load[i] {
			x.tree.move(int(i), x.load[i])
		}
	}
	x.moved = x.moved[:0]
	return &x.tree
}

// Share is the sum of the shares of all members with the least load. There must be a member.
func (x *Index[ID]) Share() float64 {
	if x.leveled {
		_, count := x.levels.least()
		return float64(count) * x.share[0]
	}
	return x.now().sum()
}

// PlaceOf is the place of m; -1 = no member.
func (x *Index[ID]) PlaceOf(m ID) int {
	if int(m) >= len(x.place) {
		return -1
	}
	return int(x.place[m]) - 1
}

// First is the first of the members with the least load. There must be a member.
func (x *Index[ID]) First() ID {
	if x.leveled {
		return x.members[x.levels.first()]
	}
	return x.members[x.now().first()]
}

// At is the member with the least load up to whose end the shares, laid end to end in order, sum to more than y, or the last one
// where none does. There must be a member.
func (x *Index[ID]) At(y float64) ID {
	if x.leveled {
		k := int(y / x.share[0])
		if float64(k)*x.share[0] > y { // the quotient was rounded up
			k--
		}
		return x.members[x.levels.at(k)]
	}
	return x.members[x.now().at(y)]
}
