package least

// Index is a Tree of members with numbers of their own, such as servers by ServerID. Moves are only noted until the least loaded
// member is asked for, which sticky policies rarely do.
type Index[ID ~int32] struct {
	tree    Tree
	members []ID
	place   []int32   // by ID: one more than its place; 0 = no member
	load    []float64 // by place
	moved   []int32   // places whose load in the tree is an old one
	stale   []bool    // by place: it is one of them
}

// Fill makes members the members, in this order, with their loads and shares. Its time depends on how many there are, and were.
func (x *Index[ID]) Fill(members []ID, load func(ID) (load, share float64)) {
	for _, m := range x.members {
		x.place[m] = 0
	}
	x.members = append(x.members[:0], members...)
	n := len(members)
	x.tree.Reset(n)
	x.load, x.moved, x.stale = grown(x.load, n), x.moved[:0], grown(x.stale, n)
	for i, m := range members {
		if int(m) >= len(x.place) {
			x.place = append(x.place, make([]int32, int(m)+1-len(x.place))...)
		}
		x.place[m] = int32(i + 1)
		l, share := load(m)
		x.load[i], x.stale[i] = l, false
		x.tree.Enter(i, l, 0, share)
	}
	x.tree.Build()
}

func grown[T any](list []T, n int) []T {
	if cap(list) < n {
		list = make([]T, n)
	}
	return list[:n]
}

// Move changes the load of m, if that is a member.
func (x *Index[ID]) Move(m ID, load float64) {
	i := x.PlaceOf(m)
	if i < 0 {
		return
	}
	x.load[i] = load
	if !x.stale[i] {
		x.stale[i] = true
		x.moved = append(x.moved, int32(i))
	}
}

// now is the tree with all moves.
func (x *Index[ID]) now() *Tree {
	for _, i := range x.moved {
		x.stale[i] = false
		if load, _ := x.tree.Of(int(i)); load != x.load[i] {
			x.tree.Move(int(i), x.load[i])
		}
	}
	x.moved = x.moved[:0]
	return &x.tree
}

// Share is the sum of the shares of all members with the least load.
func (x *Index[ID]) Share() float64 { return x.now().Share() }

// PlaceOf is the place of m; -1 = no member.
func (x *Index[ID]) PlaceOf(m ID) int {
	if int(m) >= len(x.place) {
		return -1
	}
	return int(x.place[m]) - 1
}

// First is the first of the members with the least load. There must be a member.
func (x *Index[ID]) First() ID { return x.members[x.now().First()] }

// At is the one of the members with the least load that [Tree.At] gives. There must be a member.
func (x *Index[ID]) At(share float64) ID { return x.members[x.now().At(share)] }
