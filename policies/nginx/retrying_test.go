package nginx

import (
	"testing"

	"stickysim/sim"
)

// The stream module repeats what could not be connected, and counts that alone; the others repeat what is idempotent, and count all.
func TestConditions(t *testing.T) {
	q := &sim.Request{Idempotent: true}
	for _, c := range []struct {
		on             string
		o              sim.Outcome
		repeats, fails bool
	}{
		{"connect", sim.Unreachable, true, true},
		{"connect", sim.Broken, false, false},
		{"connect", sim.TimedOut, false, false},
		{"error timeout", sim.Unreachable, true, true},
		{"error timeout", sim.Broken, true, true},
		{"timeout", sim.Broken, false, true},
		{"error", sim.TimedOut, false, true},
		{"error", sim.Refused, false, false},
		{"http_503", sim.Refused, true, true},
	} {
		on := newConditions(c.on)
		if r, f := on.repeats(q, c.o), on.fails(c.o); r != c.repeats || f != c.fails {
			t.Errorf("%s, outcome %v: repeats %v, fails %v", c.on, c.o, r, f)
		}
	}
}
