package haproxy

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// Where a client was found last changes nothing: clients that share a key, that change it, or whose entry has been dropped.
func TestHintsChangeNothing(t *testing.T) {
	hinted, searched := newTable(20, 10*sim.Second, false, 40, false), newTable(20, 10*sim.Second, false, 40, false)
	for step := range 20000 {
		d := rng.Root(3).At(uint64(step))
		client, now := sim.ClientID(d.At(0).IntN(40)), sim.Time(step)*sim.Second/4
		key := uint64(d.At(1).IntN(3)) + uint64(client)/2
		s, why := hinted.find(client, key, now)
		want, wantWhy := searched.find(0, key, now)
		if s != want || why != wantWhy {
			t.Fatalf("step %d: server %d (%v), want %d (%v)", step, s, why, want, wantWhy)
		}
		for i, x := range []*table{hinted, searched} {
			if x.reserve(client*sim.ClientID(1-i), key) {
				x.release()
				x.store(client*sim.ClientID(1-i), key, sim.ServerID(step%7), now)
			}
		}
	}
}
