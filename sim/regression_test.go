package sim

import (
	"testing"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// Faults that random models have found, each by the smallest model that shows it. A run that breaks its books panics.

// Messages of an open connection are not on the balancer's books, so giving one up must not take it off them.
func TestMessageGivenUp(t *testing.T) {
	m := queue(1, 1, FCFS, 1, exp(.5), 300)
	m.Populations = []Population{{Name: "p", Users: 10, Loop: Connection, Think: exp(1), Demand: exp(.5), Timeout: fixed(.3), Abandon: true, Cookies: 1}}
	if res := Run(m, 1, 0, Options{}); res.Populations[0].Failed[FailedTimeout] == 0 {
		t.Error("nobody gave up")
	}
}

// A fleet that was held back until the switch begins its slow start with the switch.
func TestSlowStartAfterSwitch(t *testing.T) {
	m := fleetModel(3, sessionsOf(1, 60, 5), 300)
	m.NewPolicy, m.MaxServers, m.Template = cookiePolicy, 9, m.Servers[0]
	m.Template.Startup, m.Template.SlowStart = exp(60), SlowStart{20 * Second, .1}
	m.Timeline = []Action{{Kind: Deploy, At: 10 * Second, Strategy: Strategy{Kind: BlueGreen, Drain: 10 * Second}}}
	Run(m, 1, 0, Options{})
}

// A client that leaves because its session is lost loses it once, whatever it still has in flight.
func TestLeavesOnce(t *testing.T) {
	m := queue(3, 1, FCFS, 1, exp(.3), 300)
	m.State.Kind = Local
	m.Populations = []Population{{Name: "p", Users: 10, Loop: OpenLoop, Think: exp(1), Demand: exp(.3), Stateful: true, OnLoss: Leave, Cookies: 1}}
	if res := Run(m, 1, 0, Options{}); res.Populations[0].Lost[LostRoutedAway]+res.Populations[0].Lost[LostRemapped] == 0 {
		t.Error("a policy without affinity lost no session")
	}
}

// Recorded clients keep the address that is recorded, also in classes whose clients roam.
func TestRecordedClientsDoNotRoam(t *testing.T) {
	m := queue(2, 1, FCFS, 1, exp(.1), 300)
	trace := &Trace{Clients: []TraceClient{{Addr4(1), 1}, {Addr4(2), 2}}, Gap: 10 * Second}
	for i := range 100 {
		trace.Requests = append(trace.Requests, TraceRequest{At: Time(i) * 2 * Second, Client: uint32(i % 2), Demand: .1})
	}
	m.Populations = []Population{{Name: "p", Trace: trace, AddressChange: exp(1)}}
	if res := Run(m, 1, 0, Options{}); res.Populations[0].Good == 0 {
		t.Error("no recorded request was answered")
	}
}

// The books of memory hold for states that grow, are copied, evicted and taken over.
func TestReplicatedMemory(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		m := queue(3, 2, FCFS, 1, exp(.05), 300)
		for i := range m.Servers {
			m.Servers[i].Memory = 15000
		}
		m.State = Placement{Kind: Replicated, Copies: 2, Lag: exp(.1)}
		m.Populations = []Population{{Name: "p", Users: 30, Think: exp(1), Demand: exp(.05), Requests: exp(20), Stateful: true, State: 100, Growth: 100, Cookies: 1}}
		m.Timeline = []Action{{Kind: Crash, Every: exp(60), Servers: 1, Zone: -1, Repair: exp(20)}}
		if res := Run(m, seed, 0, Options{}); metric(t, res, "sessions.evicted") == 0 {
			t.Error("nothing was evicted")
		}
	}
}

// States of no bytes leave the lists of bounded memories too, so that a later client of the slot is not taken for them.
func TestEmptyStatesAreForgotten(t *testing.T) {
	m := queue(2, 2, FCFS, 2, exp(.05), 300)
	m.Servers[0].Memory, m.Servers[1].Memory = 3000, 3000
	m.State.Kind = Local
	p := m.Populations[0]
	p.Requests, p.Think, p.Stateful, p.Growth = exp(5), exp(1), true, 500
	m.Populations = []Population{p}
	m.NewPolicy = stickyPolicy
	Run(m, 1, 0, Options{})
}

// A connection opened through the balancer says nothing of what the store has lost: one outage, one loss for each.
func TestOutageLosesOnce(t *testing.T) {
	m := queue(2, 2, FCFS, 1, exp(.05), 300)
	m.State = Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1}}
	m.Populations = []Population{{Name: "p", Users: 40, Loop: Connection, Think: exp(1), Demand: exp(.01), Stateful: true, Cookies: 1}}
	m.Timeline = []Action{{Kind: StoreOutage, At: 50 * Second, Repair: fixed(1)}, {Kind: Crash, At: 150 * Second, Targets: []ServerID{0}, Repair: fixed(5), Zone: -1}}
	if lost := metric(t, Run(m, 1, 0, Options{}), "sessions.lost{cause=store-outage}"); lost != 40 {
		t.Errorf("%g sessions lost by one outage; want each of 40 once", lost)
	}
}

// A server that is taken away while it restarts does not hold up the deployment that restarts it.
func TestDeploymentOutlivesServer(t *testing.T) {
	m := fleetModel(4, sessionsOf(1, 60, 5), 600)
	m.NewPolicy, m.MaxServers = cookiePolicy, 8
	for i := range m.Servers {
		m.Servers[i].Startup = fixed(10)
	}
	m.Timeline = []Action{{Kind: Preempt, At: 99 * Second, Targets: []ServerID{0}, Deadline: 20 * Second, Zone: -1},
		{Kind: Preempt, At: 100 * Second, Targets: []ServerID{1}, Deadline: 20 * Second, Zone: -1},
		{Kind: Deploy, At: 98 * Second, Strategy: Strategy{Kind: InPlace, MaxUnavailable: 1, Drain: 5 * Second}}}
	if got := metric(t, Run(m, 1, 0, Options{}), "deploy.count"); got != 1 {
		t.Errorf("%g deployments done; want 1", got)
	}
}

// What happens before counting begins is not counted: faults, and what follows from them.
func TestFaultsOfTheWarmupAreNotCounted(t *testing.T) {
	m := fleetModel(3, sessionsOf(1, 60, 5), 300)
	m.Warmup = 100 * Second
	m.Populations[0].Loop = Connection
	m.Timeline = []Action{{Kind: Crash, At: 50 * Second, Servers: 1, Zone: -1, Repair: fixed(10)}}
	res := Run(m, 1, 0, Options{})
	for _, name := range []string{"server.crashes", "connections.reopened"} {
		if n := metric(t, res, name); n != 0 {
			t.Errorf("%s is %g, and nothing happened", name, n)
		}
	}
}

// fewestSessions is a policy that looks at nothing but how many clients each server has.
type fewestSessions struct{ pinPolicy }

func (p *fewestSessions) Pick(q *Request, v *View) ServerID {
	if s, ok := p.at[q.Hash]; ok && v.Usable(s) {
		return s
	}
	least := v.Eligible[0]
	for _, s := range v.Eligible {
		if v.Sessions[s] < v.Sessions[least] {
			least = s
		}
	}
	p.at[q.Hash] = least
	return least
}

// Balancers know how many clients each server has, so a server that joins gets all new ones until it has its share.
func TestBalancersCountSessions(t *testing.T) {
	m := fleetModel(5, sessionsOf(4, 300, 20), 400)
	m.Warmup, m.MaxServers = 100*Second, 6
	m.NewPolicy = func(Env) Balancer { return &fewestSessions{pinPolicy{map[uint64]ServerID{}}} }
	m.Timeline = []Action{{Kind: ScaleTo, At: 100 * Second, Servers: 6}}
	res := Run(m, 1, 0, Options{})
	points := res.Series.Points
	first, joined := res.Series.Sessions[points-1], res.Series.Sessions[6*points-1]
	if d := joined - first; d < -2 || d > 2 {
		t.Errorf("300 s after it joined the new server has %g sessions, the first one %g", joined, first)
	}
}

// A server that stands still answers its probes when it goes on: pauses shorter than the probe's patience go unnoticed, longer
// ones do not.
func TestProbesOutlastShortPauses(t *testing.T) {
	for _, c := range []struct {
		pause float64
		down  bool
	}{{1, false}, {1.9, false}, {20, true}} {
		m := fleetModel(3, sessionsOf(1, 100, 5), 3000)
		m.Health = Health{Interval: Second, Timeout: 2 * Second, Fall: 2, Rise: 2}
		for i := range m.Servers {
			m.Servers[i].GC = &GC{Every: exp(10), Pause: fixed(c.pause)}
		}
		down := false
		for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
			down = down || e.Event == "marked down"
		}
		if down != c.down {
			t.Errorf("pauses of %g s: marked down %v, want %v", c.pause, down, c.down)
		}
	}
}

// Grace is for requests in flight: a server that has none left does not sit it out. A request longer than it is cut.
func TestGraceIsForRequestsInFlight(t *testing.T) {
	for _, c := range []struct{ demand, took, broken float64 }{{.001, 10, 0}, {12, 12, 0}, {200, 40, 1}} {
		p := Population{Name: "p", Sessions: poisson{5}, Requests: fixed(1), Demand: fixed(c.demand), Cookies: 1}
		m := fleetModel(2, p, 100)
		m.Servers = fleet(2, 10000, FCFS)
		m.Equilibrium = false
		for i := range m.Servers {
			m.Servers[i].Startup = fixed(1)
		}
		m.Timeline = []Action{{Kind: Deploy, At: 30 * Second, Strategy: Strategy{Kind: InPlace, MaxUnavailable: 2, Drain: 10 * Second, Grace: 30 * Second}}}
		res := Run(m, 1, 0, Options{})
		near(t, "deployment", metric(t, res, "deploy.time"), c.took+1, 1)
		if broken := metric(t, res, "requests.failed{cause=broken}"); broken > 0 != (c.broken > 0) {
			t.Errorf("requests of %g s: %g are broken off", c.demand, broken)
		}
	}
}

// Sessions that a server sends away as it leaves are lost to its leaving, before and after it stops.
func TestLossesOfAServerThatLeaves(t *testing.T) {
	p := sessionsOf(2, 300, 10)
	p.OnLoss = Leave
	p.Demand = fixed(.5) // something is always in flight, so the grace lasts
	m := fleetModel(4, p, 600)
	m.NewPolicy = cookiePolicy
	m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{MaxUnavailable: 1, Drain: 10 * Second, Grace: 20 * Second}}}
	m.MaxServers, m.Template = 12, m.Servers[0]
	res := Run(m, 1, 0, Options{})
	if lost := metric(t, res, "sessions.lost"); lost < 300 || metric(t, res, "sessions.lost{cause=drain-cut}") != lost {
		t.Errorf("%g sessions are lost, %g of them to the drain", lost, metric(t, res, "sessions.lost{cause=drain-cut}"))
	}
}

// offering is a policy that hands out its cookie with the decision and does not listen to answers.
type offering struct{}

func (offering) Pick(q *Request, v *View) ServerID {
	if s := ServerID(q.Cookie) - 1; q.Cookie != 0 && v.Usable(s) {
		return s
	}
	s := pickRandom{}.Pick(q, v)
	q.SetCookie = Cookie(s) + 1
	return s
}

// A cookie set with the decision reaches the client with the answer, if there is one.
func TestCookieSetWithTheDecision(t *testing.T) {
	p := sessionsOf(2, 300, 10)
	p.Retries, p.Timeout, p.Backoff = 2, fixed(1), fixed(.5)
	m := fleetModel(4, p, 600)
	m.Warmup = 100 * Second
	m.NewPolicy = func(Env) Balancer { return offering{} }
	m.Timeline = []Action{{Kind: Crash, At: 300 * Second, Targets: []ServerID{0}, Repair: fixed(60), Zone: -1}}
	if hit := metric(t, Run(m, 1, 0, Options{}), "affinity.hit"); hit < .98 {
		t.Errorf("%.3f of the requests meet their client's server", hit)
	}
}

// A table that instances share is lost with the last of them, and so is the service.
func TestSharedTable(t *testing.T) {
	for _, c := range []struct {
		name       string
		timeline   []Action
		lost, fail bool
	}{
		{"one of two", []Action{{Kind: BalancerRestart, At: 300 * Second, Servers: 1, Repair: fixed(60)}}, false, false},
		{"both", []Action{{Kind: BalancerRestart, At: 300 * Second, Servers: 2, Repair: fixed(60)}}, true, true},
		{"all", []Action{{Kind: BalancerRestart, At: 300 * Second}}, true, false},
		{"one after the other", []Action{{Kind: BalancerRestart, At: 300 * Second, Servers: 1, Repair: fixed(60)}, {Kind: BalancerRestart, At: 400 * Second, Servers: 1, Repair: fixed(60)}}, false, false},
		{"the second before the first is back", []Action{{Kind: BalancerRestart, At: 300 * Second, Servers: 1, Repair: fixed(60)}, {Kind: BalancerRestart, At: 330 * Second, Servers: 1, Repair: fixed(60)}}, true, true},
	} {
		m := fleetModel(4, sessionsOf(1, 300, 5), 600)
		m.NewPolicy = cookiePolicy // a table in the policy, in spite of its name
		m.Balancers = Balancers{Count: 2, Shared: true}
		m.Timeline = c.timeline
		res := Run(m, 1, 0, Options{})
		if lost := metric(t, res, "sessions.lost"); lost > 0 != c.lost {
			t.Errorf("%s: %g sessions are lost", c.name, lost)
		}
		if failed := metric(t, res, "requests.failed"); failed > 0 != c.fail {
			t.Errorf("%s: %g requests fail", c.name, failed)
		}
	}
}

// Sessions that a balancer has forgotten because it restarted are lost to that; those that another policy sends elsewhere are not.
func TestLossesOfARestart(t *testing.T) {
	for _, c := range []struct {
		action Action
		cause  string
	}{
		{Action{Kind: BalancerRestart, At: 300 * Second}, "balancer-restarted"},
		{Action{Kind: PolicyChange, At: 300 * Second}, "remapped"},
	} {
		m := fleetModel(4, sessionsOf(1, 300, 5), 600)
		m.NewPolicy = cookiePolicy // a table in the policy, in spite of its name
		m.Later = []func(Env) Balancer{cookiePolicy}
		m.Timeline = []Action{c.action}
		res := Run(m, 1, 0, Options{})
		if lost := metric(t, res, "sessions.lost"); lost < 150 || metric(t, res, "sessions.lost{cause="+c.cause+"}") != lost {
			t.Errorf("%g sessions are lost, %g of them as %s", lost, metric(t, res, "sessions.lost{cause="+c.cause+"}"), c.cause)
		}
	}
}

// A deployment goes on when a server that it waits for is back from a crash.
func TestDeploymentOutlivesCrash(t *testing.T) {
	for seed := uint64(1); seed <= 10; seed++ {
		for _, strategy := range []Strategy{{Kind: BlueGreen, Drain: 10 * Second}, {Kind: Rolling, MaxUnavailable: 1, Drain: 10 * Second}} {
			m := fleetModel(3, sessionsOf(1, 60, 5), 900)
			m.NewPolicy, m.MaxServers, m.Template = cookiePolicy, 12, m.Servers[0]
			m.Template.Startup = exp(30)
			m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: strategy}, {Kind: Crash, At: 140 * Second, Zone: 0, Repair: fixed(120)}}
			if got := metric(t, Run(m, seed, 0, Options{}), "deploy.count"); got != 1 {
				t.Errorf("strategy %d, seed %d: %g deployments done; want 1", strategy.Kind, seed, got)
			}
		}
	}
}

// A server that restarts in place gets nothing new during its grace, however well it answers probes.
func TestProbesDoNotBringBackWhoLeaves(t *testing.T) {
	p := sessionsOf(2, 300, 5)
	p.Demand = exp(2)
	m := fleetModel(3, p, 600)
	m.Servers = fleet(3, 10000, FCFS)
	m.NewPolicy = cookiePolicy
	m.Health = Health{Interval: Second, Timeout: Second, UnderLoad: true, Fall: 1, Rise: 1}
	m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: InPlace, MaxUnavailable: 1, Drain: 10 * Second, Grace: 60 * Second}}}
	res := Run(m, 1, 0, Options{})
	if broken := metric(t, res, "requests.failed{cause=broken}"); broken > 0 {
		t.Errorf("%g requests are broken off by servers that had a minute to finish", broken)
	}
	if d := metric(t, res, "deploy.time"); d > 3*(10+30) {
		t.Errorf("the deployment took %g s", d)
	}
}

// The end of an ejection does not bring back a server that is known to be dead, or that probes go on to find dead.
func TestEjectionEndsForTheLiving(t *testing.T) {
	for _, c := range []struct {
		name   string
		health Health
	}{
		{"known at once", Health{}},
		{"probed", Health{Interval: 5 * Second, Timeout: 2 * Second, Fall: 3, Rise: 2}},
	} {
		p := sessionsOf(1, 300, 5)
		p.Demand = fixed(1)
		m := fleetModel(3, p, 900)
		m.NewPolicy = cookiePolicy
		m.Health = c.health
		m.Health.Passive = Passive{Failures: 1, Eject: 30 * Second}
		m.Timeline = []Action{{Kind: Crash, At: 300 * Second, Targets: []ServerID{0}, Zone: -1}}
		res := Run(m, 1, 0, Options{Log: true})
		ejected := false
		for _, e := range res.Log {
			ejected = ejected || e.Event == "marked down"
			if e.Event == "marked up" {
				t.Errorf("%s: %v: a dead server is marked up", c.name, e.At)
			}
		}
		if !ejected {
			t.Errorf("%s: no server was ejected", c.name)
		}
	}
}

// Outages that overlap are over when all of them are: a short one does not end a long one.
func TestOverlappingOutages(t *testing.T) {
	for _, kind := range []ActionKind{StoreOutage, BalancerRestart} {
		m := fleetModel(2, sessionsOf(1, 300, 5), 600)
		m.State = Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1, Persist: true}}
		m.NewPolicy = cookiePolicy
		m.Timeline = []Action{{Kind: kind, At: 100 * Second, Repair: fixed(200)}}
		want := metric(t, Run(m, 1, 0, Options{}), "requests.failed")
		m.Timeline = append(m.Timeline, Action{Kind: kind, At: 150 * Second, Repair: fixed(10)})
		near(t, "failed requests", metric(t, Run(m, 1, 0, Options{}), "requests.failed"), want, 0)
	}
}

// learning is a policy whose table takes in the address of every answered request. Who answers to an address that no request
// came from shows in strangers.
type learning struct {
	at        map[Addr]ServerID
	strangers *int
}

func (p learning) Pick(q *Request, v *View) ServerID {
	if s, ok := p.at[q.Addr]; ok {
		return s
	}
	s := pickRandom{}.Pick(q, v)
	p.at[q.Addr] = s
	return s
}

func (p learning) Answered(q *Request, _ ServerID, _ *View) {
	if _, ok := p.at[q.Addr]; !ok {
		*p.strangers++
	}
}

// A client that moves, and one whose cookie runs out, while its request is served: the balancer sees with the answer what it
// saw with the request.
func TestAnswersBelongToTheirRequests(t *testing.T) {
	p := sessionsOf(1, 300, 5)
	p.Demand, p.AddressChange = fixed(2), exp(20)
	m := fleetModel(3, p, 600)
	strangers := 0
	m.NewPolicy = func(Env) Balancer { return learning{map[Addr]ServerID{}, &strangers} }
	Run(m, 1, 0, Options{})
	if strangers > 0 {
		t.Errorf("%d answers come from addresses that sent no request", strangers)
	}
	seen, kept := 0, 0
	m.NewPolicy = func(Env) Balancer { return fading{&seen, &kept} }
	Run(m, 1, 0, Options{})
	if kept != seen || seen == 0 {
		t.Errorf("%d of %d cookies are still with their request when it is answered", kept, seen)
	}
}

// fading is a policy whose cookie lasts for less than a think time and a service; it counts requests that had one, and answers
// to them that show it.
type fading struct{ seen, kept *int }

func (p fading) Pick(q *Request, v *View) ServerID {
	q.Memo = uint64(q.Cookie)
	return pickRandom{}.Pick(q, v)
}

func (p fading) Answered(q *Request, s ServerID, _ *View) {
	if q.Memo != 0 {
		*p.seen++
		if q.Cookie == Cookie(q.Memo) {
			*p.kept++
		}
	}
	q.SetCookie, q.CookieTTL = Cookie(s)+1, 5*Second
}

// A draining server waits for its long-lived connections, whoever sends it new ones; requests alone do not hold it up.
func TestDrainWaitsForConnections(t *testing.T) {
	for _, loop := range []Loop{ClosedLoop, Connection} {
		p := sessionsOf(2, 100, 5)
		p.Loop = loop
		m := fleetModel(4, p, 2000)
		m.NewPolicy = uniformPolicy
		m.Timeline = []Action{{Kind: Drain, At: 300 * Second, Targets: []ServerID{1}, Deadline: Never, Zone: -1}}
		res := Run(m, 1, 0, Options{})
		took, want, band := metric(t, res, "drain.time"), 0., .5
		if loop == Connection {
			want, band = 100*(.5772+3.912), 260. // 50 connections, of 100 s
		}
		near(t, "drain", took, want, band)
		near(t, "connections cut", metric(t, res, "connections.reopened"), 0, 0)
	}
}

// Of two faults that slow a server the later one counts while both last, and each ends by itself.
func TestOverlappingSlowness(t *testing.T) {
	m := queue(1, 1, FCFS, 1, fixed(.01), 400)
	m.Warmup, m.Grid = 0, 100*Second
	m.Timeline = []Action{{Kind: Slow, Factor: .5, At: 100 * Second, Targets: []ServerID{0}, Repair: fixed(200), Zone: -1},
		{Kind: Slow, Factor: .25, At: 200 * Second, Targets: []ServerID{0}, Repair: fixed(100), Zone: -1}}
	u := Run(m, 1, 0, Options{}).Series.Utilization
	for i, want := range []float64{.01, .02, .04, .01} {
		near(t, "utilization", float64(u[i]), want, .35*want)
	}
}

// A new server that dies for good is made again, and the deployment ends.
func TestDeploymentReplacesItsDead(t *testing.T) {
	for _, kind := range []StrategyKind{Rolling, BlueGreen} {
		m := fleetModel(4, sessionsOf(1, 100, 5), 600)
		m.MaxServers, m.Template = 40, m.Servers[0]
		m.Template.Startup = exp(20)
		m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: kind, MaxSurge: 1, Drain: 10 * Second}},
			{Kind: Crash, At: 135 * Second, Targets: []ServerID{4}, Zone: -1}}
		for seed := uint64(1); seed <= 10; seed++ {
			res := Run(m, seed, 0, Options{})
			n := res.Series.Servers // after the switch of a blue-green deployment nobody replaces who dies
			if metric(t, res, "deploy.count") != 1 || n[len(n)-1] != 4 && kind == Rolling {
				t.Errorf("strategy %d, seed %d: %g deployments have ended, with %g servers", kind, seed, metric(t, res, "deploy.count"), n[len(n)-1])
			}
		}
	}
}

// A session that has never had an answer is not lost with the server that was working on its first request.
func TestSessionsBeginWithAnAnswer(t *testing.T) {
	p := Population{Name: "p", Sessions: poisson{1}, Requests: fixed(2), Think: fixed(100), Demand: fixed(20), Cookies: 1, Stateful: true, Retries: 3}
	m := fleetModel(3, p, 119)
	m.Equilibrium = false
	m.Timeline = []Action{{Kind: Crash, At: 50 * Second, Targets: []ServerID{0}, Repair: fixed(5), Zone: -1}, {Kind: Crash, At: 60 * Second, Targets: []ServerID{1}, Repair: fixed(5), Zone: -1}}
	res := Run(m, 1, 0, Options{})
	if retried := metric(t, res, "requests.retried"); retried < 5 {
		t.Fatalf("only %g requests were broken off", retried)
	}
	near(t, "lost", metric(t, res, "sessions.lost"), 0, 0)
}

// A cache that the store was never told of is lost to what ended it.
func TestCacheLostBeforeItWasStored(t *testing.T) {
	m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1, Latency: fixed(1000)}}, 600)
	m.Populations[0].Life = exp(100)
	m.Timeline = []Action{{Kind: Crash, At: 300 * Second, Targets: []ServerID{0}, Repair: fixed(1), Zone: -1}}
	if lost := metric(t, Run(m, 1, 0, Options{}), "sessions.lost{cause=store-outage}"); lost != 0 {
		t.Errorf("%g sessions are lost to an outage that there was not", lost)
	}
}

// The patience with an attempt that has failed ends with it, also where every attempt draws its own: it is no patience with
// the next one.
func TestPatienceIsWithOneAttempt(t *testing.T) {
	retried := func(timeout dist.Dist) float64 {
		m := queue(1, 1000, FCFS, 1, fixed(6), 100)
		m.Warmup = 0
		p := &m.Populations[0]
		p.Timeout, p.Retries, p.Backoff = timeout, 9, fixed(5)
		m.Timeline = []Action{{Kind: Crash, Targets: []ServerID{0}, Repair: fixed(30), Zone: -1}}
		return metric(t, Run(m, 1, 0, Options{}), "requests.retried")
	}
	near(t, "retries", retried(drawn{fixed(10)}), retried(fixed(10)), 0)
}

// drawn is a distribution that does not show that its values are all the same.
type drawn struct{ dist.Dist }

// A new server that has died for good, or has gone, before the switch of a blue-green deployment is not switched to.
func TestSwitchLeavesOutTheDead(t *testing.T) {
	for _, end := range []Action{{Kind: Crash}, {Kind: Preempt, Deadline: Second, Replace: true}, {Kind: Preempt, Deadline: 1000 * Second, Replace: true}} {
		m := fleetModel(2, sessionsOf(1, 100, 5), 900)
		m.NewPolicy, m.MaxServers, m.Template = uniformPolicy, 9, m.Servers[0]
		m.Template.Startup = exp(60)
		end.At, end.Targets, end.Zone = 0, []ServerID{2}, -1
		m.Timeline = []Action{{Kind: Deploy, At: 10 * Second, Strategy: Strategy{Kind: BlueGreen, Drain: 10 * Second}}, end}
		hit := 0
		for seed := uint64(1); seed <= 20; seed++ {
			ready, switched := Time(0), Time(0)
			for _, e := range Run(m, seed, 0, Options{Log: true}).Log {
				switch {
				case e.Event == "server ready" && e.Server == 2:
					ready = e.At
				case e.Event == "switched":
					switched = e.At
				}
			}
			if ready == 0 || switched < ready+5*Second {
				continue
			}
			hit++
			n := *m
			n.Timeline = append([]Action{}, m.Timeline...)
			n.Timeline[1].At = ready + 1
			res := Run(&n, seed, 0, Options{})
			if failed := metric(t, res, "requests.failed"); failed > 0 {
				t.Errorf("%v, seed %d: %g requests fail", end.Kind, seed, failed)
			}
			if got := res.Servers[2].Requests; got > 0 {
				t.Errorf("%v, seed %d: who has gone or is about to go gets %d requests", end.Kind, seed, got)
			}
		}
		if hit == 0 {
			t.Error("the first of the new servers was never ready before the switch")
		}
	}
}

// A server that crashes during its slow start is warm when that would have been over, and not at the weight it died with
// for ever.
func TestSlowStartOutlivesCrash(t *testing.T) {
	for _, repair := range []float64{5, 60} {
		m := fleetModel(1, sessionsOf(1, 100, 5), 600)
		m.MaxServers, m.Template = 2, m.Servers[0]
		m.Template.SlowStart = SlowStart{20 * Second, .1}
		last := 0.
		m.NewPolicy = func(Env) Balancer { return weightSeen{&last} }
		m.Timeline = []Action{{Kind: ScaleTo, At: 100 * Second, Servers: 2}, {Kind: Crash, At: 103 * Second, Targets: []ServerID{1}, Repair: fixed(repair), Zone: -1}}
		Run(m, 1, 0, Options{})
		near(t, "weight", last, 1, 0)
	}
}

// weightSeen is a policy that notes the weight of the second server.
type weightSeen struct{ last *float64 }

func (p weightSeen) Pick(q *Request, v *View) ServerID {
	*p.last = v.Weight[1]
	return pickRandom{}.Pick(q, v)
}

// The faults that recur on each server are planned once for a server made during the run, however often it restarts.
func TestFaultsOfEachAreOneSeries(t *testing.T) {
	m := fleetModel(1, sessionsOf(1, 100, 5), 1000)
	m.MaxServers, m.Template = 2, m.Servers[0]
	m.Timeline = []Action{{Kind: ScaleTo, At: 10 * Second, Servers: 2}, {Kind: Pause, Each: true, Every: fixed(50), Repair: fixed(0), Zone: -1}}
	for at := 100 * Second; at < 500*Second; at += 100 * Second {
		m.Timeline = append(m.Timeline, Action{Kind: Deploy, At: at + 7*Second, Strategy: Strategy{Kind: InPlace}})
	}
	n := [2]int{}
	for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
		if e.Event == "server stands still" {
			n[e.Server]++
		}
	}
	if n != [2]int{19, 19} {
		t.Errorf("the servers stand still %v times; want 19 each", n)
	}
}

// A write that is still on its way for a user's last session says nothing of the next one: that is in the store only when
// its own first write is, and until then every answer waits.
func TestWritesAreOfTheirSession(t *testing.T) {
	m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 1, Queue: -1, Latency: fixed(10)}}, 2100)
	m.Populations = []Population{{Name: "p", Users: 20, Loop: OpenLoop, Requests: fixed(20), Think: fixed(1), Demand: fixed(.001), Cookies: 1, Stateful: true}}
	// Of 20 requests the first waits for a read and a write, the 11 of the next 11 s for a write each.
	near(t, "latency", metric(t, Run(m, 1, 0, Options{}), "latency.mean"), (20+11*10)/20., .1)
}

// A state that could not be loaded is not in the cache: until the store is back, nobody of a server that died is answered,
// however often they ask.
func TestFailedLoadsAreNoCache(t *testing.T) {
	m := storeModel(Placement{Kind: CachedStore, Store: StoreStation{Calls: 2, Queue: -1, Persist: true}}, 500)
	m.Servers = m.Servers[:1]
	m.Populations = []Population{{Name: "p", Users: 50, Think: fixed(5), Demand: fixed(.001), Cookies: 1, Stateful: true}}
	m.Timeline = []Action{{Kind: StoreOutage, At: 200 * Second, Repair: fixed(100)}, {Kind: Crash, At: 210 * Second, Targets: []ServerID{0}, Repair: fixed(0), Zone: -1}}
	m.Grid = 10 * Second
	res := Run(m, 1, 0, Options{})
	near(t, "answers in the outage", float64(res.Series.Answered[25]), 0, 0)
	near(t, "lost", metric(t, res, "sessions.lost"), 0, 0)
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
		return metric(t, Run(m, 1, 0, Options{}), "server.memory.mean")
	}
	near(t, "memory", memory(CachedStore), memory(Replicated)/2, .03*memory(Replicated))
}

// everySecond is a process of arrivals on the second.
type everySecond struct{}

func (everySecond) Start(rng.Key) Arrivals { return everySecond{} }
func (everySecond) Rate() float64          { return 1 }
func (everySecond) String() string         { return "every second" }
func (everySecond) Next(t Time) Time       { return t + Second }

// A change of the arrivals at the moment of one, on a clock that rounding has put past it, does not stop them.
func TestArrivalsGoOn(t *testing.T) {
	m := queue(1, 10, FCFS, 1, fixed(.001), 100)
	m.Warmup = 0
	m.Populations[0].Sessions = everySecond{}
	m.Timeline = []Action{{Kind: ArrivalFactor, Factor: 6, At: 0}, {Kind: ArrivalFactor, Factor: 1. / 6, At: 166666667}}
	near(t, "requests", metric(t, Run(m, 1, 0, Options{}), "requests.sent"), 100, 2)
}

// A restart ends what slowed a server, and the end that was planned for that does not end what slows it afterwards.
func TestSlownessOfTheNextIncarnation(t *testing.T) {
	m := queue(1, 1, FCFS, 1, fixed(.01), 400)
	m.Warmup, m.Grid = 0, 100*Second
	m.Timeline = []Action{{Kind: Slow, Factor: .25, At: 10 * Second, Targets: []ServerID{0}, Repair: fixed(190), Zone: -1},
		{Kind: Deploy, At: 20 * Second, Strategy: Strategy{Kind: InPlace}},
		{Kind: Slow, Factor: .25, At: 100 * Second, Targets: []ServerID{0}, Repair: fixed(200), Zone: -1}}
	u := Run(m, 1, 0, Options{}).Series.Utilization
	for i, want := range []float64{.013, .04, .04, .01} {
		near(t, "utilization", float64(u[i]), want, .35*want)
	}
}

// Whatever the deployment, the fleet ends at the size that a timeline entry asked for meanwhile.
func TestResizingDuringDeployments(t *testing.T) {
	for _, kind := range []StrategyKind{Rolling, BlueGreen, InPlace} {
		for _, size := range []int{3, 8} {
			m := fleetModel(5, sessionsOf(1, 60, 5), 900)
			m.NewPolicy, m.MaxServers, m.Template = cookiePolicy, 40, m.Servers[0]
			m.Template.Startup = fixed(20)
			for i := range m.Servers {
				m.Servers[i].Startup = fixed(20)
			}
			m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: kind, MaxSurge: 1, MaxUnavailable: 1, Drain: 10 * Second, UntilEmpty: true}},
				{Kind: ScaleTo, At: 110 * Second, Servers: size, Deadline: 10 * Second}}
			res := Run(m, 1, 0, Options{})
			s := res.Series.Servers
			if got := s[len(s)-1]; int(got) != size || metric(t, res, "deploy.count") != 1 {
				t.Errorf("strategy %d to %d servers: ended with %g, %g deployments done", kind, size, got, metric(t, res, "deploy.count"))
			}
		}
	}
}

// An ejection lasts as long as it is to, whatever pauses the server makes meanwhile that the balancers do not notice.
func TestPausesDoNotEndEjections(t *testing.T) {
	m := queue(2, 1, FCFS, 5, fixed(.1), 1000)
	m.Servers[0].Queue = 0
	m.Health.Passive = Passive{Failures: 1, Eject: 100 * Second}
	m.Timeline = []Action{{Kind: Pause, Every: fixed(10), Targets: []ServerID{0}, Repair: fixed(.1), Zone: -1}}
	down := Never
	for _, e := range Run(m, 1, 0, Options{Log: true}).Log {
		switch {
		case e.Event == "marked down":
			down = e.At
		case e.Event == "marked up" && e.At != down+100*Second:
			t.Fatalf("ejected at %v, back at %v", down, e.At)
		}
	}
	if down == Never {
		t.Error("nobody was ejected")
	}
}

// The last step of the series is as long as what is left of the run, and its load a mean over that.
func TestLoadOfTheLastStep(t *testing.T) {
	m := queue(1, 1, FCFS, 1, fixed(.01), 100)
	m.Grid = 30 * Second
	m.Populations = []Population{{Name: "p", Users: 1, Demand: fixed(.01)}}
	for _, load := range Run(m, 1, 0, Options{}).Series.Load {
		near(t, "load", float64(load), 1, .001)
	}
}

// oneAtATime is a policy that gives a server one request at a time, and keeps the others waiting.
type oneAtATime struct{}

func (oneAtATime) Pick(_ *Request, v *View) ServerID {
	if v.InFlight[0] > 0 {
		return Wait
	}
	return 0
}

// Nobody who waits in a balancer's own queue is let through while it is out.
func TestNobodyPassesABalancerThatIsOut(t *testing.T) {
	m := queue(1, 1, FCFS, 2, fixed(1), 200)
	m.Warmup, m.Grid = 0, 10*Second
	m.NewPolicy = func(Env) Balancer { return oneAtATime{} }
	m.Timeline = []Action{{Kind: BalancerRestart, At: 105 * Second, Repair: fixed(50)}}
	res := Run(m, 1, 0, Options{})
	near(t, "answers while it is out", float64(res.Series.Answered[12]), 0, 0)
	near(t, "answers when it is back", float64(res.Series.Answered[17]), 10, 1)
}

// Who does not think and is refused at once does not ask without end in no time, but a thousand times a second.
func TestRefusedClientsPause(t *testing.T) {
	m := queue(2, 1, FCFS, 1, exp(1), 60)
	m.Warmup = 0
	m.Populations = []Population{{Name: "p", Users: 3, Demand: exp(1), Cookies: 1}}
	m.Timeline = []Action{{Kind: Crash, At: 10 * Second, Servers: 2, Zone: -1, Repair: fixed(10)}}
	near(t, "failed", metric(t, Run(m, 1, 0, Options{}), "requests.failed{cause=no-server}"), 3*10*1000, 10)

	m.Populations[0].Requests = fixed(1) // its sessions begin at once, too
	near(t, "failed", metric(t, Run(m, 1, 0, Options{}), "requests.failed{cause=no-server}"), 3*10*1000, 10)

	m.Timeline = nil
	m.Servers[0].Queue, m.Servers[1].Queue = 0, 0
	if refused := metric(t, Run(m, 1, 0, Options{}), "requests.failed{cause=refused}"); refused < 1000 || refused > 60*3*1000 {
		t.Errorf("%g requests are refused", refused)
	}
}
