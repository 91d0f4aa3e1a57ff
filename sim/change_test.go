package sim

import (
	"math"
	"testing"

	"stickysim/sim/dist"
)

func fixed(v float64) dist.Dist { d, _ := dist.NewDeterministic(v); return d }

// sessionsOf is a population of long sessions with few, light requests: M/G/∞ to all intents.
func sessionsOf(rate, mean, every float64) Population {
	return Population{Name: "sessions", Sessions: poisson{rate}, Life: exp(mean), Think: exp(every), Demand: fixed(.0001), Cookies: 1, Stateful: true}
}

func fleetModel(n int, p Population, seconds float64) *Model {
	return &Model{Duration: FromSeconds(seconds), Equilibrium: true, Servers: fleet(n, 64, FCFS), NewPolicy: stickyPolicy,
		Balancers: Balancers{Count: 1}, Populations: []Population{p}, State: Placement{Kind: Local}}
}

// pinPolicy keeps a client where it is while that is usable, as a cookie does.
type pinPolicy struct{ at map[uint64]ServerID }

func (p *pinPolicy) Pick(q *Request, v *View) ServerID {
	if s, ok := p.at[q.Hash]; ok && v.Usable(s) {
		return s
	}
	if len(v.Eligible) == 0 {
		return NoServer
	}
	s := v.Eligible[q.Draw.IntN(len(v.Eligible))]
	p.at[q.Hash] = s
	return s
}

func cookiePolicy(Env) Balancer { return &pinPolicy{map[uint64]ServerID{}} }

// A server with Poisson(m) equilibrium sessions that takes no new ones is empty after E[drain] = 300(γ+ln m+E1(m)).
func TestDrainTime(t *testing.T) {
	m := fleetModel(5, sessionsOf(3.3333333, 300, 60), 4500)
	m.NewPolicy = cookiePolicy
	m.Timeline = []Action{{Kind: Drain, At: 300 * Second, Targets: []ServerID{2}, Deadline: Never, Zone: -1}}
	sum, n := 0.0, 25
	for rep := 0; rep < n; rep++ {
		res := Run(m, 5, rep, Options{})
		sum += figure(t, res, "drain.time")
		if lost := figure(t, res, "sessions.lost"); lost != 0 {
			t.Fatalf("a drain without deadline lost %g sessions", lost)
		}
	}
	if got := sum / float64(n); math.Abs(got-1762.66) > 120 {
		t.Errorf("mean drain time %g; want 1762.66 ± 120", got)
	}
}

// Rolling restart in place, one at a time with a fixed window: Σ killed = 259.4341 (M_t/M/∞), duration n(D+R).
func TestRollingRestart(t *testing.T) {
	m := fleetModel(5, sessionsOf(2, 300, 15), 1900)
	m.Populations[0].OnLoss = Leave // the killed are gone, as in the reference
	m.NewPolicy = cookiePolicy
	for i := range m.Servers {
		m.Servers[i].Startup = fixed(30)
	}
	m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: InPlace, MaxUnavailable: 1, Drain: 300 * Second}}}
	cut, n := 0.0, 20
	for rep := 0; rep < n; rep++ {
		res := Run(m, 9, rep, Options{})
		cut += figure(t, res, "drain.cut")
		if d := figure(t, res, "deploy.time"); d != 5*(300+30) {
			t.Fatalf("deployment took %g s; want 1650", d)
		}
	}
	if got := cut / float64(n); math.Abs(got-259.43) > 12 {
		t.Errorf("%g sessions cut; want 259.43 ± 12", got)
	}
}

func TestKubernetesRollingDeployment(t *testing.T) {
	m := fleetModel(6, sessionsOf(2, 300, 5), 1500)
	m.NewPolicy = cookiePolicy
	m.MaxServers = 40
	m.Template = m.Servers[0]
	m.Template.Startup = fixed(20)
	m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{MaxSurge: 2, MaxUnavailable: 0, Drain: 60 * Second}},
		{Kind: Deploy, At: 700 * Second, Strategy: Strategy{Kind: BlueGreen, Drain: 60 * Second}}}
	res := Run(m, 1, 0, Options{Log: true})
	if got := figure(t, res, "deploy.count"); got != 2 {
		for _, e := range res.Log {
			t.Log(e.At, e.Event, e.Server, e.Detail, e.Count)
		}
		t.Fatalf("%g deployments; want 2", got)
	}
	if got := len(res.Servers); got != 18 {
		t.Errorf("%d servers made; want 18", got)
	}
	if got := figure(t, res, "requests.failed"); got != 0 {
		t.Errorf("%g requests failed in planned changes", got)
	}
}

func TestScaleOutShare(t *testing.T) {
	m := fleetModel(5, sessionsOf(10, 300, 20), 470)
	m.NewPolicy = cookiePolicy
	m.MaxServers = 6
	m.Grid = 10 * Second
	m.Timeline = []Action{{Kind: ScaleTo, At: 160 * Second, Servers: 6}}
	share, n := 0.0, 20
	for rep := 0; rep < n; rep++ {
		res := Run(m, 3, rep, Options{})
		s := res.Series
		at, all := 45, 0.0
		for k := range ServerID(6) {
			all += float64(s.OfServer(SessionsSeries, k)[at])
		}
		share += float64(s.OfServer(SessionsSeries, 5)[at]) / all * 6
	}
	if got := share / float64(n); math.Abs(got-.6321) > .03 {
		t.Errorf("relative share after 300 s %g; want .6321 ± .03", got)
	}
}

// A spot instance that is taken away in the middle of a deployment, and replaced, leaves the fleet as large as it was.
func TestPreemptionDuringDeployment(t *testing.T) {
	for _, kind := range []StrategyKind{Rolling, BlueGreen, InPlace} {
		for at := 90 * Second; at < 400*Second; at += 7 * Second {
			m := fleetModel(4, sessionsOf(1, 300, 50), 900)
			m.MaxServers = 40
			m.Template = m.Servers[0]
			m.Template.Startup = fixed(20)
			m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: kind, MaxSurge: 1, MaxUnavailable: 1, Drain: 40 * Second}},
				{Kind: Preempt, At: at, Servers: 1, Zone: -1, Deadline: 30 * Second, Replace: true}}
			res := Run(m, uint64(at), 0, Options{})
			if n := res.Series.Of(ServersSeries); n[len(n)-1] != 4 || figure(t, res, "deploy.count") != 1 {
				t.Errorf("strategy %d, preemption at %v: %g servers at the end after %g deployments; want 4 after 1", kind, at, n[len(n)-1], figure(t, res, "deploy.count"))
			}
		}
	}
}

// Recurrences end at Until.
func TestUntil(t *testing.T) {
	m := fleetModel(2, sessionsOf(1, 30, 5), 900)
	m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Every: fixed(10), Until: 200 * Second, Targets: []ServerID{0}, Repair: fixed(1), Zone: -1}}
	for _, atOnce := range []bool{false, true} {
		m.Timeline[0].AtOnce = atOnce
		want := 9.
		if atOnce {
			want = 10
		}
		if got := figure(t, Run(m, 1, 0, Options{}), "server.crashes"); got != want {
			t.Errorf("at once %v: %g crashes every 10 s between 100 and 200 s; want %g", atOnce, got, want)
		}
	}
}
