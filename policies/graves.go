package policies

import "stickysim/sim"

// Graves remember why keys have left a table, however small that is: there are graves for all expected clients, by the
// bits of their keys, which must be random. Those that no longer fit into their plot are forgotten for good.
type Graves struct{ all []grave }

// grave remembers a forgotten key by some of its bits, and why it went: 24 bits of the one, 8 of the other.
type grave uint32

// graveWays is how many graves share a plot, last first.
const graveWays = 4

// NewGraves makes room for so many keys.
func NewGraves(keys int) Graves { return Graves{make([]grave, places(max(keys, 8)))} }

// Why tells why key has left the table: TableExpired, TableEvicted, or None for a key that never has.
func (t Graves) Why(key uint64) sim.Reason {
	for _, g := range t.plot(key) {
		if g>>8 == grave(key>>40) {
			return sim.Reason(g & 255)
		}
	}
	return sim.None
}

// Bury notes why key is not in the table, in place of its grave of before or of the oldest.
func (t Graves) Bury(key uint64, why sim.Reason) {
	plot := t.plot(key)
	old := 0
	for old < graveWays-1 && plot[old]>>8 != grave(key>>40) {
		old++
	}
	copy(plot[1:old+1], plot[:old])
	plot[0] = grave(key>>40)<<8 | grave(why)
}

// plot is where the grave of key is, if there is one.
func (t Graves) plot(key uint64) []grave {
	first := int(key&uint64(len(t.all)-1)) &^ (graveWays - 1)
	return t.all[first : first+graveWays]
}
