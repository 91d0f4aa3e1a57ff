package sim

import "testing"

// A client that leaves because its session is lost loses it once, whatever it still has in flight.
func TestLeavesOnce(t *testing.T) {
	m := queue(3, 1, FCFS, 1, exp(.3), 300)
	m.State.Kind = Local
	m.Populations = []Population{{Name: "p", Users: 10, Loop: OpenLoop, Think: exp(1), Demand: exp(.3), Stateful: true, OnLoss: Leave, Cookies: 1}}
	if res := Run(m, 1, 0, Options{}); res.Populations[0].Lost[LostRoutedAway]+res.Populations[0].Lost[LostRemapped] == 0 {
		t.Error("a policy without affinity lost no session")
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
		near(t, "deployment", figure(t, res, "deploy.time"), c.took+1, 1)
		if broken := figure(t, res, "requests.failed{cause=broken}"); broken > 0 != (c.broken > 0) {
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
	if lost := figure(t, res, "sessions.lost"); lost < 300 || figure(t, res, "sessions.lost{cause=drain-cut}") != lost {
		t.Errorf("%g sessions are lost, %g of them to the drain", lost, figure(t, res, "sessions.lost{cause=drain-cut}"))
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
		took, want, band := figure(t, res, "drain.time"), 0., .5
		if loop == Connection {
			want, band = 100*(.5772+3.912), 260. // 50 connections, of 100 s
		}
		near(t, "drain", took, want, band)
		near(t, "connections cut", figure(t, res, "connections.reopened"), 0, 0)
	}
}
