package policies

import (
	"math"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// The ring's lookup by leading bits agrees with a scan for the first point at or after the hash.
func TestRingFind(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 50} {
		f := newFleet(ConsistentHash{Replicas: 13, HashKey: HashKey{"hash"}}, n, uint64(n))
		r := &f.b.(*consistentHash).ring
		if len(r.points) != 13*n {
			t.Fatalf("%d servers: %d points, want %d", n, len(r.points), 13*n)
		}
		for i := 1; i < len(r.points); i++ {
			if r.points[i-1] >= r.points[i] {
				t.Fatalf("%d servers: points %d and %d are not in order", n, i-1, i)
			}
		}
		hashes := []uint64{0, math.MaxUint64}
		for i := range uint64(500) {
			hashes = append(hashes, f.root.At(i).Uint64())
		}
		hashes = append(hashes, r.points...)
		for _, h := range hashes {
			want := 0
			for want < len(r.points) && r.points[want] < h {
				want++
			}
			if got := r.find(h); got != want%len(r.points) {
				t.Fatalf("%d servers: find(%#x) = %d; want %d", n, h, got, want%len(r.points))
			}
		}
	}
}

// A huge weight does not make a huge ring, and every server keeps a point.
func TestRingIsBounded(t *testing.T) {
	f := newFleet(ConsistentHash{Replicas: 100, HashKey: HashKey{"hash"}}, 3, 1)
	f.weights(1, 1e9, 1)
	r := &f.b.(*consistentHash).ring
	if len(r.points) > maxPoints+3 || len(r.made) != 3 {
		t.Errorf("%d points of %d servers; want at most %d of 3", len(r.points), len(r.made), maxPoints+3)
	}
}

// Points per unit of weight, shares in proportion to them over many seeds.
func TestRingWeights(t *testing.T) {
	var share sample
	for seed := range uint64(200) {
		f := newFleet(ConsistentHash{Replicas: 50, HashKey: HashKey{"hash"}}, 3, seed)
		f.weights(1, 2, 1)
		n := 0.0
		for _, s := range f.homes(200) {
			if s == 1 {
				n++
			}
		}
		share.add(n / 200)
	}
	share.meets(t, "share of weight 2 of 4", 0.5, 0)
}

// Equal weights and almost equal ones rank servers alike, so that a slow start moves few clients.
func TestRendezvousWeightsAgree(t *testing.T) {
	f := newFleet(Rendezvous{HashKey{"hash"}}, 8, 1)
	equal := f.homes(2000)
	f.weights(1+1e-9, 1, 1, 1, 1, 1, 1, 1)
	if all, _ := moved(equal, f.homes(2000), sim.NoServer, sim.NoServer); all != 0 {
		t.Errorf("%g of the clients moved", all)
	}
}

func TestIPHashPrefix(t *testing.T) {
	for prefix, wantSame := range map[int]bool{24: true, 32: false} {
		f := newFleet(IPHash{Prefix: prefix}, 50, 1)
		seen := map[sim.ServerID]bool{}
		for host := range uint32(100) {
			q := f.request(0, 0)
			q.Addr = sim.Addr4(0xcb007100 + host)
			seen[f.b.Pick(q, f.v)] = true
		}
		if (len(seen) == 1) != wantSame {
			t.Errorf("prefix %d: one /24 meets %d servers", prefix, len(seen))
		}
	}
	f := newFleet(IPHash{Prefix: 24}, 50, 1)
	seen := map[sim.ServerID]bool{}
	for host := range byte(100) {
		q := f.request(0, 0)
		q.Addr = sim.Addr{0: 0x20, 1: 0x01, 15: host}
		seen[f.b.Pick(q, f.v)] = true
	}
	if len(seen) < 20 {
		t.Errorf("100 IPv6 addresses meet %d servers of 50", len(seen))
	}
}

// The key parameter chooses between key and address.
func TestHashKey(t *testing.T) {
	for key, wantSame := range map[string]bool{"hash": false, "address": true} {
		k := HashKey{key}
		for _, c := range []Config{
			ConsistentHash{100, k}, BoundedLoad{0.25, 100, k}, Maglev{65537, k}, Rendezvous{k}, Jump{k},
		} {
			f := newFleet(c, 20, 1)
			seen := map[sim.ServerID]bool{}
			for i := range uint64(100) {
				q := f.request(i, 0)
				q.Addr = sim.Addr4(1)
				seen[f.b.Pick(q, f.v)] = true
			}
			if (len(seen) == 1) != wantSame {
				t.Errorf("%T key %s: one address meets %d servers", c, key, len(seen))
			}
		}
	}
}

// Unequal weights: the server whose clock rings first, by a look at all clocks.
func TestWeightedRendezvousAgreesWithAScan(t *testing.T) {
	f := newFleet(Rendezvous{HashKey{"hash"}}, 40, 1)
	for i := range 40 {
		f.SetWeight(sim.ServerID(i), []float64{.3, 1, 2, 7}[i%4])
	}
	f.Changed()
	p := f.b.(*rendezvous)
	for client := range uint64(5000) {
		h := rng.Root(client).Uint64()
		want, earliest := sim.NoServer, math.Inf(1)
		for i, s := range f.v.Eligible {
			if x := -math.Log(rng.Key(p.names[i].At(h).Uint64()).Float64()) / f.v.Weight[s]; x < earliest {
				want, earliest = s, x
			}
		}
		if got := p.highest(h, &sim.Request{}, f.v); got != want {
			t.Fatalf("client %d goes to %d, want %d", client, got, want)
		}
	}
}
