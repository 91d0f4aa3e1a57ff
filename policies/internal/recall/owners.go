package recall

// Owners find the places of a table by clients, each of which has a key of its own, that no other client has. Most have no place,
// which takes a bit to know.
type Owners[Client ~uint32] struct {
	has   []uint64 // by client / 64: a bit for each that has a place
	place []int32  // by client, where it has one
}

func (o *Owners[Client]) knows(c Client) bool {
	return int(c) < len(o.place) && o.has[c/64]>>(c%64)&1 != 0
}

// Of is the place of a client's key, or of a key that the client had before; -1 = it has none.
func (o *Owners[Client]) Of(c Client) (place int32) {
	if o.knows(c) {
		return o.place[c]
	}
	return -1
}

// Set notes the place of a client's key, and returns the one before, which is no client's now; -1 = there was none.
func (o *Owners[Client]) Set(c Client, place int32) (before int32) {
	if int(c) >= len(o.place) {
		n := max(int(c)/64+1, 2*len(o.has))
		o.has = append(o.has, make([]uint64, n-len(o.has))...)
		o.place = append(o.place, make([]int32, 64*n-len(o.place))...)
	}
	before = o.Of(c)
	o.has[c/64] |= 1 << (c % 64)
	o.place[c] = place
	return before
}

// Clear notes that a client has no place any more.
func (o *Owners[Client]) Clear(c Client) { o.has[c/64] &^= 1 << (c % 64) }
