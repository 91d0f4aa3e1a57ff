package policies

import (
	"math/bits"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// table maps client keys to servers: at most size entries, each for a limited time. Entries lie in one slice without
// pointers; a queue through them is in order of expiry, since all have the same time to live. The index over them is an
// open-addressing hash table with linear probing.
type table struct {
	size   int
	expire sim.Time // 0 = never
	count  int

	entries    []tableEntry
	index      []int32 // entry number + 1 by hash, 0 = free; a power of two at least twice the entries
	free       int32   // first unused entry of those below len(entries), linked by newer; none = no such entry
	oldest     int32
	newest     int32
	tombstones Tombstones // why keys left
	last       recall.Places[sim.ClientID]
}

type tableEntry struct {
	key          uint64
	until        sim.Time
	server       sim.ServerID // NoServer = unused entry
	older, newer int32
}

// none ends the linked lists of entries.
const none = -1

// newTable makes a table with room for as many entries as there are expected clients; it grows to size.
func newTable(size, clients int, expire sim.Time) *table {
	t := &table{size: size, expire: expire, free: none, oldest: none, newest: none}
	room := max(min(size, clients+clients/4), 8)
	t.entries = make([]tableEntry, 0, room)
	t.tombstones = NewTombstones(max(room, clients+clients/4))
	t.resize(room)
	return t
}

// places is a power of two, at least twice n.
func places(n int) int { return 1 << bits.Len(uint(2*n-1)) }

// resize makes the index anew for the given number of entries.
func (t *table) resize(entries int) {
	t.index = make([]int32, places(entries))
	for i := t.oldest; i != none; i = t.entries[i].newer {
		t.index[t.slot(t.entries[i].key)] = i + 1
	}
}

// slot returns where key is in the index, or the free place where it would be.
func (t *table) slot(key uint64) uint64 {
	mask := uint64(len(t.index) - 1)
	for h := key & mask; ; h = (h + 1) & mask {
		if i := t.index[h]; i == 0 || t.entries[i-1].key == key {
			return h
		}
	}
}

// Prepare is part of [sim.Preparer].
func (t *table) Prepare(c sim.ClientID, soon *prefetch.Batch) {
	recall.Prepare(&t.last, c, t.entries, soon)
}

// find returns the entry of a key, which is often that of the client's last one; none where there is none.
func (t *table) find(c sim.ClientID, key uint64) int32 {
	if i := t.last.Of(c); i >= 0 && t.entries[i].key == key && t.entries[i].server != sim.NoServer {
		return i
	}
	i := t.index[t.slot(key)] - 1
	if i >= 0 {
		t.last.Note(c, i)
	}
	return i
}

// lookup returns the server of a client's key, or NoServer and why: TableExpired, TableEvicted, or None for a key never seen.
func (t *table) lookup(c sim.ClientID, key uint64, now sim.Time) (sim.ServerID, sim.Reason) {
	i := t.find(c, key)
	switch {
	case i >= 0 && t.entries[i].until > now:
		return t.entries[i].server, sim.None
	case i >= 0:
		return sim.NoServer, sim.TableExpired
	}
	return sim.NoServer, t.tombstones.Why(key)
}

// store binds a client's key to s. An entry that says so already is renewed only if renew is set. With keep set, a full table
// takes no new keys.
func (t *table) store(c sim.ClientID, key uint64, s sim.ServerID, now sim.Time, renew, keep bool) {
	// Two entries at most can expire per call without falling behind: each call adds but one.
	for range 2 {
		if t.oldest != none && t.entries[t.oldest].until <= now {
			t.forget(t.oldest, sim.TableExpired)
		}
	}
	i := t.find(c, key)
	switch {
	case i >= 0 && t.entries[i].server == s && t.entries[i].until > now && !renew:
		return
	case i >= 0:
		t.unlink(i)
	case t.count == t.size && keep:
		t.tombstones.Record(key, sim.TableEvicted)
		return
	default:
		i = t.insert(key)
	}
	e := &t.entries[i]
	e.server, e.until = s, sim.Never
	if t.expire > 0 {
		e.until = now + t.expire
	}
	t.append(i)
}

// insert finds an entry for a new key, which is not in the queue yet.
func (t *table) insert(key uint64) int32 {
	if t.count == t.size {
		t.forget(t.oldest, sim.TableEvicted)
	}
	i := t.free
	if i != none {
		t.free = t.entries[i].newer
	} else {
		if len(t.entries) == cap(t.entries) {
			t.grow()
		}
		i = int32(len(t.entries))
		t.entries = append(t.entries, tableEntry{})
	}
	t.count++
	t.entries[i].key = key
	t.index[t.slot(key)] = i + 1
	return i
}

func (t *table) grow() {
	room := min(2*cap(t.entries), t.size)
	t.entries = append(make([]tableEntry, 0, room), t.entries...)
	t.resize(room)
}

// forget drops entry i for the given reason.
func (t *table) forget(i int32, why sim.Reason) {
	t.tombstones.Record(t.entries[i].key, why)
	t.vacate(t.slot(t.entries[i].key))
	t.unlink(i)
	t.entries[i].server, t.entries[i].newer = sim.NoServer, t.free
	t.free = i
	t.count--
}

// vacate frees slot h and moves later keys of the same run up, so that no gap cuts them off (Knuth 6.4, algorithm R).
func (t *table) vacate(h uint64) {
	mask := uint64(len(t.index) - 1)
	for n := (h + 1) & mask; t.index[n] != 0; n = (n + 1) & mask {
		home := t.entries[t.index[n]-1].key & mask
		if (n-home)&mask >= (n-h)&mask {
			t.index[h] = t.index[n]
			h = n
		}
	}
	t.index[h] = 0
}

// unlink takes entry i out of the queue.
func (t *table) unlink(i int32) {
	e := &t.entries[i]
	if e.older == none {
		t.oldest = e.newer
	} else {
		t.entries[e.older].newer = e.newer
	}
	if e.newer == none {
		t.newest = e.older
	} else {
		t.entries[e.newer].older = e.older
	}
}

// append puts entry i at the young end of the queue.
func (t *table) append(i int32) {
	e := &t.entries[i]
	e.older, e.newer = t.newest, none
	if t.newest == none {
		t.oldest = i
	} else {
		t.entries[t.newest].newer = i
	}
	t.newest = i
}
