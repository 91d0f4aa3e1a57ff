package fel

import (
	"math/rand/v2"
	"testing"
)

const thinkers, thinkTime = 100000, 1e10

// thinking is a list with an event for each of thinkers, and what draws when they come.
func thinking() (*Ring, *rand.Rand) {
	g := rand.New(rand.NewPCG(1, 1))
	r := NewRing(thinkers, thinkTime)
	for id := range uint32(thinkers) {
		r.Push(int64(g.ExpFloat64()*thinkTime), id)
	}
	return r, g
}

// With thousands of events pending, Ahead returns nearly all of them, each once and before it is taken, and none that is near when
// it comes.
func TestAhead(t *testing.T) {
	const takes = 300000
	r, g := thinking()
	returned := make([]int, thinkers+takes) // by event: when, in takes from 1; 0: not
	near := make([]bool, thinkers+takes)    // by event
	early := 0
	for n := 1; n <= takes; n++ {
		at, id, _ := r.Pop()
		switch before := n - returned[id]; {
		case returned[id] == 0:
		case before < 1:
			t.Fatalf("event %d is returned after it was taken", id)
		case before >= Stride:
			early++
		}
		next := thinkers + n - 1
		at += int64(g.ExpFloat64() * thinkTime)
		near[next] = r.Near(at)
		r.Push(at, uint32(next))
		if r.Unseen() {
			for _, k := range r.Ahead() {
				id := uint32(k)
				if returned[id] != 0 {
					t.Fatalf("event %d is returned twice, at take %d and %d", id, returned[id], n)
				}
				if near[id] {
					t.Fatalf("event %d is returned, though it came too late for that", id)
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
	r := NewRing(0, 0)
	for range 3 {
		if n := len(r.Ahead()); n != 0 || r.Unseen() {
			t.Errorf("%d events are ahead, and more unseen: %v", n, r.Unseen())
		}
		r.Push(1, 1)
	}
}

// Before a slice is read, all that it was made of some time ago has been put on the list to be fetched.
func TestNextSliceIsFetched(t *testing.T) {
	const takes = 300000
	r, g := thinking()
	slice, read, begun, whole, left := r.cur, 0, 0, 0, uint32(0)
	for n := range uint32(takes) {
		at, _, _ := r.Pop()
		if r.cur != slice {
			slice = r.cur
			read++
			if r.soon == r.tail[(slice+1)%slices] && r.soon != 0 {
				begun++
			}
			if left == 0 {
				whole++
			}
		}
		r.Push(at+int64(g.ExpFloat64()*thinkTime), thinkers+n)
		if r.Unseen() {
			r.Ahead()
			r.Coming()
		}
		left = r.soon
	}
	if read < 1000 || begun < read*9/10 || whole < read*9/10 {
		t.Errorf("of %d slices, %d were begun to be fetched, %d as a whole", read, begun, whole)
	}
}
