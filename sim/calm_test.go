package sim

import (
	"hash/fnv"
	"testing"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// calmModels are models of the swarm with most of what disturbs a request taken out, each thing by itself: requests of most of
// them take the shortest path, with and without sessions, state, cookies and timeouts.
const calmModels = 320

func calmModel(seed uint64) *Model {
	m := swarmModel(seed)
	g := &draws{key: rng.Root(seed).Stream("calm")}
	calm := func() bool { return g.yes(.95) }
	if calm() {
		m.Timeline, m.Autoscaler, m.Template.GC = nil, nil, nil
		for i := range m.Servers {
			m.Servers[i].GC = nil
		}
	}
	if calm() {
		m.Balancers.Count, m.Balancers.Restart = 1, nil
	}
	if calm() {
		m.Balancers.AttemptTimeout = 0
	}
	if calm() {
		m.Balancers.RequestTimeout = 0
	}
	if calm() {
		m.Balancers.Latency = nil
	}
	for i := range m.Servers {
		if s := &m.Servers[i]; calm() {
			s.Discipline, s.Speed, s.SlowStart = FCFS, 1, SlowStart{}
		}
	}
	if p := (&homing{}); g.yes(.6) {
		m.NewPolicy = func(Env) Balancer { *p = homing{}; return p }
	}
	for i := range m.Populations {
		p := &m.Populations[i]
		q := Population{Name: p.Name, Users: 1 + g.n(30), Think: p.Think, Demand: p.Demand, Addresses: p.Addresses, Cookies: p.Cookies, Stateful: p.Stateful,
			State: p.State, Growth: p.Growth, OnLoss: p.OnLoss, Login: p.Login, Unchanged: p.Unchanged}
		if p.Think.Mean() == 0 {
			q.Think = exp(1)
		}
		if g.yes(.5) {
			q.Requests, _ = dist.NewGeometric(1 + g.in(0, 20))
		}
		if g.yes(.3) {
			q.IdleTimeout = g.span(.1, 30)
		}
		if g.yes(.3) {
			q.Timeout, q.Retries, q.Abandon, q.Backoff = p.Timeout, p.Retries, p.Abandon, p.Backoff
			if g.yes(.5) {
				q.RetryBudget = g.in(.01, .2)
			}
		}
		if calm() {
			*p = q
		}
	}
	return m
}

// TestCalmExitsChangeNothing is TestExitsChangeNothing for requests that are disturbed by little.
func TestCalmExitsChangeNothing(t *testing.T) {
	t.Parallel()
	short, with := 0, map[exits]int{}
	for seed := uint64(1); seed <= calmModels; seed++ {
		var sums [2]uint64
		for i, leaves := range []bool{false, true} {
			h := fnv.New64a()
			if res := runChecked(t, seed, calmModel(seed), Options{Log: logs(seed), leaves: leaves}); res != nil {
				res.Events = 0 // a timeout that cannot end a request is an event only there
				sumResult(h, res)
			}
			sums[i] = h.Sum64()
		}
		if sums[0] != sums[1] {
			t.Errorf("seed %d: figures change when requests leave their path at every place", seed)
		}
		for _, p := range newRun(calmModel(seed), seed, 0, Options{Log: logs(seed)}).pops {
			if p.exits&^(ofJar|ofSession|ofState|ofTimeout) == 0 {
				short++
				for _, e := range []exits{ofSession, ofState, ofTimeout} {
					if p.exits&e != 0 {
						with[e]++
					}
				}
			}
		}
	}
	if short < calmModels || with[ofSession] < calmModels/4 || with[ofState] < calmModels/4 || with[ofTimeout] < calmModels/4 {
		t.Errorf("%d populations take the shortest path, some of them with exits: %v; want %d, and a quarter of that with each", short, with, calmModels)
	}
}
