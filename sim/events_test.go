package sim

import (
	"slices"
	"testing"
)

// A request has two events: its client's turn and its departure. What a feature adds has a reason, and nothing else is planned.
func TestEventsPerRequest(t *testing.T) {
	t.Parallel()
	store := func(state Placement) func(m *Model) {
		return func(m *Model) {
			m.State, m.Populations[0].Stateful = state, true
			m.State.Store.Calls = 2
			if m.State.Store.Queue == 0 {
				m.State.Store.Queue = -1
			}
		}
	}
	everyServer := func(change func(s *Server)) func(m *Model) {
		return func(m *Model) {
			for i := range m.Servers {
				change(&m.Servers[i])
			}
		}
	}
	timeout := func(m *Model) { m.Populations[0].Timeout, m.Populations[0].Retries = exp(10), 1 }
	latency := StoreStation{Latency: fixed(.0005)}
	for _, c := range []struct {
		name   string
		most   float64
		reason string
		change func(m *Model)
	}{
		{"nothing", 2, "", func(m *Model) {}},
		{"fixed timeout", 2.01, "one for the oldest deadline", func(m *Model) { m.Populations[0].Timeout = fixed(10) }},
		{"drawn timeout and a retry", 2.1, "one for the first deadline; retries", timeout},
		{"crash", 2.01, "the crash", func(m *Model) {
			m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Servers: 1, Zone: -1, Repair: fixed(1)}}
		}},
		{"health checks", 2.2, "probes", func(m *Model) { m.Health = Health{Interval: 5 * Second, Timeout: 2 * Second, Fall: 3, Rise: 2} }},
		{"local state", 2, "", store(Placement{Kind: Local})},
		{"token", 2, "", store(Placement{Kind: Token, TTL: Minute})},
		{"store", 3, "the operations together", store(Placement{Kind: Store, Store: latency})},
		{"store with workers", 4, "two operations", store(Placement{Kind: Store, Store: StoreStation{Workers: 50, Service: exp(.0005)}})},
		{"store with workers, service and latency", 4, "two operations", store(Placement{Kind: Store, Store: StoreStation{Workers: 50, Service: exp(.0005), Latency: fixed(.0005)}})},
		{"store with workers and a queue that may be full", 6, "two operations in two parts", store(Placement{Kind: Store, Store: StoreStation{Workers: 50, Queue: 100, Service: exp(.0005), Latency: fixed(.0005)}})},
		{"store with an outage", 4.01, "two operations, which the outage may end", func(m *Model) {
			store(Placement{Kind: Store, Store: latency})(m)
			m.Timeline = []Action{{Kind: StoreOutage, At: 100 * Second, Repair: fixed(1)}}
		}},
		{"cached store", 4.01, "the write after the answer; reads together after a change of server", store(Placement{Kind: CachedStore, Store: latency})},
		{"latency of balancers", 3, "the way of the answer", func(m *Model) { m.Balancers.Latency = fixed(.001) }},
		{"store behind latency of balancers", 3, "the operations and the way of the answer together", func(m *Model) {
			store(Placement{Kind: Store, Store: latency})(m)
			m.Balancers.Latency = fixed(.001)
		}},
		{"processor sharing", 2.6, "departures put off by an arrival", everyServer(func(s *Server) { s.Discipline = PS })},
		{"pauses", 2.2, "begin and end of the pauses", everyServer(func(s *Server) { s.GC = &GC{Every: exp(10), Pause: exp(.05)} })},
	} {
		m := fleetModel(4, Population{Name: "users", Users: 1000, Think: exp(10), Demand: exp(.12), Cookies: 1}, 300)
		m.NewPolicy = uniformPolicy
		c.change(m)
		res := Run(m, 1, 0, Options{})
		if got := float64(res.Events) / float64(res.Populations[0].Sent); got > c.most+.02 { // the grid of the series has some too
			t.Errorf("%s: %.3f events a request, want at most %g (%s)", c.name, got, c.most, c.reason)
		}
	}
}

// Operations that are planned end when they would if they were not foreseen, also those that wait for a worker. A change of the store's speed after the run has them
// planned one by one.
func TestOperationsPlannedTogetherEndAsOneByOne(t *testing.T) {
	t.Parallel()
	for _, state := range []Placement{
		{Kind: Store, Store: StoreStation{Latency: exp(.05)}},
		{Kind: Store, Store: StoreStation{Latency: exp(.02), Service: exp(.05)}},
		{Kind: Store, Store: StoreStation{Latency: exp(.02), Service: exp(.02), Workers: 1}},
		{Kind: Store, Store: StoreStation{Service: exp(.09), Workers: 2}},
		{Kind: Store, Store: StoreStation{Latency: fixed(.01), Service: fixed(.3), Workers: 7}},
		{Kind: Store, Store: StoreStation{Latency: exp(.02), Service: exp(.05), Workers: 1000}},
		{Kind: CachedStore, Store: StoreStation{Latency: exp(.02), Service: exp(.05), Workers: 1}},
		{Kind: CachedStore, Store: StoreStation{Latency: exp(.05)}},
		{Kind: CachedStore, Through: true, Store: StoreStation{Latency: exp(.05)}},
		{Kind: Token, Rest: .5, Store: StoreStation{Latency: exp(.05)}},
	} {
		state.Store.Calls, state.Store.Queue = 3, -1
		m := storeModel(state, 400)
		m.Warmup = 50 * Second
		m.NewPolicy = uniformPolicy
		m.Populations[0].Timeout, m.Populations[0].Retries = exp(1), 1
		m.Balancers.Latency = exp(.01)
		together := Run(m, 1, 0, Options{})
		m.Timeline = []Action{{Kind: StoreSlow, At: m.Duration + Second, Factor: .5}}
		apart := Run(m, 1, 0, Options{})
		if apart.Events <= together.Events {
			t.Errorf("%+v: operations are not planned together", state)
		}
		for _, x := range together.Metrics {
			i := slices.IndexFunc(apart.Metrics, func(y Metric) bool { return y.Name() == x.Name() })
			if i < 0 || apart.Metrics[i].Value != x.Value && x.Value == x.Value {
				t.Errorf("%+v: %s is %g together", state, x.Name(), x.Value)
			}
		}
	}
}
