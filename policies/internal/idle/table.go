// Package idle holds the table of products that remember a key's server until the key has been silent for some time.
//
// Floor 3.
package idle

import (
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// Table maps keys to servers, in the order of their last use. Every entry lives equally long after it, so the
// expired ones are always the oldest; a new key takes the place of the oldest expired entry before the table grows.
type Table[K comparable] struct {
	Fixed bool // an entry lives for the timeout from when it was made, used or not

	timeout sim.Time
	now     sim.Time
	places  map[K]int32
	last    recall.Places[sim.ClientID]
	entries []Entry[K]
	oldest  int32
	newest  int32
}

// Entry is what the table remembers of a key.
type Entry[K comparable] struct {
	Server       sim.ServerID // NoServer = not chosen yet
	key          K
	used         sim.Time
	older, newer int32 // -1 = none
}

// NewTable makes a table with room for size keys at first. An entry expires when its key has been silent for the timeout.
func NewTable[K comparable](timeout sim.Time, size int) Table[K] {
	size = max(16, min(size, 1<<20))
	return Table[K]{
		timeout: timeout, places: make(map[K]int32, size), entries: make([]Entry[K], 0, size), oldest: -1, newest: -1,
	}
}

// Prepare is part of [sim.Preparer].
func (t *Table[K]) Prepare(c sim.ClientID, soon *prefetch.Batch) {
	recall.Prepare(&t.last, c, t.entries, soon)
}

// find returns the place of a key, which is often that of the client's last one.
func (t *Table[K]) find(c sim.ClientID, key K) (i int32, known bool) {
	if i = t.last.Of(c); i >= 0 && t.entries[i].key == key {
		return i, true
	}
	if i, known = t.places[key]; known {
		t.last.Note(c, i)
	}
	return i, known
}

// Touch returns the entry of a client's key and makes it the newest; fresh says that it had not expired. The entry may be written to
// until the next call.
func (t *Table[K]) Touch(c sim.ClientID, key K, now sim.Time) (e *Entry[K], fresh bool) {
	t.now = now
	i, known := t.find(c, key)
	if known {
		e = &t.entries[i]
		if fresh = now-e.used < t.timeout; fresh && t.Fixed {
			return e, true
		}
		t.unlink(i)
	} else {
		i = t.place()
		e = &t.entries[i]
		e.key, e.Server = key, sim.NoServer
		t.places[key] = i
	}
	e.used, e.older, e.newer = now, t.newest, -1
	if t.newest >= 0 {
		t.entries[t.newest].newer = i
	} else {
		t.oldest = i
	}
	t.newest = i
	return e, fresh
}

// place returns a free entry: that of the oldest key if it has expired, otherwise a further one.
func (t *Table[K]) place() int32 {
	if i := t.oldest; i >= 0 && t.now-t.entries[i].used >= t.timeout {
		t.unlink(i)
		delete(t.places, t.entries[i].key)
		return i
	}
	t.entries = append(t.entries, Entry[K]{})
	return int32(len(t.entries) - 1)
}

func (t *Table[K]) unlink(i int32) {
	e := &t.entries[i]
	if e.older >= 0 {
		t.entries[e.older].newer = e.newer
	} else {
		t.oldest = e.newer
	}
	if e.newer >= 0 {
		t.entries[e.newer].older = e.older
	} else {
		t.newest = e.older
	}
}
