package envoy

import (
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// TestLeavingHostMovesOthersClients removes one of five hosts. The ring then has 256 points per host instead of 205:
// of the points ahead of a key, 1025 old and 204 new ones, the first is new with probability 204/1229, and another
// host's in 3 of 4 cases: 12.4 % of the survivors' clients move needlessly. With as many points per host before and
// after, none does.
func TestLeavingHostMovesOthersClients(t *testing.T) {
	config := lookup[RingHash](t, "envoy/ring-hash")
	for _, c := range []struct {
		minimum     int
		least, most float64
	}{{1024, 0.11, 0.14}, {1, 0, 0}} { // minimum 1: one point per host, whatever their number
		config.MinimumRingSize = c.minimum
		moved, kept := 0, 0
		for w := range 20 {
			v := world(5, 7000+100*w)
			p := start(policies.Config(config), v).(*ringHash)
			const keys = 1000
			var before [keys]sim.ServerID
			for i := range before {
				before[i] = p.lookup(rng.Root(9).At(uint64(i)).Uint64(), 0)
			}
			v.Status[2] = sim.Down
			settle(v)
			p.Rebuild(v)
			for i, s := range before {
				if s != 2 {
					kept++
					if p.lookup(rng.Root(9).At(uint64(i)).Uint64(), 0) != s {
						moved++
					}
				}
			}
		}
		share := float64(moved) / float64(kept)
		t.Logf("minimum_ring_size %d: %.4f of the survivors' keys moved", c.minimum, share)
		if share < c.least || share > c.most {
			t.Errorf("minimum_ring_size %d: %.4f of the survivors' keys moved, want %.2f to %.2f", c.minimum, share, c.least, c.most)
		}
	}
}
