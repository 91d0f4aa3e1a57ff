package sim

import (
	"math"
	"testing"
)

// A token of 900 s that is renewed at its expiry is accepted for another 450 s on average after an independent revocation;
// with a denylist that is fetched every 30 s and in force 2 s later, for 17 s.
func TestRevokedTokens(t *testing.T) {
	p := Population{Name: "p", Sessions: poisson{.2}, Life: exp(20000), Think: exp(20), Demand: fixed(.0001), Cookies: 1, Stateful: true, OnLoss: Leave}
	for _, c := range []struct {
		poll, delay Time
		want, band  float64
	}{{0, 0, 450, 45}, {30 * Second, 2 * Second, 17, 1.5}} {
		m := fleetModel(1, p, 20000)
		m.Equilibrium = false
		m.State = Placement{Kind: Token, TTL: 900 * Second, Refresh: fixed(0), Revoke: exp(4000), Poll: c.poll, PollDelay: c.delay}
		res := Run(m, 1, 0, Options{})
		if got := figure(t, res, "token.exposure.mean"); math.Abs(got-c.want) > c.band {
			t.Errorf("polled every %v: exposure %g s; want %g ± %g", c.poll, got, c.want, c.band)
		}
		if lost := figure(t, res, "sessions.lost{cause=token}"); lost < 300 {
			t.Errorf("polled every %v: %g sessions lost to revocation", c.poll, lost)
		}
	}
}

// A token is exposed whether or not its session asks again: those of sessions that are over after two minutes, too.
func TestTokensOutliveSessions(t *testing.T) {
	m := fleetModel(1, Population{Name: "p", Sessions: poisson{2}, Requests: fixed(1), Demand: fixed(.0001), Cookies: 1, Stateful: true}, 20000)
	m.State = Placement{Kind: Token, TTL: 900 * Second, Refresh: fixed(0), Revoke: exp(4000)}
	res := Run(m, 1, 0, Options{})
	want := 900 - (4000 - 900/math.Expm1(.225)) // of those revoked before they expire
	near(t, "exposure", figure(t, res, "token.exposure.mean"), want, .03*want)
	onList := 2 * (1 - math.Exp(-.225)) * want
	near(t, "denylist", figure(t, res, "token.denylist.mean"), onList, .05*onList)
}

// The rest of the state is lost with an outage that empties the store, even if the session's next requests do not need it:
// each of 50 users loses it once, and the line about the outage says so.
func TestRestIsLostWithTheStore(t *testing.T) {
	m := fleetModel(2, Population{Name: "p", Users: 50, Think: exp(5), Demand: fixed(.001), Cookies: 1, Stateful: true}, 600)
	m.State = Placement{Kind: Token, Rest: .2, Store: StoreStation{Calls: 1, Queue: -1}}
	m.Timeline = []Action{{Kind: StoreOutage, At: 300 * Second, Repair: fixed(0)}}
	res := Run(m, 1, 0, Options{Log: true})
	if lost := figure(t, res, "sessions.lost{cause=store-outage}"); lost != 50 {
		t.Errorf("%g sessions are lost; want each of 50 once", lost)
	}
	for _, e := range res.Log {
		if e.Event == "store down" && e.Impact.Lost != 50 {
			t.Errorf("the line about the outage has %d sessions lost", e.Impact.Lost)
		}
	}
}
