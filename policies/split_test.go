package policies_test

import (
	"math"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

// Splits keep the contract whatever policies they are made of.
func TestSplitsKeepTheContract(t *testing.T) {
	for _, pair := range [][2]string{{"cookie", "two-choices"}, {"ip-hash", "cookie"}, {"stick-table", "least-connections"}, {"cookie", "rendezvous"}} {
		for _, by := range []string{"session", "client", "request"} {
			c := policies.Split{A: policies.Named(pair[0]), B: policies.Named(pair[1]), Assignment: policies.Assignment{Share: 0.4, By: by}}
			e := policies.Entry{Name: "split", Default: c, Doc: policies.Doc{Summary: "-", Source: "-", Key: policies.KeyCookie}}
			for _, v := range policytest.Check(e) {
				t.Errorf("%v by %s: %v", pair, by, v)
			}
		}
	}
}

// Of w clients without stickiness over n servers, w(1-1/n) come to another server each time they return.
func TestSplitBreaksInProportion(t *testing.T) {
	const clients, n = 20_000, 5
	for _, by := range []string{"session", "client"} {
		for _, w := range []float64{0, 0.05, 0.5, 1} {
			b := policytest.New(policies.Split{A: policies.Named("cookie"), B: policies.Named("random"), Assignment: policies.Assignment{Share: w, By: by}}, n, 51)
			jars := make([]policytest.Jar, clients)
			homes := make([]sim.ServerID, clients)
			broken := 0
			for visit := range 3 {
				broken = 0
				for c := range jars {
					q := b.Request(sim.ClientID(c), visit)
					jars[c].Present(q)
					s := b.Serve(q)
					if s != homes[c] {
						broken++
					}
					homes[c] = s
					jars[c].Keep(q)
				}
			}
			want := w * (1 - 1.0/n)
			got := float64(broken) / clients
			if band := 5*math.Sqrt(want*(1-want)/clients) + 1e-9; math.Abs(got-want) > band {
				t.Errorf("by %s, %v without stickiness: %.4f of the returns go elsewhere, want %.4f ± %.4f", by, w, got, want, band)
			}
		}
	}
}

// Cookies outlive the change from cookie to split and back: clients meet their servers at every step of a migration.
func TestCookiesOutliveTheMigration(t *testing.T) {
	split := func(w float64) policies.Config {
		return policies.Split{A: policies.Named("cookie"), B: policies.Named("random"), Assignment: policies.Assignment{Share: w, By: "session"}}
	}
	cookie, _ := policies.Lookup("cookie")
	const clients = 500
	jars := make([]policytest.Jar, clients)
	homes := make([]sim.ServerID, clients)
	for step, c := range []policies.Config{cookie.Default, split(0), split(0), cookie.Default} {
		b := policytest.New(c, 7, 52)
		for i := range jars {
			b.View.Now += sim.Second
			q := b.Request(sim.ClientID(i), step)
			jars[i].Present(q)
			s := b.Serve(q)
			if step > 0 && s != homes[i] {
				t.Fatalf("step %d: client %d went from server %d to %d", step, i, homes[i], s)
			}
			homes[i] = s
			jars[i].Keep(q)
		}
	}
}
