package sim

import (
	"testing"

	"stickysim/sim/dist"
)

// Every kind of action says what it is, does one thing, and has parameters that each go to one place.
func TestActionKinds(t *testing.T) {
	names := map[string]bool{}
	for _, k := range ActionKinds() {
		if k.Name == "" || k.Doc == "" || names[k.Name] {
			t.Errorf("action %q: %q: needs a name of its own and a description", k.Name, k.Doc)
		}
		names[k.Name] = true
		if (k.once == nil) == (k.hit == nil) {
			t.Errorf("%s: must be done either once or to each server that it hits", k)
		}
		if k.Default.Kind != k {
			t.Errorf("%s: its default is of kind %v", k, k.Default.Kind)
		}
		if k.Each && !k.HitsServers() {
			t.Errorf("%s: happens to each server independently and hits none", k)
		}
		keys := map[string]bool{"servers": k.HitsServers(), "zone": k.HitsServers()}
		for _, p := range k.Params {
			places := 0
			for _, has := range []bool{p.Seconds != nil, p.Span != nil, p.Factor != nil, p.Flag != nil, p.Count != nil, p.Part != nil, p.Choice != nil} {
				if has {
					places++
				}
			}
			if p.Key == "" || p.Doc == "" || keys[p.Key] || places != 1 || (p.Choice != nil) != (len(p.Words) > 0) {
				t.Errorf("%s: parameter %q needs a key of its own, a description and one place for its value", k, p.Key)
			}
			keys[p.Key] = true
		}
	}
}

// Every kind of action can happen, once and again and again, to a fleet of any state, and a run that has it holds its
// invariants.
func TestEveryActionRuns(t *testing.T) {
	for _, k := range ActionKinds() {
		for _, state := range []Placement{{Kind: Local}, {Kind: Store, Store: StoreStation{Calls: 2, Workers: 1, Service: exp(.01), Queue: 5}}} {
			m := queue(3, 1, FCFS, 1, exp(.2), 300)
			m.State, m.MaxServers, m.NewPolicy = state, 100, cookiePolicy
			m.Later = []func(Env) Balancer{uniformPolicy}
			m.Populations[0].Stateful = true
			a := k.Default
			a.Every, a.Repair, a.Factor, a.Zone = fixed(40), fixed(10), .5, -1
			if k.Policy {
				a.Servers = 0
			}
			if size := a.FleetSize(); size < 1 && k.fleetSize != nil {
				a.Servers = 5
			}
			a.Complete()
			m.Timeline = []Action{a}
			if why, _ := a.NoEffect(m); why != "" {
				continue
			}
			res := Run(m, 1, 0, Options{Log: true})
			if len(res.Log) == 0 {
				t.Errorf("%s leaves no line in the event log", k)
			}
			m.Timeline[0].Every, m.Timeline[0].Until = dist.Dist(nil), 0
			Run(m, 2, 0, Options{})
		}
	}
}
