package policies

import (
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// The buckets agree with a scan after every event: the order is sorted, the boundaries are right, and the pick is one of
// the least loaded.
func TestLeastConnectionsBuckets(t *testing.T) {
	const n = 9
	f := newFleet(LeastConnections{}, n, 1)
	p := f.b.(*leastConnections)
	var flying []sim.ServerID
	draws := rng.Root(3)
	for step := range 5000 {
		d := draws.At(uint64(step))
		switch x := d.At(0).IntN(100); {
		case x < 2:
			s := sim.ServerID(d.At(1).IntN(n))
			f.set(s, []sim.Status{sim.Up, sim.Up, sim.Draining, sim.Down}[d.At(2).IntN(4)])
		case x < 50 && len(flying) > 0:
			i := d.At(1).IntN(len(flying))
			f.end(flying[i])
			flying = slices.Delete(flying, i, i+1)
		default:
			s := f.b.Pick(f.request(uint64(step), 0), f.v)
			if s < 0 {
				continue
			}
			for _, other := range f.v.Eligible {
				if f.v.InFlight[other] < f.v.InFlight[s] {
					t.Fatalf("step %d: picked %d with %d in flight, %d has %d", step, s, f.v.InFlight[s], other, f.v.InFlight[other])
				}
			}
			if d.At(3).IntN(4) == 0 { // as inside a sticky policy, which sends requests where it likes
				s = sim.ServerID(d.At(4).IntN(n))
			}
			f.begin(s)
			flying = append(flying, s)
		}
		checkBuckets(t, p, f.v)
	}
}

func checkBuckets(t *testing.T, p *leastConnections, v *sim.View) {
	t.Helper()
	for i, x := range p.order {
		c, place := x.count, uint32(i)
		if int32(c) != v.InFlight[x.server] || p.place[x.server] != place || place < p.start[c] || place >= p.start[c+1] {
			t.Fatalf("server %v with %d in flight at %d: its place is %d, bucket [%d, %d)", x, v.InFlight[x.server], i, p.place[x.server], p.start[c], p.start[c+1])
		}
	}
	if len(p.order) != len(v.Eligible) {
		t.Fatalf("order has %v, eligible are %v", p.order, v.Eligible)
	}
}

// Load counts per weight.
func TestLeastLoadedPerWeight(t *testing.T) {
	for _, c := range []Config{LeastConnections{}, TwoChoices{Choices: 3}} {
		f := newFleet(c, 3, 1)
		f.weights(1, 2, 4)
		for s, n := range []int{1, 1, 3} { // loads per weight 1, 0.5, 0.75
			for range n {
				f.begin(sim.ServerID(s))
			}
		}
		if got := f.b.Pick(f.request(0, 0), f.v); got != 1 {
			t.Errorf("%T: got %d, want 1, which has the least load per weight", c, got)
		}
	}
}

func TestLeastSessions(t *testing.T) {
	f := newFleet(LeastSessions{}, 4, 1)
	for i := range uint64(40) {
		f.Hold(f.serve(f.request(i, 0)), 1)
		if low, high := slices.Min(f.v.Sessions[:4]), slices.Max(f.v.Sessions[:4]); high-low > 1 {
			t.Fatalf("client %d: sessions %v differ by more than 1", i, f.v.Sessions[:4])
		}
	}
	f.weights(1, 3, 1, 1)
	for s, n := range []int32{2, 5, 3, 3} {
		f.Hold(sim.ServerID(s), n-f.v.Sessions[s])
	}
	if got := f.b.Pick(f.request(0, 0), f.v); got != 1 {
		t.Errorf("got %d, want 1, which has the fewest sessions per weight", got)
	}
}
