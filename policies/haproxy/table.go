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
	entries    recall.Records[sim.ClientID, stickEntry]
	calm       sim.Time            // no entry runs out before
	tombstones policies.Tombstones // why keys have left
}

type stickEntry struct {
	used   sim.Time
	server sim.ServerID
}

// newTable makes an empty table; apart says that no two clients ever have the same key.
func newTable(size int, expire sim.Time, nopurge bool, clients int, apart bool) *table {
	return &table{
		size: size, expire: expire, nopurge: nopurge, calm: sim.LongAgo,
		entries:    recall.NewRecords[sim.ClientID, stickEntry](min(clients, size), apart),
		tombstones: policies.NewTombstones(clients + clients/4),
	}
}

// Prepare is part of [sim.Preparer].
func (t *table) Prepare(c sim.ClientID, soon *prefetch.Batch) { t.entries.Prepare(c, soon) }

// find returns the server of the entry of a client's key and renews it; or sim.NoServer and why there is none.
func (t *table) find(c sim.ClientID, key uint64, now sim.Time) (sim.ServerID, sim.Reason) {
	at := t.entries.Find(c, key)
	expired := at >= 0 && t.expired(at, now)
	t.drop(now)
	switch {
	case expired:
		return sim.NoServer, sim.TableExpired
	case at < 0:
		return sim.NoServer, t.tombstones.Why(mixed(key))
	}
	e := t.entries.At(at)
	e.used = now
	t.entries.Use(at)
	return e.server, sim.None
}

func (t *table) expired(at int32, now sim.Time) bool {
	return t.expire > 0 && now >= t.entries.At(at).used+t.expire
}

// drop removes the entries that have run out.
func (t *table) drop(now sim.Time) {
	if t.expire == 0 || now < t.calm {
		return
	}
	at := t.entries.Oldest()
	for ; at >= 0 && t.expired(at, now); at = t.entries.Oldest() {
		t.remove(at, sim.TableExpired)
	}
	if t.calm = now + t.expire; at >= 0 {
		t.calm = t.entries.At(at).used + t.expire
	}
}

// reserve makes room for an entry of key. It reports false where the table is full and keeps what it has.
func (t *table) reserve(c sim.ClientID, key uint64) bool {
	if n := t.entries.Len(); n+t.reserved >= t.size {
		if t.nopurge || n == 0 {
			if t.entries.Find(c, key) < 0 {
				t.tombstones.Record(mixed(key), sim.TableEvicted)
			}
			return false
		}
		for range t.size>>8 + 1 {
			if oldest := t.entries.Oldest(); oldest >= 0 {
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
	e := stickEntry{now, s}
	if at := t.entries.Find(c, key); at >= 0 {
		*t.entries.At(at) = e
		t.entries.Use(at)
		return
	}
	t.entries.Add(c, key, e)
}

func (t *table) remove(at int32, why sim.Reason) {
	t.tombstones.Record(mixed(t.entries.Key(at)), why)
	t.entries.Remove(at)
}

// mixed makes random bits of a key, which can be an address (Stafford's mix 13).
func mixed(key uint64) uint64 {
	key = (key ^ key>>30) * 0xbf58476d1ce4e5b9
	key = (key ^ key>>27) * 0x94d049bb133111eb
	return key ^ key>>31
}
