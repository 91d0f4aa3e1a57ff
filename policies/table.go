package policies

import (
	"math/bits"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// table maps client keys to servers: at most size entries, each for a limited time. All have the same time to live, so that the
// order in which they were stored is that of their expiry.
type table struct {
	size   int
	expire sim.Time // 0 = never

	entries    recall.Records[sim.ClientID, tableEntry]
	calm       sim.Time                // no entry expires before
	tombstones Tombstones              // why keys left
	mixed      func(key uint64) uint64 // random bits for the tombstones
}

type tableEntry struct {
	until  sim.Time
	server sim.ServerID
}

// newTable makes a table with room for as many entries as there are expected clients; it grows to size. Apart says that no two
// clients ever have the same key.
func newTable(size, clients int, expire sim.Time, apart bool) *table {
	room := max(min(size, clients+clients/4), 8)
	return &table{
		size: size, expire: expire, calm: sim.LongAgo,
		entries:    recall.NewRecords[sim.ClientID, tableEntry](room, apart),
		tombstones: NewTombstones(max(room, clients+clients/4)),
		mixed:      func(key uint64) uint64 { return key },
	}
}

// places is a power of two, at least twice n.
func places(n int) int { return 1 << bits.Len(uint(2*n-1)) }

// Prepare is part of [sim.Preparer].
func (t *table) Prepare(c sim.ClientID, soon *prefetch.Batch) { t.entries.Prepare(c, soon) }

// lookup returns the server of a client's key, or NoServer and why: TableExpired, TableEvicted, or None for a key never seen.
func (t *table) lookup(c sim.ClientID, key uint64, now sim.Time) (sim.ServerID, sim.Reason) {
	i := t.entries.Find(c, key)
	if i < 0 {
		return sim.NoServer, t.tombstones.Why(t.mixed(key))
	}
	if e := t.entries.At(i); e.until > now {
		return e.server, sim.None
	}
	return sim.NoServer, sim.TableExpired
}

// store binds a client's key to s. An entry that says so already is renewed only if renew is set. With keep set, a full table
// takes no new keys.
func (t *table) store(c sim.ClientID, key uint64, s sim.ServerID, now sim.Time, renew, keep bool) {
	stored := tableEntry{sim.Never, s}
	if t.expire > 0 {
		stored.until = now + t.expire
	}
	// Two entries at most can expire per call without falling behind: each call adds but one.
	for n := 0; n < 2 && now >= t.calm; n++ {
		i := t.entries.Oldest()
		if i < 0 {
			t.calm = stored.until
		} else if t.calm = t.entries.At(i).until; t.calm <= now {
			t.forget(i, sim.TableExpired)
		}
	}
	if i := t.entries.Find(c, key); i >= 0 {
		if e := t.entries.At(i); renew || e.server != s || e.until <= now {
			*e = stored
			t.entries.Use(i)
		}
		return
	}
	if t.entries.Len() == t.size {
		if keep {
			t.tombstones.Record(t.mixed(key), sim.TableEvicted)
			return
		}
		t.forget(t.entries.Oldest(), sim.TableEvicted)
	}
	t.entries.Add(c, key, stored)
}

// forget drops entry i for the given reason.
func (t *table) forget(i int32, why sim.Reason) {
	t.tombstones.Record(t.mixed(t.entries.Key(i)), why)
	t.entries.Remove(i)
}
