package fel

import (
	"math/rand/v2"
	"testing"

	"stickysim/sim/prefetch"
)

// With thousands of events pending, Ahead returns nearly all of them, each once and before it is taken.
func TestAhead(t *testing.T) {
	const pending, hold, takes = 100000, 1e10, 300000
	g := rand.New(rand.NewPCG(1, 1))
	r := NewRing(pending, hold)
	for id := range uint32(pending) {
		r.Push(int64(g.ExpFloat64()*hold), id)
	}
	returned := make([]int, pending+takes) // by event: when, in takes from 1; 0: not
	early := 0
	var soon prefetch.Batch
	for n := 1; n <= takes; n++ {
		at, id, _ := r.Pop()
		switch before := n - returned[id]; {
		case returned[id] == 0:
		case before < 1:
			t.Fatalf("event %d is returned after it was taken", id)
		case before >= Stride:
			early++
		}
		r.Push(at+int64(g.ExpFloat64()*hold), uint32(pending+n-1))
		if r.Unseen() {
			var ids [2 * Stride]uint32
			for _, id := range ids[:r.Ahead(ids[:], &soon)] {
				if returned[id] != 0 {
					t.Fatalf("event %d is returned twice, at take %d and %d", id, returned[id], n)
				}
				returned[id] = n
			}
		}
	}
	if share := float64(early) / takes; share < .85 {
		t.Errorf("%.3f of the events are returned %d takes early, not .85", share, Stride)
	}
}

// Nothing is ahead in a list that is empty, or too short for slices.
func TestNothingAhead(t *testing.T) {
	var ids [2 * Stride]uint32
	var soon prefetch.Batch
	r := NewRing(0, 0)
	for range 3 {
		if n := r.Ahead(ids[:], &soon); n != 0 || r.Unseen() {
			t.Errorf("%d events are ahead, and more unseen: %v", n, r.Unseen())
		}
		r.Push(1, 1)
	}
}
