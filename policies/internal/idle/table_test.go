package idle

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

func TestExpiredPlacesAreReused(t *testing.T) {
	table := NewTable(sim.Minute, 16, false)
	for i := range 100000 {
		table.Touch(0, uint64(i), sim.Time(i)*sim.Second)
		if n := table.entries.Len(); i > 200 && n > 61 {
			t.Fatalf("%d entries for 60 live keys", n)
		}
	}
}

func TestEntryLivesFromItsLastUse(t *testing.T) {
	table := NewTable(10*sim.Second, 0, false)
	e, fresh := table.Touch(0, 1, 0)
	if fresh || e.Server != sim.NoServer {
		t.Fatalf("a new key is known: %+v", e)
	}
	e.Server = 7
	if e, fresh = table.Touch(0, 1, 9*sim.Second); !fresh || e.Server != 7 {
		t.Errorf("after 9 s: server %d, fresh %v", e.Server, fresh)
	}
	if e, fresh = table.Touch(0, 1, 18*sim.Second); !fresh || e.Server != 7 {
		t.Errorf("9 s after its last use: server %d, fresh %v", e.Server, fresh)
	}
	if e, fresh = table.Touch(0, 1, 28*sim.Second); fresh || e.Server != 7 {
		t.Errorf("10 s after its last use: server %d, fresh %v", e.Server, fresh)
	}
}

func TestFixedEntryEndsWhenItsTimeIsUp(t *testing.T) {
	table := NewTable(10*sim.Second, 0, false)
	table.Fixed = true
	table.Touch(0, 1, 0)
	if _, fresh := table.Touch(0, 1, 9*sim.Second); !fresh {
		t.Error("gone after 9 s")
	}
	if _, fresh := table.Touch(0, 1, 10*sim.Second); fresh {
		t.Error("still there after 10 s, because it was used")
	}
	if _, fresh := table.Touch(0, 1, 19*sim.Second); !fresh {
		t.Error("made anew after 10 s, gone 9 s later")
	}
}

// Where a client was found last changes nothing: clients that share a key, that change it, or whose entry has gone to another key.
func TestHintsChangeNothing(t *testing.T) {
	hinted, searched := NewTable(10*sim.Second, 16, false), NewTable(10*sim.Second, 16, false)
	for step := range 20000 {
		d := rng.Root(3).At(uint64(step))
		client, now := sim.ClientID(d.At(0).IntN(40)), sim.Time(step)*sim.Second/4
		key := uint64(d.At(1).IntN(3)) + uint64(client)/2
		a, freshA := hinted.Touch(client, key, now)
		b, freshB := searched.Touch(0, key, now)
		if a.Server != b.Server || freshA != freshB {
			t.Fatalf("step %d: server %d (fresh: %v), want %d (%v)", step, a.Server, freshA, b.Server, freshB)
		}
		a.Server, b.Server = sim.ServerID(step), sim.ServerID(step)
	}
}
