package sim

import "testing"

// A cached state that the store has never received is lost with its server, to the cause that ended the server.
func TestCacheLostBeforeItWasStored(t *testing.T) {
	m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1, Latency: fixed(1000)}}, 600)
	m.Populations[0].Life = exp(100)
	m.Timeline = []Action{{Kind: Crash, At: 300 * Second, Targets: []ServerID{0}, Repair: fixed(1), Zone: -1}}
	if lost := figure(t, Run(m, 1, 0, Options{}), "sessions.lost{cause=store-outage}"); lost != 0 {
		t.Errorf("%g sessions are lost to an outage that there was not", lost)
	}
}

// A write of a user's last session that is still under way does not count for the next one: that session is in the store
// only after its own first write, and until then every answer waits.
func TestWritesAreOfTheirSession(t *testing.T) {
	m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 1, Queue: -1, Latency: fixed(10)}}, 2100)
	m.Populations = []Population{{Name: "p", Users: 20, Loop: OpenLoop, Requests: fixed(20), Think: fixed(1), Demand: fixed(.001), Cookies: 1, Stateful: true}}
	// Of 20 requests the first waits for a read and a write, the 11 of the next 11 s for a write each.
	near(t, "latency", figure(t, Run(m, 1, 0, Options{}), "latency.mean"), (20+11*10)/20., .1)
}

// A state that could not be loaded is not in the cache: until the store is up again, no request of a client whose server
// died is answered.
func TestFailedLoadsAreNoCache(t *testing.T) {
	m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1, Persist: true}}, 500)
	m.Servers = m.Servers[:1]
	m.Populations = []Population{{Name: "p", Users: 50, Think: fixed(5), Demand: fixed(.001), Cookies: 1, Stateful: true}}
	m.Timeline = []Action{{Kind: StoreOutage, At: 200 * Second, Repair: fixed(100)}, {Kind: Crash, At: 210 * Second, Targets: []ServerID{0}, Repair: fixed(0), Zone: -1}}
	m.Grid = 10 * Second
	res := Run(m, 1, 0, Options{})
	near(t, "answers in the outage", float64(res.Series.Of(AnsweredSeries)[25]), 0, 0)
	near(t, "lost", figure(t, res, "sessions.lost"), 0, 0)
}

// A request that changes its session's state makes it grow, wherever it lands: behind a cache as with copies.
func TestStatesGrowOnMisses(t *testing.T) {
	memory := func(kind PlacementKind) float64 {
		m := storeModel(Placement{Kind: kind, Store: StoreStation{Calls: 1, Queue: -1}}, 500)
		m.NewPolicy = uniformPolicy
		m.State.Kind, m.State.Copies = kind, 0
		m.Servers = m.Servers[:2]
		if kind == Replicated {
			m.State.Copies = 2
		}
		m.Populations = []Population{{Name: "p", Users: 50, Think: fixed(5), Demand: fixed(.001), Cookies: 1, Stateful: true, Growth: 100}}
		return figure(t, Run(m, 1, 0, Options{}), "server.memory.mean")
	}
	near(t, "memory", memory(CachedStore), memory(Replicated)/2, .03*memory(Replicated))
}
