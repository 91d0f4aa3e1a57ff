package sim

import "testing"

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
