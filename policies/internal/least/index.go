package least

// Index is a Tree of members with numbers of their own, such as servers by ServerID.
type Index[ID ~int32] struct {
	Tree
	members []ID
	place   []int32 // by ID: one more than its place; 0 = no member
}

// Fill makes members the members, in this order, with their loads and shares. Its time depends on how many there are, and were.
func (x *Index[ID]) Fill(members []ID, load func(ID) (load, share float64)) {
	for _, m := range x.members {
		x.place[m] = 0
	}
	x.members = append(x.members[:0], members...)
	x.Reset(len(members))
	for i, m := range members {
		if int(m) >= len(x.place) {
			x.place = append(x.place, make([]int32, int(m)+1-len(x.place))...)
		}
		x.place[m] = int32(i + 1)
		l, share := load(m)
		x.Enter(i, l, 0, share)
	}
	x.Build()
}

// Move changes the load of m, if that is a member.
func (x *Index[ID]) Move(m ID, load float64) {
	if i := x.PlaceOf(m); i >= 0 {
		x.Tree.Move(i, load)
	}
}

// PlaceOf is the place of m; -1 = no member.
func (x *Index[ID]) PlaceOf(m ID) int {
	if int(m) >= len(x.place) {
		return -1
	}
	return int(x.place[m]) - 1
}

// Member is the member at a place.
func (x *Index[ID]) Member(place int) ID { return x.members[place] }

// First is the first of the members with the least load. There must be a member.
func (x *Index[ID]) First() ID { return x.members[x.Tree.First()] }

// At is the one of the members with the least load that [Tree.At] gives. There must be a member.
func (x *Index[ID]) At(share float64) ID { return x.members[x.Tree.At(share)] }
