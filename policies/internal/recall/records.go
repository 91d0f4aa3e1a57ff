package recall

import (
	"cmp"
	"slices"

	"stickysim/sim/prefetch"
)

// Records are what a table knows of keys, and in which order they were last used. A record is known by its place, which it keeps.
// The first places are the clients' own, where they are found without a search; a key that another client has brought is elsewhere.
// Where no two clients ever have the same key, a key that is in its client's own place is in no chain.
//
// A use only numbers the record. The records are put in order when the oldest is asked for, and again when all that were in order
// have been used since or are gone: until then the first of them that has not been is the oldest.
type Records[Client ~uint32, V any] struct {
	all    []record[V]
	chains Chains
	own    uint32  // so many places are clients' own
	apart  bool    // no two clients ever have the same key
	beside int     // records elsewhere
	free   []int32 // places, of the others
	count  int

	uses    int64   // so far
	order   []int32 // places by last use, as it was after so many uses:
	ordered int64
	oldest  int     // in order: what is before is void
	sorting []int32 // scratch
}

type record[V any] struct {
	key   uint64
	value V
	use   int64 // the number of its last one; 0 = the place is free
}

// NewRecords makes room for as many clients at first; apart says that no two clients ever have the same key.
func NewRecords[Client ~uint32, V any](room int, apart bool) Records[Client, V] {
	room = max(room, 8)
	return Records[Client, V]{all: make([]record[V], room), chains: NewChains(room), own: uint32(room), apart: apart}
}

// Prepare puts the record that was the client's last one on the list of what will be read soon.
func (r *Records[Client, V]) Prepare(c Client, soon *prefetch.Batch) {
	if place := r.chains.Hint(uint32(c)); place >= 0 {
		prefetch.Add(soon, &r.all[place])
	} else if uint32(c) < r.own {
		prefetch.Add(soon, &r.all[c])
	}
}

// Find is the place of a client's key; -1 = it has none.
func (r *Records[Client, V]) Find(c Client, key uint64) (place int32) {
	if uint32(c) < r.own {
		switch x := &r.all[c]; {
		case x.key == key && x.use > 0:
			return int32(c)
		case r.apart && r.beside == 0:
			return -1
		}
	}
	return r.search(c, key)
}

// search is Find of a key that is not in the client's own place.
func (r *Records[Client, V]) search(c Client, key uint64) (place int32) {
	if place = r.chains.Hint(uint32(c)); place >= 0 {
		if x := &r.all[place]; x.key == key && x.use > 0 {
			return place
		}
	}
	for place = r.chains.First(key); place >= 0; place = r.chains.Next(place, key) {
		if r.all[place].key == key {
			r.chains.Note(uint32(c), place)
			break
		}
	}
	return place
}

// Add makes a record, used now, for a client's key that has none.
func (r *Records[Client, V]) Add(c Client, key uint64, value V) (place int32) {
	switch n := len(r.free) - 1; {
	case uint32(c) < r.own && r.all[c].use == 0:
		place = int32(c)
	case n >= 0:
		place, r.free = r.free[n], r.free[:n]
	default:
		place = int32(len(r.all))
		r.all = append(r.all, record[V]{})
	}
	r.all[place] = record[V]{key: key, value: value}
	if !r.unchained(place) {
		r.chains.Put(place, key, func(i int32) (uint64, bool) { return r.all[i].key, r.all[i].use > 0 && !r.unchained(i) })
	}
	if uint32(place) >= r.own {
		r.chains.Note(uint32(c), place)
		r.beside++
	}
	r.count++
	r.Use(place)
	return place
}

// unchained reports whether what is at a place is found there alone.
func (r *Records[Client, V]) unchained(place int32) bool { return r.apart && uint32(place) < r.own }

// At is what is known at a place, to be read or written until the next Add.
func (r *Records[Client, V]) At(place int32) *V { return &r.all[place].value }

// Key is the key of a place.
func (r *Records[Client, V]) Key(place int32) uint64 { return r.all[place].key }

// Len is the number of records.
func (r *Records[Client, V]) Len() int { return r.count }

// Use makes a record the newest.
func (r *Records[Client, V]) Use(place int32) {
	r.uses++
	r.all[place].use = r.uses
}

// Oldest is the place of the record that has not been used for longest; -1 = there is none.
func (r *Records[Client, V]) Oldest() (place int32) {
	for ; ; r.sort() {
		for ; r.oldest < len(r.order); r.oldest++ {
			place = r.order[r.oldest]
			if use := r.all[place].use; use > 0 && use <= r.ordered {
				return place
			}
		}
		if r.count == 0 {
			return -1
		}
	}
}

// sort puts the records in order. All have been used since they were last. Where all have been used a few times each, every use
// has a place.
func (r *Records[Client, V]) sort() {
	span := r.uses - r.ordered
	r.order = r.order[:0]
	if span > 4*int64(len(r.all)) {
		for i := range r.all {
			if r.all[i].use > 0 {
				r.order = append(r.order, int32(i))
			}
		}
		slices.SortFunc(r.order, func(a, b int32) int { return cmp.Compare(r.all[a].use, r.all[b].use) })
	} else {
		r.sorting = slices.Grow(r.sorting[:0], int(span))[:span]
		clear(r.sorting)
		for i := range r.all {
			if use := r.all[i].use; use > 0 {
				r.sorting[use-r.ordered-1] = int32(i + 1)
			}
		}
		r.order = slices.Grow(r.order, int(span))[:span]
		n := 0
		for _, place := range r.sorting { // which uses are void no processor can predict: the next overwrites what one leaves
			if r.order[n] = place - 1; place > 0 {
				n++
			}
		}
		r.order = r.order[:n]
	}
	r.ordered, r.oldest = r.uses, 0
}

// Remove drops a record.
func (r *Records[Client, V]) Remove(place int32) {
	x := &r.all[place]
	if !r.unchained(place) {
		r.chains.Drop(place, x.key)
	}
	if x.use = 0; uint32(place) >= r.own {
		r.free = append(r.free, place)
		r.beside--
	}
	r.count--
}
