package policies

import (
	"slices"
	"testing"

	"stickysim/sim"
)

// Every textbook policy tries each eligible server once before any of them twice, whatever the weights.
func TestRetriesReachEveryServer(t *testing.T) {
	const n = 6
	for _, e := range All() {
		for _, equal := range []bool{true, false} {
			f := newFleet(e.Default, n, 5)
			if !equal {
				f.weights(1, 2, 3, 4, 5, 6)
			}
			for client := range uint64(20) {
				q := f.request(client, 0)
				for attempt := range n {
					q.Attempt = attempt
					s := f.b.Pick(q, f.v)
					if s < 0 || slices.Contains(q.Tried, s) {
						t.Fatalf("%s, equal weights %v: attempt %d got %d after %v", e.Name, equal, attempt, s, q.Tried)
					}
					q.Tried = append(q.Tried, s)
				}
				if s := f.b.Pick(q, f.v); s < 0 {
					t.Errorf("%s: all tried: got no server, want any", e.Name)
				}
			}
		}
	}
}

// Hash seeds and draws come from the run's seed: another seed gives other picks; turns have no luck in them.
func TestSeedsDecide(t *testing.T) {
	for _, e := range All() {
		a, b := newFleet(e.Default, 10, 1), newFleet(e.Default, 10, 2)
		same := 0
		for i := range uint64(500) {
			// The same client meets both, with its draws as under seed 1.
			if a.b.Pick(a.request(i, 0), a.v) == b.b.Pick(a.request(i, 0), b.v) {
				same++
			}
		}
		hashes := e.Doc.Key == KeyHash || e.Name == "ip-hash"
		if hashes && same > 150 || !hashes && same < 500 {
			t.Errorf("%s: %d of 500 picks are the same under another seed of the instance", e.Name, same)
		}
	}
}

// A draining server keeps its clients where the policy has a memory, and gets no new ones.
func TestDrainingKeepsClients(t *testing.T) {
	for _, c := range []Config{
		Cookie{Balance: Named("round-robin"), OnFailure: "repick"},
		StickTable{Key: "src", Size: 10, Balance: Named("round-robin")},
	} {
		f := newFleet(c, 3, 1)
		q := f.request(0, 0)
		home := f.serve(q)
		f.set(home, sim.Draining)
		again := f.request(0, 1)
		again.Cookie = q.SetCookie
		if got := f.serve(again); got != home || again.Why != sim.None {
			t.Errorf("%T: the draining server's client went to %d (why %d), want %d", c, got, again.Why, home)
		}
		for i := range uint64(20) {
			if f.serve(f.request(100+i, 0)) == home {
				t.Errorf("%T: a new client went to the draining server", c)
			}
		}
	}
}
