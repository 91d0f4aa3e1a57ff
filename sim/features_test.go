//go:build unix

package sim_test

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// features are what may be added to benchModel, with the events of a request (2 is the least: it is sent, it is answered)
// and the most that a request may cost more, where a mark stands: a quarter above what is published, since neighbours who fill
// the cache make what reads more memory dearer by as much.
var features = []struct {
	name   string
	add    func(m *sim.Model)
	events float64
	most   float64
}{
	{"timeout-fixed", func(m *sim.Model) { timeout(m, fixedLaw(10)) }, 2, 0},
	{"timeout-exp", func(m *sim.Model) { timeout(m, expLaw(10)) }, 2.2, 1.75},
	{"crash", crash, 2, 0},
	{"health-checks", func(m *sim.Model) {
		m.Health = sim.Health{Interval: 5 * sim.Second, Timeout: 2 * sim.Second, Fall: 3, Rise: 2}
	}, 2, 0},
	{"health-passive", func(m *sim.Model) { m.Health.Passive = sim.Passive{Failures: 5, Eject: 30 * sim.Second} }, 2, 0},
	{"state-local", func(m *sim.Model) { state(m, sim.Placement{Kind: sim.Local}) }, 2, 0},
	{"state-local-memory", func(m *sim.Model) {
		state(m, sim.Placement{Kind: sim.Local})
		eachServer(m, func(s *sim.Server) { s.Memory = 2e9 })
	}, 2, 0},
	{"state-replicated", func(m *sim.Model) { state(m, sim.Placement{Kind: sim.Replicated, Copies: 2}) }, 2, 0},
	{"state-store", func(m *sim.Model) { state(m, sim.Placement{Kind: sim.Store, Store: storeStation()}) }, 3, 2.1},
	{"state-cached-store", func(m *sim.Model) { state(m, sim.Placement{Kind: sim.CachedStore, Store: storeStation()}) }, 4, 0},
	{"state-token", func(m *sim.Model) {
		state(m, sim.Placement{Kind: sim.Token, TTL: 15 * sim.Minute, Bytes: 1000})
	}, 2, 0},
	{"lognormal", func(m *sim.Model) {
		p := &m.Populations[0]
		p.Think, _ = dist.NewLognormal(p.Think.Mean(), 1)
		p.Demand, _ = dist.NewLognormal(p.Demand.Mean(), 1)
	}, 2, 1.35},
	{"processor-sharing", func(m *sim.Model) { eachServer(m, func(s *sim.Server) { s.Discipline = sim.PS }) }, 2.7, 0},
	{"gc-pauses", func(m *sim.Model) {
		eachServer(m, func(s *sim.Server) { s.GC = &sim.GC{Every: expLaw(10), Pause: expLaw(.05)} })
	}, 2.01, 0},
	{"balancers-10", func(m *sim.Model) { m.Balancers.Count = 10 }, 2, 0},
	{"balancers-10-shared", func(m *sim.Model) { m.Balancers.Count, m.Balancers.Shared = 10, true }, 2, 0},
	{"weights-unequal", func(m *sim.Model) {
		for i := range m.Servers {
			m.Servers[i].Info.Weight = 1 + i%2
		}
	}, 2, 0},
	{"populations-8", func(m *sim.Model) {
		p := m.Populations[0]
		p.Users /= 8
		m.Populations = nil
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			p.Name = name
			m.Populations = append(m.Populations, p)
		}
	}, 2, 0},
	{"open-loop", func(m *sim.Model) { m.Populations[0].Loop = sim.OpenLoop }, 2, 0},
	{"queue-limit", func(m *sim.Model) { eachServer(m, func(s *sim.Server) { s.Queue = 200 }) }, 2, 0},
	{"controls", func(m *sim.Model) { m.Controls = true }, 2, 0},
	{"addresses-roam", func(m *sim.Model) { m.Populations[0].AddressChange = expLaw(600) }, 2, 0},
}

func fixedLaw(x float64) dist.Dist {
	d, _ := dist.NewDeterministic(x)
	return d
}

func expLaw(mean float64) dist.Dist {
	d, _ := dist.NewExp(mean)
	return d
}

func timeout(m *sim.Model, law dist.Dist) {
	m.Populations[0].Timeout, m.Populations[0].Retries = law, 1
}

func crash(m *sim.Model) {
	m.Timeline = []sim.Action{{Kind: sim.Crash, At: m.Duration / 2, Servers: 1, Zone: -1}}
}

func state(m *sim.Model, p sim.Placement) {
	u := &m.Populations[0]
	u.Stateful, u.State, u.Growth, u.IdleTimeout = true, 50e3, 1e3, 30*sim.Minute
	m.State = p
}

func storeStation() sim.StoreStation {
	return sim.StoreStation{Calls: 2, Queue: -1, Latency: fixedLaw(.0005)}
}

func eachServer(m *sim.Model, f func(*sim.Server)) {
	for i := range m.Servers {
		f(&m.Servers[i])
	}
	f(&m.Template)
}

// An event that can change nothing is not planned: a feature adds no more events to a request than it must.
func TestEventsOfARequest(t *testing.T) {
	t.Parallel()
	for _, f := range features {
		m := benchModel("cookie", 10, 1000, 2e4)
		f.add(m)
		res := sim.Run(m, 1, 0, sim.Options{})
		sent := int64(0)
		for _, p := range res.Populations {
			sent += p.Sent
		}
		if got := float64(res.Events) / float64(sent); got > f.events+.06 {
			t.Errorf("%s: %.3f events a request, more than %g", f.name, got, f.events)
		}
	}
}
