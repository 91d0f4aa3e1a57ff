package sim

import (
	"slices"
	"testing"
)

// warnedOf reports whether a run says something of a kind.
func warnedOf(res *Result, code string) bool {
	for _, w := range res.Warnings {
		if w.Code == code {
			return true
		}
	}
	return false
}

// Losses that the run ends too early to count are not called recovered, and are warned of.
func TestLossesThatNobodyHasSeenYet(t *testing.T) {
	for _, c := range []struct {
		at   Time
		want bool
	}{{300 * Second, false}, {599 * Second, true}} {
		m := fleetModel(4, sessionsOf(1, 300, 5), 600)
		m.NewPolicy = cookiePolicy
		m.Timeline = []Action{{Kind: Crash, At: c.at, Zone: -1, Targets: []ServerID{1}}}
		res := Run(m, 1, 0, Options{Log: true})
		i := slices.IndexFunc(res.Log, func(e LogEntry) bool { return e.Event == "server crashed" })
		f := res.Log[i].Impact
		if rest := f.Pinned - f.Stateless - f.Lost - f.Unseen; rest > f.Pinned/4 || f.Unseen > f.Lost != c.want {
			t.Errorf("crash at %v: %+v", c.at, *f)
		}
		if warnedOf(res, "losses-unseen") != c.want {
			t.Errorf("crash at %v: warnings %v", c.at, res.Warnings)
		}
	}
}

// A crash strikes servers that are in the fleet; one of a server that has been replaced strikes none, and is warned of.
func TestACrashAfterADeployment(t *testing.T) {
	for _, c := range []struct {
		crash       Action
		dead, warns bool
	}{
		{Action{At: 50 * Second, Servers: 1}, true, false},
		{Action{At: 500 * Second, Servers: 1}, true, false},
		{Action{At: 500 * Second, Servers: 2, Rank: 1}, true, false},
		{Action{At: 500 * Second, Servers: 2, All: true}, true, false},
		{Action{At: 400 * Second, Servers: 1, Every: fixed(150)}, true, false},
		{Action{At: 500 * Second, Servers: 1, Zone: 1}, true, false},
		{Action{At: 500 * Second, Servers: 1, Zone: 2}, true, false},
		{Action{At: 500 * Second, Zone: 3}, false, true},
		{Action{At: 500 * Second, Targets: []ServerID{0}}, false, true},
	} {
		m := fleetModel(2, sessionsOf(1, 300, 5), 600)
		m.Template, m.MaxServers = m.Servers[0], 10
		m.Servers[0].Info.Zone, m.Servers[1].Info.Zone = 1, 2
		c.crash.Kind, c.crash.Repair = Crash, fixed(10)
		if c.crash.Zone == 0 {
			c.crash.Zone = -1
		}
		m.Timeline = []Action{
			{Kind: Deploy, At: 100 * Second, Strategy: Strategy{Kind: Rolling, MaxSurge: 2}},
			c.crash,
		}
		res := Run(m, 1, 0, Options{})
		crashed := figure(t, res, "server.crashes")
		want := 0.
		if c.dead {
			want = float64(c.crash.Servers)
		}
		if crashed != want || warnedOf(res, "strikes-none") != c.warns {
			t.Errorf("%+v: %g servers crash, want %g; warnings %v", c.crash, crashed, want, res.Warnings)
		}
	}
}
