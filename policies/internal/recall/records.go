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
	links []link  // by place
	heads []int32 // by the first bits of a hash: one more than the first place of a chain, 0 = none; a power of two
	shift uint    // of a hash, to its head
	free  int32   // one more than the first place of the chain of those that are free
	last  []int32 // by client: one more than the place where its key was found; a hint, 0 = none

	uses    int64 // so far
	lists   [2]list
	sorting []int32 // scratch
}

// list is where a record is, by its last use. Most tables know but list 0.
type list struct {
	count   int
	order   []int32 // places by last use, as it was after so many uses:
	ordered int64
	oldest  int // in order: what is before is void
}

type record[V any] struct {
	key   uint64
	value V
	use   int64 // the number of its last one; 0 = the place is free
}

// link is what is seldom read of a record.
type link struct {
	next int32 // one more than the next place of the chain; 0 = none
	list uint8
}

// hinted is from how many heads on hints are kept. Fewer stay in the cache, where hints would not.
const hinted = 1 << 15

// NewRecords makes room for so many at first.
func NewRecords[Client ~uint32, V any](room int) Records[Client, V] {
	room = max(room, 8)
	r := Records[Client, V]{all: make([]record[V], 0, room), links: make([]link, 0, room)}
	r.chain(bits.Len(uint(2*room - 1)))
	return r
}

// chain makes 1<<width chains of the records, all of which are in use.
func (r *Records[Client, V]) chain(width int) {
	r.heads, r.shift = make([]int32, 1<<width), uint(32-width)
	for i := range r.all {
		r.link(int32(i))
	}
}

// link puts a place at the head of the chain of its key.
func (r *Records[Client, V]) link(place int32) {
	head := r.head(r.all[place].key)
	r.links[place].next = *head
	*head = place + 1
}

// head is the chain of a key. It spreads keys that are small numbers, too.
func (r *Records[Client, V]) head(key uint64) *int32 {
	return &r.heads[uint32((key^key>>32)*0x9e3779b97f4a7c15>>32)>>(r.shift&31)]
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
	for place = *r.head(key) - 1; place >= 0; place = r.links[place].next - 1 {
		if r.all[place].key == key {
			r.note(c, place)
			break
		}
	}
	return place
}

func (r *Records[Client, V]) note(c Client, place int32) {
	if len(r.heads) < hinted {
		return
	}
	if int(c) >= len(r.last) {
		r.last = append(r.last, make([]int32, max(int(c)+1, 2*len(r.last), 64)-len(r.last))...)
	}
	r.last[c] = place + 1
}

// Add makes a record, used now, for a client's key that has none.
func (r *Records[Client, V]) Add(c Client, key uint64, value V) (place int32) {
	return r.AddTo(0, c, key, value)
}

// AddTo makes a record in a list.
func (r *Records[Client, V]) AddTo(list uint8, c Client, key uint64, value V) (place int32) {
	if place = r.free - 1; place >= 0 {
		r.free = r.links[place].next
		r.all[place], r.links[place] = record[V]{key: key, value: value}, link{list: list}
		r.link(place)
	} else {
		place = int32(len(r.all))
		r.all, r.links = append(r.all, record[V]{key: key, value: value}), append(r.links, link{list: list})
		if 2*len(r.all) > len(r.heads) {
			r.chain(bits.Len(uint(len(r.heads))))
		} else {
			r.link(place)
		}
	}
	r.lists[list].count++
	r.note(c, place)
	r.Use(place)
	return place
}

// At is what is known at a place, to be read or written until the next Add.
func (r *Records[Client, V]) At(place int32) *V { return &r.all[place].value }

// Key is the key of a place.
func (r *Records[Client, V]) Key(place int32) uint64 { return r.all[place].key }

// Len is the number of records.
func (r *Records[Client, V]) Len() int { return r.lists[0].count + r.lists[1].count }

// LenOf is the number of records in a list, 0 or 1.
func (r *Records[Client, V]) LenOf(list uint8) int { return r.lists[list].count }

// List is the list that a record is in.
func (r *Records[Client, V]) List(place int32) uint8 { return r.links[place].list }

// Move puts a record into a list, as its newest.
func (r *Records[Client, V]) Move(place int32, list uint8) {
	from := &r.links[place].list
	r.lists[*from].count--
	r.lists[list].count++
	*from = list
	r.Use(place)
}

// Use makes a record the newest.
func (r *Records[Client, V]) Use(place int32) {
	r.uses++
	r.all[place].use = r.uses
}

// Oldest is the place of the record that has not been used for longest; -1 = there is none. All must be in list 0.
func (r *Records[Client, V]) Oldest() (place int32) { return r.OldestOf(0) }

// OldestOf is the oldest record of a list; -1 = it is empty.
func (r *Records[Client, V]) OldestOf(list uint8) (place int32) {
	for l := &r.lists[list]; ; r.sort(list) {
		for ; l.oldest < len(l.order); l.oldest++ {
			place = l.order[l.oldest]
			if use := r.all[place].use; use > 0 && use <= l.ordered && r.links[place].list == list {
				return place
			}
		}
		if l.count == 0 {
			return -1
		}
	}
}

// sort puts the records of a list in order. All have been used since they were last. Where all records have been used a few times
// each, every use has a place.
func (r *Records[Client, V]) sort(list uint8) {
	l := &r.lists[list]
	span := r.uses - l.ordered
	l.order = l.order[:0]
	if span > 4*int64(len(r.all)) {
		for i := range r.all {
			if r.all[i].use > 0 && r.links[i].list == list {
				l.order = append(l.order, int32(i))
			}
		}
		slices.SortFunc(l.order, func(a, b int32) int { return cmp.Compare(r.all[a].use, r.all[b].use) })
	} else {
		r.sorting = slices.Grow(r.sorting[:0], int(span))[:span]
		clear(r.sorting)
		for i := range r.all {
			if use := r.all[i].use; use > 0 && r.links[i].list == list {
				r.sorting[use-l.ordered-1] = int32(i + 1)
			}
		}
		l.order = slices.Grow(l.order, int(span))[:span]
		n := 0
		for _, place := range r.sorting { // which uses are void no processor can predict: the next overwrites what one leaves
			if l.order[n] = place - 1; place > 0 {
				n++
			}
		}
		l.order = l.order[:n]
	}
	l.ordered, l.oldest = r.uses, 0
}

// Remove drops a record.
func (r *Records[Client, V]) Remove(place int32) {
	r.unlink(place)
	from := &r.links[place]
	from.next, r.free = r.free, place+1
	r.lists[from.list].count--
	r.all[place].use = 0
}

// unlink takes a place out of the chain of its key.
func (r *Records[Client, V]) unlink(place int32) {
	at := r.head(r.all[place].key)
	for *at != place+1 {
		at = &r.links[*at-1].next
	}
	*at = r.links[place].next
}

// Replace makes a record, used now, for a client's key that has none, in the place and the list of one that is dropped.
func (r *Records[Client, V]) Replace(place int32, c Client, key uint64, value V) {
	r.unlink(place)
	x := &r.all[place]
	x.key, x.value = key, value
	r.link(place)
	r.note(c, place)
	r.Use(place)
}
