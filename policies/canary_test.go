package policies_test

import (
	"math"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

func canaryOf(share float64, by, sticky, inner string) policies.Canary {
	return policies.Canary{
		Servers: []string{"s2", "s5"}, Zone: -1, Assignment: policies.Assignment{Share: share, By: by},
		Sticky: sticky, Stable: policies.Named(inner), Canary: policies.Named(inner),
	}
}

// Canaries that have servers keep the contract whatever decides within the groups.
func TestCanariesKeepTheContract(t *testing.T) {
	for _, inner := range []string{"round-robin", "random", "least-connections", "cookie", "ip-hash", "stick-table", "rendezvous"} {
		for _, by := range []string{"session", "client", "request"} {
			e := policies.Entry{Name: "canary", Default: canaryOf(0.3, by, "both", inner), Doc: policies.Doc{Summary: "-", Source: "-", Key: policies.KeyCookie}}
			e.Doc.Claims.Sticky = by == "client" && (inner == "cookie" || inner == "rendezvous") || by == "session" && inner == "cookie"
			for _, v := range policytest.Check(e) {
				t.Errorf("%s by %s: %v", inner, by, v)
			}
		}
	}
}

// jar serves the n-th request of each of some clients, who keep their cookies, and returns the canary's part.
type jar []policytest.Jar

func (j jar) serve(t *testing.T, b *policytest.Bench, n int) float64 {
	t.Helper()
	caught := 0
	for c := range j {
		q := b.Request(sim.ClientID(c), n)
		j[c].Present(q)
		s := b.Serve(q)
		if s < 0 {
			t.Fatalf("client %d was sent nowhere", c)
		}
		if s == 1 || s == 4 {
			caught++
		}
		j[c].Keep(q)
	}
	return float64(caught) / float64(len(j))
}

// With k requests of each client the canary's part of request k is the share, or 1-(1-share)^k where only the canary
// holds on to its clients.
func TestShareOfTheCanary(t *testing.T) {
	const share, clients = 0.1, 20_000
	for _, c := range []struct{ by, sticky string }{{"session", "both"}, {"session", "canary"}, {"session", "none"}, {"request", "both"}, {"client", "both"}} {
		b := policytest.New(canaryOf(share, c.by, c.sticky, "round-robin"), 7, 41)
		j := make(jar, clients)
		for k := 1; k <= 12; k++ {
			want := share
			if c.sticky == "canary" {
				want = 1 - math.Pow(1-share, float64(k))
			}
			got := j.serve(t, b, k)
			if band := 5 * math.Sqrt(want*(1-want)/clients); math.Abs(got-want) > band {
				t.Errorf("%+v: request %d: the canary gets %.4f, want %.4f ± %.4f", c, k, got, want, band)
			}
		}
	}
}

// A larger share takes clients into the canary and sends none back, with marks as with hashes; a new instance, as after a
// change of policy, knows the marks of the old one.
func TestMoreCanary(t *testing.T) {
	for _, by := range []string{"session", "client"} {
		const clients = 2000
		j := make(jar, clients)
		before := make([]bool, clients)
		for step, share := range []float64{0.1, 0.3, 1} {
			b := policytest.New(canaryOf(share, by, "both", "cookie"), 7, 42)
			for c := range j {
				q := b.Request(sim.ClientID(c), step)
				j[c].Present(q)
				s := b.Serve(q)
				now := s == 1 || s == 4
				switch {
				case before[c] && !now:
					t.Fatalf("%s: at %v client %d left the canary", by, share, c)
				case by == "session" && step > 0 && now != before[c]:
					t.Fatalf("at %v the marked client %d moved", share, c)
				}
				before[c] = now
				j[c].Keep(q)
			}
		}
		if by == "client" && !before[0] {
			t.Error("with a share of 1 client 0 is not in the canary")
		}
	}
}

// A group without servers gives its clients to the other one, and a retry goes there when its group has failed.
func TestGroupsStandInForEachOther(t *testing.T) {
	b := policytest.New(canaryOf(1, "session", "both", "round-robin"), 7, 43)
	if s := b.Serve(b.Request(1, 0)); s != 1 && s != 4 {
		t.Fatalf("with a share of 1, server %d was picked", s)
	}
	q := b.Request(2, 0)
	q.Attempt, q.Tried = 1, []sim.ServerID{1}
	if s := b.Pick(q); s != 4 {
		t.Errorf("a retry went to server %d, want the other canary, 4", s)
	}
	q.Attempt, q.Tried = 2, []sim.ServerID{1, 4}
	if s := b.Pick(q); s == 1 || s == 4 || s < 0 {
		t.Errorf("after both canaries have failed, server %d was picked", s)
	}
	b.SetStatus(1, sim.Down)
	b.SetStatus(4, sim.Draining)
	if s := b.Pick(b.Request(3, 0)); s == 1 || s == 4 || s < 0 {
		t.Errorf("with no canary up, server %d was picked", s)
	}
	for _, s := range []sim.ServerID{0, 2, 3, 5, 6} {
		b.SetStatus(s, sim.Down)
	}
	b.SetStatus(4, sim.Up)
	if s := b.Pick(b.Request(4, 0)); s != 4 {
		t.Errorf("the last server up is 4, %d was picked", s)
	}
}

// The group can be a failure zone.
func TestCanaryZone(t *testing.T) {
	c := canaryOf(1, "client", "both", "random")
	c.Servers, c.Zone = nil, 2
	b := policytest.New(c, 5, 44)
	b.View.Servers[3].Zone = 2
	b.Changed()
	if s := b.Pick(b.Request(1, 0)); s != 3 {
		t.Errorf("server %d was picked, want 3, the only one in zone 2", s)
	}
}

func TestCanaryValidates(t *testing.T) {
	for _, c := range []struct {
		config policies.Config
		want   string
	}{
		{canaryOf(0.1, "session", "both", "roundrobin"), "stable: must be any policy but canary, split, weighted, got \"roundrobin\"\ncanary: must be any policy but canary, split, weighted, got \"roundrobin\""},
		{policies.Split{A: policies.Named("cookie"), B: policies.Named("canary"), Assignment: policies.Assignment{By: "session"}}, "b: must be any policy but canary, split, weighted, got \"canary\""},
		{canaryOf(1.5, "session", "both", "random"), "share: must be at most 1, got 1.5"},
		{canaryOf(0.5, "cookie", "both", "random"), "by: must be one of session, client, request, got \"cookie\""},
		{policies.Canary{Servers: []string{""}, Stable: policies.Named("random"), Canary: policies.Named("random"), Assignment: policies.Assignment{By: "client"}, Sticky: "none"}, "servers: a name must not be empty"},
	} {
		if err := policies.Check(c.config); err == nil || err.Error() != c.want {
			t.Errorf("Check(%+v) = %v, want %s", c.config, err, c.want)
		}
	}
}
