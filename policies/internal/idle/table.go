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
type Table struct {
	Fixed bool // an entry lives for the timeout from when it was made, used or not

	timeout sim.Time
	entries recall.Records[sim.ClientID, Entry]
}

// Entry is what the table remembers of a key.
type Entry struct {
	used   sim.Time
	Server sim.ServerID // NoServer = not chosen yet
}

// NewTable makes a table with room for size keys at first; apart says that no two clients ever have the same key. An entry expires
// when its key has been silent for the timeout.
func NewTable(timeout sim.Time, size int, apart bool) Table {
	return Table{timeout: timeout, entries: recall.NewRecords[sim.ClientID, Entry](max(16, min(size, 1<<20)), apart)}
}

// Key is a key for an address: an IPv4 address itself, or a hash, practically without collisions.
func Key(a *sim.Addr) uint64 {
	if a.Is4() {
		return uint64(a.V4())
	}
	return a.Hash64()
}

// Prepare is part of [sim.Preparer].
func (t *Table) Prepare(c sim.ClientID, soon *prefetch.Batch) { t.entries.Prepare(c, soon) }

// Touch returns the entry of a client's key and makes it the newest; fresh says that it had not expired. The entry may be written to
// until the next call.
func (t *Table) Touch(c sim.ClientID, key uint64, now sim.Time) (e *Entry, fresh bool) {
	i := t.entries.Find(c, key)
	if i < 0 {
		if old := t.entries.Oldest(); old >= 0 && now-t.entries.At(old).used >= t.timeout {
			t.entries.Remove(old)
		}
		return t.entries.At(t.entries.Add(c, key, Entry{now, sim.NoServer})), false
	}
	e = t.entries.At(i)
	if fresh = now-e.used < t.timeout; fresh && t.Fixed {
		return e, true
	}
	e.used = now
	t.entries.Use(i)
	return e, fresh
}
