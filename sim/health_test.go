package sim

import "testing"

// A paused server answers its probes when it resumes: pauses shorter than the timeout of a probe go unnoticed, longer
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
	if broken := figure(t, res, "requests.failed{cause=broken}"); broken > 0 {
		t.Errorf("%g requests are broken off by servers that had a minute to finish", broken)
	}
	if d := figure(t, res, "deploy.time"); d > 3*(10+30) {
		t.Errorf("the deployment took %g s", d)
	}
}

// The end of an ejection does not readmit a server that is known to be dead, or that probes still find dead.
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
		t.Error("no server was ejected")
	}
}
