package recall

import (
	"cmp"
	"math/bits"
	"slices"

	"stickysim/sim/prefetch"
)

// Records are what a table knows of keys, and in which order they were last used. A record is known by its place, which it keeps.
//
// A use only numbers the record. The records are put in order when the oldest is asked for, and again when all that were in order
// have been used since or are gone: until then the first of them that has not been is the oldest.
type Records[Client ~uint32, V any] struct {
	all   []record[V]
	free  []int32
	slots []slot  // open addressing with linear probing; a power of two
	shift uint    // of a hash, to its first slot
	last  []int32 // by client: one more than the place where its key was found; a hint, 0 = none

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

// hinted is from how many slots on hints are kept. Fewer stay in the cache, where hints would not.
const hinted = 1 << 14

// slot holds a hash, so that the search for a key reads no record but its own.
type slot struct {
	hash  uint32
	place int32 // one more than it; 0 = free
}

// NewRecords makes room for so many at first.
func NewRecords[Client ~uint32, V any](room int) Records[Client, V] {
	room = max(room, 8)
	r := Records[Client, V]{all: make([]record[V], 0, room)}
	r.hash(bits.Len(uint(room + room/2 - 1)))
	return r
}

// hash makes 1<<width slots for the keys.
func (r *Records[Client, V]) hash(width int) {
	slots := r.slots
	r.slots, r.shift = make([]slot, 1<<width), uint(32-width)
	for _, s := range slots {
		if s.place > 0 {
			at := s.hash >> r.shift
			for r.slots[at].place > 0 {
				at = r.after(at)
			}
			r.slots[at] = s
		}
	}
}

func (r *Records[Client, V]) after(at uint32) uint32 { return (at + 1) & uint32(len(r.slots)-1) }

// hashOf spreads keys that are small numbers, too.
func hashOf(key uint64) uint32 { return uint32((key ^ key>>32) * 0x9e3779b97f4a7c15 >> 32) }

// slot is where the key is, or the free slot where it would be.
func (r *Records[Client, V]) slot(key uint64, hash uint32) uint32 {
	at := hash >> r.shift
	for {
		if s := r.slots[at]; s.place == 0 || s.hash == hash && r.all[s.place-1].key == key {
			return at
		}
		at = r.after(at)
	}
}

// Prepare puts the record that was the client's last one on the list of what will be read soon.
func (r *Records[Client, V]) Prepare(c Client, soon *prefetch.Batch) {
	if int(c) < len(r.last) && r.last[c] > 0 {
		prefetch.Add(soon, &r.all[r.last[c]-1])
	}
}

// Find is the place of a client's key; -1 = it has none.
func (r *Records[Client, V]) Find(c Client, key uint64) (place int32) {
	if int(c) < len(r.last) && r.last[c] > 0 {
		place = r.last[c] - 1
		if x := &r.all[place]; x.key == key && x.use > 0 {
			return place
		}
	}
	hash := hashOf(key)
	if place = r.slots[r.slot(key, hash)].place - 1; place >= 0 {
		r.note(c, place)
	}
	return place
}

func (r *Records[Client, V]) note(c Client, place int32) {
	if len(r.slots) < hinted {
		return
	}
	if int(c) >= len(r.last) {
		r.last = append(r.last, make([]int32, max(int(c)+1, 2*len(r.last), 64)-len(r.last))...)
	}
	r.last[c] = place + 1
}

// Add makes a record, used now, for a client's key that has none.
func (r *Records[Client, V]) Add(c Client, key uint64, value V) (place int32) {
	if n := len(r.free); n > 0 {
		place, r.free = r.free[n-1], r.free[:n-1]
	} else {
		place = int32(len(r.all))
		r.all = append(r.all, record[V]{})
	}
	r.all[place] = record[V]{key: key, value: value}
	if 4*r.Len() > 3*len(r.slots) {
		r.hash(bits.Len(uint(len(r.slots))))
	}
	hash := hashOf(key)
	r.slots[r.slot(key, hash)] = slot{hash, place + 1}
	r.note(c, place)
	r.Use(place)
	return place
}

// At is what is known at a place, to be read or written until the next Add.
func (r *Records[Client, V]) At(place int32) *V { return &r.all[place].value }

// Key is the key of a place.
func (r *Records[Client, V]) Key(place int32) uint64 { return r.all[place].key }

// Len is the number of records.
func (r *Records[Client, V]) Len() int { return len(r.all) - len(r.free) }

// Use makes a record the newest.
func (r *Records[Client, V]) Use(place int32) {
	r.uses++
	r.all[place].use = r.uses
}

// Oldest is the place of the record that has not been used for longest; -1 = there is none.
func (r *Records[Client, V]) Oldest() (place int32) {
	for {
		for ; r.oldest < len(r.order); r.oldest++ {
			place = r.order[r.oldest]
			if use := r.all[place].use; use > 0 && use <= r.ordered {
				return place
			}
		}
		if r.Len() == 0 {
			return -1
		}
		r.sort()
	}
}

// sort puts the records in order. All have been used since they were last. Where they have been used a few times each, every use
// has a place in a list.
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

// Remove drops a record. Later keys of the same run of slots move up, so that no gap cuts them off (Knuth 6.4, algorithm R).
func (r *Records[Client, V]) Remove(place int32) {
	x := &r.all[place]
	gap, mask := r.slot(x.key, hashOf(x.key)), uint32(len(r.slots)-1)
	for at := r.after(gap); r.slots[at].place > 0; at = r.after(at) {
		if home := r.slots[at].hash >> r.shift; (at-home)&mask >= (at-gap)&mask {
			r.slots[gap] = r.slots[at]
			gap = at
		}
	}
	r.slots[gap] = slot{}
	x.use = 0
	r.free = append(r.free, place)
}
