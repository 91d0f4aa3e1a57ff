package policies

import (
	"slices"
	"testing"

	"stickysim/sim"
)

// turns serves n requests and returns the servers' letters.
func (f *fleet) turns(n int) string {
	var order []byte
	for i := range n {
		order = append(order, 'a'+byte(f.serve(f.request(uint64(i), 0))))
	}
	return string(order)
}

// The sequence of nginx's example for weights 5, 1, 1.
func TestRoundRobinIsSmooth(t *testing.T) {
	f := newFleet(RoundRobin{}, 3, 1)
	f.weights(5, 1, 1)
	if got := f.turns(14); got != "aabacaaaabacaa" {
		t.Errorf("weights 5, 1, 1: got %s, want aabacaaaabacaa", got)
	}
}

func TestRoundRobinKeepsItsPlace(t *testing.T) {
	steps := []struct {
		what   string
		change func(f *fleet)
		want   string
	}{
		{"start", func(*fleet) {}, "ab"},
		{"one ahead goes down", func(f *fleet) { f.set(3, sim.Down) }, "c"},
		{"the last taken goes down", func(f *fleet) { f.set(2, sim.Down) }, "ea"},
		{"all come back", func(f *fleet) { f.v.Status[2] = sim.Up; f.set(3, sim.Up) }, "bc"},
		{"the last taken is removed", func(f *fleet) {
			f.v.Members = slices.Delete(f.v.Members, 2, 3)
			f.set(2, sim.Removed)
		}, "deab"},
		{"one joins", func(f *fleet) { f.add(1) }, "defa"},
	}
	f := newFleet(RoundRobin{}, 5, 1)
	for _, s := range steps {
		s.change(f)
		if got := f.turns(len(s.want)); got != s.want {
			t.Errorf("%s: got %s, want %s", s.what, got, s.want)
		}
	}
}

func TestRoundRobinPassesOverTried(t *testing.T) {
	f := newFleet(RoundRobin{}, 3, 1)
	q := f.request(0, 0)
	q.Tried = []sim.ServerID{0, 1}
	if got := f.b.Pick(q, f.v); got != 2 {
		t.Errorf("tried 0 and 1: got %d, want 2", got)
	}
	q.Tried = []sim.ServerID{0, 1, 2}
	if got := f.b.Pick(q, f.v); got != 0 {
		t.Errorf("tried all: got %d, want 0, whose turn it is", got)
	}
}
