package policies

import "stickysim/sim"

// Tombstones record why a key was evicted or expired, in a fixed-size 4-way cache. Keys must be random: their bits address
// the cache. A set that is full drops its oldest tombstone.
type Tombstones struct {
	all []tombstone
	any bool // there is one
}

// tombstone holds 24 bits of the key and, in the low 8 bits, the reason.
type tombstone uint32

// tombstoneWays is how many tombstones share a set, newest first.
const tombstoneWays = 4

// NewTombstones makes room for so many keys.
func NewTombstones(keys int) Tombstones {
	return Tombstones{all: make([]tombstone, places(max(keys, 8)))}
}

// Why returns why key has left the table: TableExpired, TableEvicted, or None where there is no tombstone.
func (t *Tombstones) Why(key uint64) sim.Reason {
	if !t.any {
		return sim.None
	}
	for _, stone := range t.set(key) {
		if stone>>8 == tombstone(key>>40) {
			return sim.Reason(stone & 255)
		}
	}
	return sim.None
}

// Record notes why key is not in the table, in place of its previous tombstone or of the oldest of its set.
func (t *Tombstones) Record(key uint64, why sim.Reason) {
	t.any = true
	set := t.set(key)
	old := 0
	for old < tombstoneWays-1 && set[old]>>8 != tombstone(key>>40) {
		old++
	}
	copy(set[1:old+1], set[:old])
	set[0] = tombstone(key>>40)<<8 | tombstone(why)
}

// set is where the tombstone of key is, if there is one.
func (t *Tombstones) set(key uint64) []tombstone {
	first := int(key&uint64(len(t.all)-1)) &^ (tombstoneWays - 1)
	return t.all[first : first+tombstoneWays]
}
