package sim

import "testing"

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
		if lost := figure(t, res, "sessions.lost"); lost > 0 != c.lost {
			t.Errorf("%s: %g sessions are lost", c.name, lost)
		}
		if failed := figure(t, res, "requests.failed"); failed > 0 != c.fail {
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
		if lost := figure(t, res, "sessions.lost"); lost < 150 || figure(t, res, "sessions.lost{cause="+c.cause+"}") != lost {
			t.Errorf("%g sessions are lost, %g of them as %s", lost, figure(t, res, "sessions.lost{cause="+c.cause+"}"), c.cause)
		}
	}
}

// Outages that overlap are over when all of them are: a short one does not end a long one.
func TestOverlappingOutages(t *testing.T) {
	for _, kind := range []*ActionKind{StoreOutage, BalancerRestart} {
		m := fleetModel(2, sessionsOf(1, 300, 5), 600)
		m.State = Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1, Persist: true}}
		m.NewPolicy = cookiePolicy
		m.Timeline = []Action{{Kind: kind, At: 100 * Second, Repair: fixed(200)}}
		want := figure(t, Run(m, 1, 0, Options{}), "requests.failed")
		m.Timeline = append(m.Timeline, Action{Kind: kind, At: 150 * Second, Repair: fixed(10)})
		near(t, "failed requests", figure(t, Run(m, 1, 0, Options{}), "requests.failed"), want, 0)
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

// A balancer dispatches none of the requests in its queue during its outage.
func TestNobodyPassesABalancerThatIsOut(t *testing.T) {
	m := queue(1, 1, FCFS, 2, fixed(1), 200)
	m.Warmup, m.Grid = 0, 10*Second
	m.NewPolicy = func(Env) Balancer { return oneAtATime{} }
	m.Timeline = []Action{{Kind: BalancerRestart, At: 105 * Second, Repair: fixed(50)}}
	res := Run(m, 1, 0, Options{})
	near(t, "answers while it is out", float64(res.Series.Of(AnsweredSeries)[12]), 0, 0)
	near(t, "answers when it is back", float64(res.Series.Of(AnsweredSeries)[17]), 10, 1)
}
