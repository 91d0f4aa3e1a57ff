package sim

import (
	"math"
	"testing"
)

// near fails unless got is within band of want.
func near(t *testing.T, what string, got, want, band float64) {
	t.Helper()
	if !(math.Abs(got-want) <= band) {
		t.Errorf("%s: got %.5g, want %.5g ± %.2g", what, got, want, band)
	}
}

// storeModel is a model of sessions that live for 300 s on average and keep their state in a store or behind one.
func storeModel(state Placement, seconds float64) *Model {
	p := sessionsOf(2, 300, 10)
	p.OnLoss = Leave
	m := fleetModel(4, p, seconds)
	m.State = state
	m.NewPolicy = cookiePolicy
	return m
}

// A request reads, and writes unless it leaves the state alone and the store is spared such writes.
func TestOperationsPerRequest(t *testing.T) {
	for _, c := range []struct {
		name        string
		state       Placement
		first, next float64 // operations of a session's first request, and of another
	}{
		{"every request", Placement{Kind: Store}, 2, 2},
		{"on change", Placement{Kind: Store, OnChange: true}, 2, 1.25},
		{"cached, every request, behind", Placement{Kind: CachedStore}, 2, 1},
		{"cached, on change, behind", Placement{Kind: CachedStore, OnChange: true}, 2, .25},
		{"cached, on change, through", Placement{Kind: CachedStore, OnChange: true, Through: true}, 2, .25},
		{"token and rest", Placement{Kind: Token, Rest: .3, OnChange: true}, .3 * 1.25, .3 * 1.25},
	} {
		c.state.Store = StoreStation{Calls: 2, Queue: -1, Latency: fixed(.001)}
		m := storeModel(c.state, 2000)
		m.Populations[0].Unchanged = .75
		res := Run(m, 1, 0, Options{})
		got := figure(t, res, "store.operations") / figure(t, res, "requests.good")
		near(t, c.name, got, (c.first+30*c.next)/31, .012) // 31 requests are a session
	}
	res := Run(storeModel(Placement{Kind: Token}, 100), 1, 0, Options{})
	for _, m := range res.Metrics {
		if m.Name() == "store.operations" {
			t.Error("a token that carries everything needs no store")
		}
	}
}

// An answer waits for reads, and for writes only where they go through, but for a session's first answer: one in 31.
func TestWritesBehindTheAnswer(t *testing.T) {
	latency := func(through bool) float64 {
		m := storeModel(Placement{Kind: CachedStore, Through: through, Store: StoreStation{Calls: 2, Queue: -1, Latency: fixed(.001)}}, 2000)
		return figure(t, Run(m, 1, 0, Options{}), "latency.mean")
	}
	near(t, "behind", latency(false), .0001+.002/31, .00002)
	near(t, "through", latency(true), .0011+.001/31, .00002)
}

// With one connection for the work and two that wait the store is M/M/1/3: it refuses ρ³(1-ρ)/(1-ρ⁴) of the operations.
func TestConnectionLimit(t *testing.T) {
	m := queue(1, 1000, FCFS, 80, fixed(0), 3000)
	m.Populations[0].Stateful = true
	m.State = Placement{Kind: Store, Store: StoreStation{Workers: 1, Service: exp(.01), Calls: 1, Queue: -1, Connections: 3}}
	res := Run(m, 1, 0, Options{})
	const rho = .8
	want := rho * rho * rho * (1 - rho) / (1 - rho*rho*rho*rho)
	near(t, "share refused", figure(t, res, "requests.failed{cause=store}")/figure(t, res, "requests.sent"), want, .01)
	if got := figure(t, res, "store.failed"); got != figure(t, res, "requests.failed") {
		t.Errorf("%g operations were refused, and %g requests failed", got, figure(t, res, "requests.failed"))
	}
}

// An outage costs a store that keeps nothing every session, one with snapshots those begun since the last one: 600 are
// active, and 600 (1 - exp(-50/300)) of them are younger than 50 s.
func TestSnapshots(t *testing.T) {
	for _, c := range []struct {
		name       string
		keeps      bool
		snapshot   Time
		want, band float64
	}{
		{"nothing", false, 0, 600 * 30. / 31, 110}, // one in 31 sends no further request and does not notice
		{"everything", true, 0, 0, 0},
		{"snapshots", true, 100 * Second, 600 * (1 - math.Exp(-50./300)) * 30 / 31, 45},
	} {
		m := storeModel(Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1, Persist: c.keeps, Snapshot: c.snapshot}}, 600)
		m.Timeline = []Action{{Kind: StoreOutage, At: 250 * Second, Repair: fixed(0)}}
		res := Run(m, 1, 0, Options{})
		near(t, c.name, figure(t, res, "sessions.lost{cause=store-outage}"), c.want, c.band)
		near(t, c.name+", otherwise", figure(t, res, "sessions.lost"), figure(t, res, "sessions.lost{cause=store-outage}"), 0)
	}
}

// The store records when a session began even if only its snapshots need that: an outage costs a store with snapshots none
// of the users whose sessions began at time 0 and never end.
func TestSnapshotsOfEndlessSessions(t *testing.T) {
	m := storeModel(Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1, Persist: true, Snapshot: 100 * Second}}, 300)
	m.Populations = []Population{{Name: "p", Users: 50, Think: exp(5), Demand: fixed(.001), Cookies: 1, Stateful: true}}
	m.Timeline = []Action{{Kind: StoreOutage, At: 150 * Second, Repair: fixed(0)}}
	if lost := figure(t, Run(m, 1, 0, Options{}), "sessions.lost"); lost != 0 {
		t.Errorf("%g sessions are lost that had begun before the last snapshot", lost)
	}
}

// A cached state survives an outage that empties the store, and is written back with the next request. A session is lost
// only if its server dies before that: 150 are on the server that dies 10 s after the outage, and a share e^-1 of them has
// sent no request since.
func TestCacheOutlivesItsStore(t *testing.T) {
	lost := func(crash, outage bool) float64 {
		m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1}}, 600)
		if outage {
			m.Timeline = append(m.Timeline, Action{Kind: StoreOutage, At: 300 * Second, Repair: fixed(0)})
		}
		if crash {
			m.Timeline = append(m.Timeline, Action{Kind: Crash, At: 310 * Second, Targets: []ServerID{0}, Repair: fixed(1), Zone: -1})
		}
		res := Run(m, 1, 0, Options{})
		near(t, "lost otherwise", figure(t, res, "sessions.lost"), figure(t, res, "sessions.lost{cause=store-outage}"), 0)
		return figure(t, res, "sessions.lost")
	}
	near(t, "crash", lost(true, false), 0, 0)
	near(t, "outage", lost(false, true), 0, 0)
	near(t, "both", lost(true, true), 150*math.Exp(-1), 25)
}

// A store that comes back cold works at a tenth of its speed, and reaches the usual one in a minute: a request in that
// minute takes the mean of ten steps as long.
func TestColdRestart(t *testing.T) {
	m := storeModel(Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1, Latency: fixed(.01), Persist: true, Restart: SlowStart{For: Minute, From: .1}}}, 120)
	m.Grid = Minute
	m.Warmup = 200 * Second
	m.Timeline = []Action{{Kind: StoreOutage, At: -1, Repair: fixed(1e-9)}}
	slow := 0.0
	for step := range warmSteps {
		slow += .01 / (.1 + .9*float64(step)/warmSteps) / warmSteps
	}
	near(t, "mean latency of a minute cold and a minute warm", figure(t, Run(m, 1, 0, Options{}), "store.latency.mean"), (slow+.01)/2, .0008)
}

// With a store that does not fail nothing is lost, however quickly requests follow each other, wherever they are sent, and
// whatever becomes of servers.
func TestNothingIsLostBehindACache(t *testing.T) {
	for _, loop := range []Loop{ClosedLoop, OpenLoop} {
		m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1, Latency: exp(.01)}}, 500)
		p := &m.Populations[0]
		p.Loop, p.Think, p.Requests, p.Retries = loop, exp(.005), fixed(20), 3
		m.NewPolicy = uniformPolicy
		m.Timeline = []Action{{Kind: Crash, Every: exp(5), Servers: 1, Zone: -1, Repair: exp(2)}}
		res := Run(m, 1, 0, Options{})
		if hits := figure(t, res, "cache.hit"); hits > .5 || figure(t, res, "sessions.lost") != 0 {
			t.Errorf("loop %d: %g sessions are lost, %.2f of the requests hit a cache", loop, figure(t, res, "sessions.lost"), hits)
		}
	}
}

// The store is busy with an operation that lasts longer than the run, as long as the run lasts.
func TestLastOperationsAreWork(t *testing.T) {
	for _, timeline := range [][]Action{nil, {{Kind: StoreSlow, At: 1000 * Second, Factor: .5}}} {
		m := storeModel(Placement{Kind: Store, Store: StoreStation{Workers: 1, Calls: 1, Queue: -1, Service: fixed(1000)}}, 300)
		m.Timeline = timeline
		if got := figure(t, Run(m, 1, 0, Options{}), "store.utilization"); got < .97 || got > 1 {
			t.Errorf("a store that is busy from the first request to the end has a utilization of %g", got)
		}
	}
}
