package sim

import (
	"testing"

	"stickysim/sim/dist"
)

// A fleet that was held back until the switch begins its slow start with the switch.
func TestSlowStartAfterSwitch(t *testing.T) {
	m := fleetModel(3, sessionsOf(1, 60, 5), 300)
	m.NewPolicy, m.MaxServers, m.Template = cookiePolicy, 9, m.Servers[0]
	m.Template.Startup, m.Template.SlowStart = exp(60), SlowStart{20 * Second, .1}
	m.Timeline = []Action{{Kind: Deploy, At: 10 * Second, Strategy: Strategy{Kind: BlueGreen, Drain: 10 * Second}}}
	Run(m, 1, 0, Options{})
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
	if got := figure(t, Run(m, 1, 0, Options{}), "deploy.count"); got != 1 {
		t.Errorf("%g deployments done; want 1", got)
	}
}

// A deployment continues when a server that it waits for has been repaired.
func TestDeploymentOutlivesCrash(t *testing.T) {
	for seed := uint64(1); seed <= 10; seed++ {
		for _, strategy := range []Strategy{{Kind: BlueGreen, Drain: 10 * Second}, {Kind: Rolling, MaxUnavailable: 1, Drain: 10 * Second}} {
			m := fleetModel(3, sessionsOf(1, 60, 5), 900)
			m.NewPolicy, m.MaxServers, m.Template = cookiePolicy, 12, m.Servers[0]
			m.Template.Startup = exp(30)
			m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: strategy}, {Kind: Crash, At: 140 * Second, Zone: 0, Repair: fixed(120)}}
			if got := figure(t, Run(m, seed, 0, Options{}), "deploy.count"); got != 1 {
				t.Errorf("strategy %d, seed %d: %g deployments done; want 1", strategy.Kind, seed, got)
			}
		}
	}
}

// A new server that dies for good is made again, and the deployment ends.
func TestDeploymentReplacesItsDead(t *testing.T) {
	for _, kind := range []StrategyKind{Rolling, BlueGreen} {
		m := fleetModel(4, sessionsOf(1, 100, 5), 600)
		m.MaxServers, m.Template = 40, m.Servers[0]
		m.Template.Startup = exp(20)
		m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: kind, MaxSurge: 1, Drain: 40 * Second}},
			{Kind: Crash, At: 135 * Second, Targets: []ServerID{4}, Zone: -1}}
		for seed := uint64(1); seed <= 10; seed++ {
			res := Run(m, seed, 0, Options{})
			n := res.Series.Of(ServersSeries) // after the switch of a blue-green deployment no dead server is replaced
			if figure(t, res, "deploy.count") != 1 || n[len(n)-1] != 4 && kind == Rolling {
				t.Errorf("strategy %d, seed %d: %g deployments have ended, with %g servers", kind, seed, figure(t, res, "deploy.count"), n[len(n)-1])
			}
		}
	}
}

// drawn is a distribution that hides that its values are equal.
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
				case e.Event == "switched to the new fleet":
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
			if failed := figure(t, res, "requests.failed"); failed > 0 {
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

// Whatever the deployment, the fleet ends at the size that a timeline entry, or an autoscaler, asked for meanwhile.
func TestResizingDuringDeployments(t *testing.T) {
	for _, kind := range []StrategyKind{Rolling, BlueGreen, InPlace} {
		for _, size := range []int{3, 8} {
			for _, scaled := range []bool{false, true} {
				m := fleetModel(5, sessionsOf(1, 60, 5), 900)
				for i := range m.Servers {
					m.Servers[i].Startup = fixed(20)
				}
				m.NewPolicy, m.MaxServers, m.Template = cookiePolicy, 40, m.Servers[0]
				m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: kind, MaxSurge: 1, MaxUnavailable: 1, Drain: 10 * Second, UntilEmpty: true}}}
				if scaled {
					m.Autoscaler = &Autoscaler{Rule: ScheduledOnly, Min: 1, Max: 9, Drain: 10 * Second, Schedule: &Schedule{[]ScheduledSize{{At: 110 * Second, Size: size}}}}
				} else {
					m.Timeline = append(m.Timeline, Action{Kind: ScaleTo, At: 110 * Second, Servers: size, Deadline: 10 * Second})
				}
				res := Run(m, 1, 0, Options{})
				s := res.Series.Of(ServersSeries)
				if got := s[len(s)-1]; int(got) != size || figure(t, res, "deploy.count") != 1 {
					t.Errorf("strategy %d to %d servers, autoscaler %v: ended with %g, %g deployments done", kind, size, scaled, got, figure(t, res, "deploy.count"))
				}
			}
		}
	}
}

// The next step of a deployment waits until a new server has been ready for MinReady, as minReadySeconds has it.
func TestMinReady(t *testing.T) {
	for kind, want := range map[StrategyKind]float64{Rolling: 6 * (20 + 30), InPlace: 6 * (20 + 30), BlueGreen: 20 + 30} {
		m := fleetModel(6, sessionsOf(1, 60, 5), 600)
		m.MaxServers = 20
		for i := range m.Servers {
			m.Servers[i].Startup = fixed(20)
		}
		m.Template = m.Servers[0]
		m.Timeline = []Action{{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: kind, MaxSurge: 1, MinReady: 30 * Second}.atLeastOneStep()}}
		if got := figure(t, Run(m, 1, 0, Options{}), "deploy.time"); got != want {
			t.Errorf("strategy %d: the deployment takes %g s; want %g", kind, got, want)
		}
	}
}
