package haproxy

import (
	"stickysim/policies"
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// table is a stick table: entries by key, in the order of their last use.
//
// HAProxy reserves an entry for every request under way, known key or not, so requests in flight take room in a
// table, and a full table can hold one entry less than its size. reserve and release count them.
type table struct {
	size       int
	expire     sim.Time // 0 = never
	nopurge    bool
	reserved   int
	index      map[uint64]int32
	last       recall.Places[sim.ClientID]
	entries    []stickEntry        // 0 is the head of the ring of entries: oldest behind it, newest before it
	tombstones policies.Tombstones // why keys have left
	free       int32               // head of the list of unused entries, linked by newer; 0 = none
}

type stickEntry struct {
	key          uint64
	used         sim.Time
	server       sim.ServerID // NoServer = unused entry
	newer, older int32
}

func newTable(size int, expire sim.Time, nopurge bool, clients int) *table {
	expected := min(clients, size)
	return &table{
		size: size, expire: expire, nopurge: nopurge,
		index:      make(map[uint64]int32, expected),
		entries:    make([]stickEntry, 1, expected+1),
		tombstones: policies.NewTombstones(clients + clients/4),
	}
}

// Prepare is part of [sim.Preparer].
func (t *table) Prepare(c sim.ClientID, soon *prefetch.Batch) {
	recall.Prepare(&t.last, c, t.entries, soon)
}

// place returns the entry of a key, which is often that of the client's last one.
func (t *table) place(c sim.ClientID, key uint64) (at int32, known bool) {
	if at = t.last.Of(c); at > 0 && t.entries[at].key == key && t.entries[at].server != sim.NoServer {
		return at, true
	}
	if at, known = t.index[key]; known {
		t.last.Note(c, at)
	}
	return at, known
}

// find returns the server of the entry of a client's key and renews it; or sim.NoServer and why there is none.
func (t *table) find(c sim.ClientID, key uint64, now sim.Time) (sim.ServerID, sim.Reason) {
	at, known := t.place(c, key)
	expired := known && t.expired(at, now)
	t.drop(now)
	switch {
	case expired:
		return sim.NoServer, sim.TableExpired
	case !known:
		return sim.NoServer, t.tombstones.Why(mixed(key))
	}
	t.touch(at, now)
	return t.entries[at].server, sim.None
}

func (t *table) expired(at int32, now sim.Time) bool {
	return t.expire > 0 && now >= t.entries[at].used+t.expire
}

// drop removes the entries that have run out.
func (t *table) drop(now sim.Time) {
	for at := t.entries[0].newer; at != 0 && t.expired(at, now); at = t.entries[0].newer {
		t.remove(at, sim.TableExpired)
	}
}

// reserve makes room for an entry of key. It reports false where the table is full and keeps what it has.
func (t *table) reserve(key uint64) bool {
	if len(t.index)+t.reserved >= t.size {
		if t.nopurge || len(t.index) == 0 {
			if _, known := t.index[key]; !known {
				t.tombstones.Record(mixed(key), sim.TableEvicted)
			}
			return false
		}
		for range t.size>>8 + 1 {
			if oldest := t.entries[0].newer; oldest != 0 {
				t.remove(oldest, sim.TableEvicted)
			}
		}
	}
	t.reserved++
	return true
}

func (t *table) release() {
	if t.reserved > 0 {
		t.reserved--
	}
}

func (t *table) store(c sim.ClientID, key uint64, s sim.ServerID, now sim.Time) {
	at, known := t.place(c, key)
	if !known {
		at = t.add(key)
	}
	t.entries[at].server = s
	t.touch(at, now)
}

func (t *table) add(key uint64) int32 {
	at := t.free
	if at != 0 {
		t.free = t.entries[at].newer
	} else {
		t.entries = append(t.entries, stickEntry{})
		at = int32(len(t.entries) - 1)
	}
	t.entries[at] = stickEntry{key: key, newer: at, older: at}
	t.index[key] = at
	return at
}

// touch makes an entry the newest.
func (t *table) touch(at int32, now sim.Time) {
	t.unlink(at)
	e := &t.entries[at]
	e.used = now
	e.newer, e.older = 0, t.entries[0].older
	t.entries[e.older].newer = at
	t.entries[0].older = at
}

func (t *table) unlink(at int32) {
	e := &t.entries[at]
	t.entries[e.older].newer = e.newer
	t.entries[e.newer].older = e.older
}

func (t *table) remove(at int32, why sim.Reason) {
	t.unlink(at)
	t.tombstones.Record(mixed(t.entries[at].key), why)
	delete(t.index, t.entries[at].key)
	t.entries[at].server, t.entries[at].newer = sim.NoServer, t.free
	t.free = at
}

// mixed makes random bits of a key, which can be an address (Stafford's mix 13).
func mixed(key uint64) uint64 {
	key = (key ^ key>>30) * 0xbf58476d1ce4e5b9
	key = (key ^ key>>27) * 0x94d049bb133111eb
	return key ^ key>>31
}
