package aws

import (
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

func world(n int) *sim.View {
	v := &sim.View{Servers: make([]sim.ServerInfo, n), Status: make([]sim.Status, n), InFlight: make([]int32, n)}
	for i := range n {
		v.Members = append(v.Members, sim.ServerID(i))
		v.Eligible = append(v.Eligible, sim.ServerID(i))
		v.Weight = append(v.Weight, 1)
	}
	return v
}

func TestCookieLifetimes(t *testing.T) {
	v := world(3)
	for name, want := range map[string]struct {
		ttl       sim.Time
		refreshed bool
	}{
		"aws-alb/lb-cookie": {day, true}, "aws-alb/app-cookie": {day, false}, "aws-elb/classic-cookie": {0, false},
	} {
		e, _ := policies.Lookup(name)
		p := e.Default.New(sim.Env{Rand: rng.Root(1), Servers: 3})
		p.(sim.Rebuilder).Rebuild(v)
		q := &sim.Request{}
		s := p.Pick(q, v)
		p.(sim.Binder).Answered(q, s, v)
		again := &sim.Request{Cookie: q.SetCookie}
		got := p.Pick(again, v)
		p.(sim.Binder).Answered(again, got, v)
		if q.CookieTTL != want.ttl || got != s || (again.SetCookie != 0) != want.refreshed {
			t.Errorf("%s: ttl %v, server %d after %d, refreshed %v", name, q.CookieTTL, got, s, again.SetCookie != 0)
		}
	}
}

// TestSourceIPMovesOnAnyChange: of eight targets one becomes unhealthy; a hash modulo the number of healthy targets
// keeps a client with probability 1/8 and so moves 7/8 of them, though only 1/8 had to.
func TestSourceIPMovesOnAnyChange(t *testing.T) {
	v := world(8)
	p := SourceIP{}.New(sim.Env{})
	const clients = 8000
	var before [clients]sim.ServerID
	for i := range before {
		before[i] = p.Pick(&sim.Request{Addr: sim.Addr4(uint32(i))}, v)
	}
	v.Eligible = v.Eligible[:7]
	moved := 0
	for i, s := range before {
		if p.Pick(&sim.Request{Addr: sim.Addr4(uint32(i))}, v) != s {
			moved++
		}
	}
	if share := float64(moved) / clients; share < 0.85 || share > 0.9 {
		t.Errorf("%.3f of the clients moved, want 0.875", share)
	}
}

func TestDurationsAreChecked(t *testing.T) {
	for _, d := range []sim.Time{0, 8 * day} {
		if (LBCookie{Duration: d}).Validate() == nil || (AppCookie{Duration: d}).Validate() == nil {
			t.Errorf("a duration of %v must be refused", d)
		}
	}
	if err := (LBCookie{Duration: 7 * day}).Validate(); err != nil {
		t.Error(err)
	}
}

// While all targets are unhealthy, an Application Load Balancer uses those that are registered, and clients stay with theirs.
func TestApplicationLoadBalancersFailOpen(t *testing.T) {
	for _, e := range policies.All() {
		if !strings.HasPrefix(e.Name, "aws-alb/") {
			continue
		}
		v := world(4)
		p := e.Default.New(sim.Env{Rand: rng.Root(1), Servers: 4})
		set := func(status ...sim.Status) {
			v.Eligible = v.Eligible[:0]
			for s, x := range status {
				if v.Status[s] = x; x == sim.Up {
					v.Eligible = append(v.Eligible, sim.ServerID(s))
				}
			}
			if b, ok := p.(sim.Rebuilder); ok {
				b.Rebuild(v)
			}
		}
		used := func(cookie sim.Cookie) int {
			seen := map[sim.ServerID]bool{}
			for i := range 200 {
				seen[p.Pick(&sim.Request{Cookie: cookie, Draw: rng.Root(2).At(uint64(i))}, v)] = true
			}
			delete(seen, sim.NoServer)
			return len(seen)
		}
		if f, ok := p.(sim.FailOpener); !ok || !f.FailsOpen() {
			t.Errorf("%s does not fail open", e.Name)
		}
		set(sim.Down, sim.Down, sim.Draining, sim.Down)
		if got := used(0); got != 3 {
			t.Errorf("%s: all targets are unhealthy or draining: %d are used, want the 3 unhealthy ones", e.Name, got)
		}
		if got := used(1 + 3); e.Doc.Key == policies.KeyCookie && got != 1 {
			t.Errorf("%s: a client with a cookie meets %d targets", e.Name, got)
		}
		if set(sim.Down, sim.Down, sim.Up, sim.Down); used(0) != 1 {
			t.Errorf("%s: one target is healthy: %d are used", e.Name, used(0))
		}
	}
}
