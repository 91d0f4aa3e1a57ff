package idle

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// live counts the entries that have not expired.
func live[K comparable](t *Table[K]) int {
	n := 0
	for i := t.newest; i >= 0 && t.now-t.entries[i].used < t.timeout; i = t.entries[i].older {
		n++
	}
	return n
}

func TestExpiredPlacesAreReused(t *testing.T) {
	table := NewTable[int](sim.Minute, 16)
	for i := range 100000 {
		table.Touch(0, i, sim.Time(i)*sim.Second)
		if i > 200 && live(&table) != 60 {
			t.Fatalf("%d live entries, want 60", live(&table))
		}
	}
	if n := len(table.entries); n > 64 || len(table.places) != n {
		t.Errorf("%d entries and %d places for 60 live keys", n, len(table.places))
	}
}

func TestEntryLivesFromItsLastUse(t *testing.T) {
	table := NewTable[string](10*sim.Second, 0)
	e, fresh := table.Touch(0, "a", 0)
	if fresh || e.Server != sim.NoServer {
		t.Fatalf("a new key is known: %+v", e)
	}
	e.Server = 7
	if e, fresh = table.Touch(0, "a", 9*sim.Second); !fresh || e.Server != 7 {
		t.Errorf("after 9 s: server %d, fresh %v", e.Server, fresh)
	}
	if e, fresh = table.Touch(0, "a", 18*sim.Second); !fresh || e.Server != 7 {
		t.Errorf("9 s after its last use: server %d, fresh %v", e.Server, fresh)
	}
	if e, fresh = table.Touch(0, "a", 28*sim.Second); fresh || e.Server != 7 {
		t.Errorf("10 s after its last use: server %d, fresh %v", e.Server, fresh)
	}
}

func TestFixedEntryEndsWhenItsTimeIsUp(t *testing.T) {
	table := NewTable[string](10*sim.Second, 0)
	table.Fixed = true
	table.Touch(0, "a", 0)
	if _, fresh := table.Touch(0, "a", 9*sim.Second); !fresh {
		t.Error("gone after 9 s")
	}
	if _, fresh := table.Touch(0, "a", 10*sim.Second); fresh {
		t.Error("still there after 10 s, because it was used")
	}
	if _, fresh := table.Touch(0, "a", 19*sim.Second); !fresh {
		t.Error("made anew after 10 s, gone 9 s later")
	}
}

// Where a client was found last changes nothing: clients that share a key, that change it, or whose entry has gone to another key.
func TestHintsChangeNothing(t *testing.T) {
	hinted, searched := NewTable[int](10*sim.Second, 16), NewTable[int](10*sim.Second, 16)
	for step := range 20000 {
		d := rng.Root(3).At(uint64(step))
		client, now := sim.ClientID(d.At(0).IntN(40)), sim.Time(step)*sim.Second/4
		key := d.At(1).IntN(3) + int(client)/2
		a, freshA := hinted.Touch(client, key, now)
		b, freshB := searched.Touch(0, key, now)
		if a.Server != b.Server || freshA != freshB {
			t.Fatalf("step %d: server %d (fresh: %v), want %d (%v)", step, a.Server, freshA, b.Server, freshB)
		}
		a.Server, b.Server = sim.ServerID(step), sim.ServerID(step)
	}
}
