package sim

import (
	"testing"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// Faults that random models and readers have found, each by the smallest model that shows it. A run that breaks its books
// panics. Those of one part of the engine are in its own test file.

// Messages of an open connection are not on the balancer's books, so giving one up must not take it off them.
func TestMessageGivenUp(t *testing.T) {
	m := queue(1, 1, FCFS, 1, exp(.5), 300)
	m.Populations = []Population{{Name: "p", Users: 10, Loop: Connection, Think: exp(1), Demand: exp(.5), Timeout: fixed(.3), Abandon: LeaveQueue, Cookies: 1}}
	if res := Run(m, 1, 0, Options{}); res.Populations[0].Failed[FailedTimeout] == 0 {
		t.Error("no client gave up")
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
		if res := Run(m, seed, 0, Options{}); figure(t, res, "sessions.evicted") == 0 {
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
	if lost := figure(t, Run(m, 1, 0, Options{}), "sessions.lost{cause=store-outage}"); lost != 40 {
		t.Errorf("%g sessions lost by one outage; want each of 40 once", lost)
	}
}

// What happens before counting begins is not counted: faults, and what follows from them.
func TestFaultsOfTheWarmupAreNotCounted(t *testing.T) {
	m := fleetModel(3, sessionsOf(1, 60, 5), 300)
	m.Warmup = 100 * Second
	m.Populations[0].Loop = Connection
	m.Timeline = []Action{{Kind: Crash, At: -50 * Second, Servers: 1, Zone: -1, Repair: fixed(10)}}
	res := Run(m, 1, 0, Options{})
	for _, name := range []string{"server.crashes", "connections.reopened"} {
		if n := figure(t, res, name); n != 0 {
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
	last := res.Series.Points - 1
	first, joined := res.Series.OfServer(SessionsSeries, 0)[last], res.Series.OfServer(SessionsSeries, 5)[last]
	if d := joined - first; d < -2 || d > 2 {
		t.Errorf("300 s after it joined the new server has %g sessions, the first one %g", joined, first)
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
	if hit := figure(t, Run(m, 1, 0, Options{}), "affinity.hit"); hit < .98 {
		t.Errorf("%.3f of the requests meet their client's server", hit)
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

// Of two faults that slow a server the later one counts while both last, and each ends by itself.
func TestOverlappingSlowness(t *testing.T) {
	m := queue(1, 1, FCFS, 1, fixed(.01), 400)
	m.Warmup, m.Grid = 0, 100*Second
	m.Timeline = []Action{{Kind: Slow, Factor: .5, At: 100 * Second, Targets: []ServerID{0}, Repair: fixed(200), Zone: -1},
		{Kind: Slow, Factor: .25, At: 200 * Second, Targets: []ServerID{0}, Repair: fixed(100), Zone: -1}}
	u := Run(m, 1, 0, Options{}).Series.OfServer(UtilizationSeries, 0)
	for i, want := range []float64{.01, .02, .04, .01} {
		near(t, "utilization", float64(u[i]), want, .35*want)
	}
}

// A session that has never had an answer is not lost with the server that was working on its first request.
func TestSessionsBeginWithAnAnswer(t *testing.T) {
	p := Population{Name: "p", Sessions: poisson{1}, Requests: fixed(2), Think: fixed(100), Demand: fixed(20), Cookies: 1, Stateful: true, Retries: 3}
	m := fleetModel(3, p, 119)
	m.Equilibrium = false
	m.Timeline = []Action{{Kind: Crash, At: 50 * Second, Targets: []ServerID{0}, Repair: fixed(5), Zone: -1}, {Kind: Crash, At: 60 * Second, Targets: []ServerID{1}, Repair: fixed(5), Zone: -1}}
	res := Run(m, 1, 0, Options{})
	if retried := figure(t, res, "requests.retried"); retried < 5 {
		t.Fatalf("only %g requests were broken off", retried)
	}
	near(t, "lost", figure(t, res, "sessions.lost"), 0, 0)
}

// The timeout of a failed attempt ends with it, also where every attempt draws its own: it does not time out
// the next one.
func TestPatienceIsWithOneAttempt(t *testing.T) {
	retried := func(timeout dist.Dist) float64 {
		m := queue(1, 1000, FCFS, 1, fixed(6), 100)
		m.Warmup = 0
		p := &m.Populations[0]
		p.Timeout, p.Retries, p.Backoff = timeout, 9, fixed(5)
		m.Timeline = []Action{{Kind: Crash, Targets: []ServerID{0}, Repair: fixed(30), Zone: -1}}
		return figure(t, Run(m, 1, 0, Options{}), "requests.retried")
	}
	near(t, "retries", retried(drawn{fixed(10)}), retried(fixed(10)), 0)
}

// A server that crashes during its slow start is warm when that would have been over, and not at the weight it died with
// permanently.
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
		if e.Event == "server paused" {
			n[e.Server]++
		}
	}
	if n != [2]int{19, 19} {
		t.Errorf("the servers pause %v times; want 19 each", n)
	}
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
	near(t, "requests", figure(t, Run(m, 1, 0, Options{}), "requests.sent"), 100, 2)
}

// A restart ends what slowed a server, and the end that was planned for that does not end what slows it afterwards.
func TestSlownessOfTheNextIncarnation(t *testing.T) {
	m := queue(1, 1, FCFS, 1, fixed(.01), 400)
	m.Warmup, m.Grid = 0, 100*Second
	m.Timeline = []Action{{Kind: Slow, Factor: .25, At: 10 * Second, Targets: []ServerID{0}, Repair: fixed(190), Zone: -1},
		{Kind: Deploy, At: 20 * Second, Strategy: Strategy{Kind: InPlace}},
		{Kind: Slow, Factor: .25, At: 100 * Second, Targets: []ServerID{0}, Repair: fixed(200), Zone: -1}}
	u := Run(m, 1, 0, Options{}).Series.OfServer(UtilizationSeries, 0)
	for i, want := range []float64{.013, .04, .04, .01} {
		near(t, "utilization", float64(u[i]), want, .35*want)
	}
}

// The last step of the series is as long as what is left of the run, and its load a mean over that.
func TestLoadOfTheLastStep(t *testing.T) {
	m := queue(1, 1, FCFS, 1, fixed(.01), 100)
	m.Grid = 30 * Second
	m.Populations = []Population{{Name: "p", Users: 1, Demand: fixed(.01)}}
	for _, load := range Run(m, 1, 0, Options{}).Series.Of(LoadSeries) {
		near(t, "load", float64(load), 1, .001)
	}
}

// A client without think time that is refused immediately sends a thousand requests a second, not infinitely many at one instant.
func TestRefusedClientsPause(t *testing.T) {
	m := queue(2, 1, FCFS, 1, exp(1), 60)
	m.Warmup = 0
	m.Populations = []Population{{Name: "p", Users: 3, Demand: exp(1), Cookies: 1}}
	m.Timeline = []Action{{Kind: Crash, At: 10 * Second, Servers: 2, Zone: -1, Repair: fixed(10)}}
	near(t, "failed", figure(t, Run(m, 1, 0, Options{}), "requests.failed{cause=no-server}"), 3*10*1000, 10)

	m.Populations[0].Requests = fixed(1) // its sessions begin at once, too
	near(t, "failed", figure(t, Run(m, 1, 0, Options{}), "requests.failed{cause=no-server}"), 3*10*1000, 10)

	m.Timeline = nil
	m.Servers[0].Queue, m.Servers[1].Queue = 0, 0
	if refused := figure(t, Run(m, 1, 0, Options{}), "requests.failed{cause=refused}"); refused < 1000 || refused > 60*3*1000 {
		t.Errorf("%g requests are refused", refused)
	}
}
