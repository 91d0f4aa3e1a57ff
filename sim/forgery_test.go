package sim

import (
	"math"
	"testing"
)

// Of five servers, a client whose cookie names no server is sent anywhere, every time; one that replays another client's cookie,
// or sends its key, is sent to that client's server; one that makes up a key for every request is sent anywhere.
func TestForgedIdentities(t *testing.T) {
	cookies := func(Env) Balancer { return &cookieOrWait{} }
	for _, c := range []struct {
		name      string
		policy    func(Env) Balancer
		forge     func(*Population)
		hit, most float64 // share of requests that meet their client's last server, and that go to the busiest
	}{
		{"own cookie", cookies, func(*Population) {}, 1, .2},
		{"made up", cookies, func(p *Population) { p.Forgers = 1 }, .2, .2},
		{"half made up", cookies, func(p *Population) { p.Forgers = .5 }, .6, .2},
		{"replayed", cookies, func(p *Population) { p.Forgers, p.Forgery = 1, Replayed }, 1, 1},
		{"own key", stickyPolicy, func(*Population) {}, 1, .2},
		{"one key", stickyPolicy, func(p *Population) { p.Keys = 1 }, 1, 1},
		{"random keys", stickyPolicy, func(p *Population) { p.Keys = -1 }, .2, .2},
	} {
		p := sessionsOf(20, 100, 5)
		p.Stateful = false
		c.forge(&p)
		m := fleetModel(5, p, 400)
		m.Warmup = 20 * Second
		m.NewPolicy = c.policy
		res := Run(m, 1, 0, Options{})
		if got := figure(t, res, "affinity.hit"); math.Abs(got-c.hit) > .02 {
			t.Errorf("%s: %.3f of the requests meet their client's server; want %.2f", c.name, got, c.hit)
		}
		if got := figure(t, res, "server.requests.peak_to_mean") / 5; math.Abs(got-c.most) > .03 {
			t.Errorf("%s: %.3f of the requests go to the busiest server; want %.2f", c.name, got, c.most)
		}
	}
}

// A replayed cookie outlives its server: while that is down its bearers go anywhere, and then all come back.
func TestCookieOfADeadServer(t *testing.T) {
	p := sessionsOf(20, 100, 5)
	p.Forgers, p.Forgery = 1, Replayed
	m := fleetModel(4, p, 300)
	m.NewPolicy = func(Env) Balancer { return &cookieOrWait{} }
	m.Grid = 10 * Second
	whole := Run(m, 1, 0, Options{})
	victim := ServerID(0)
	for s := range whole.Servers {
		if whole.Servers[s].Requests > whole.Servers[victim].Requests {
			victim = ServerID(s)
		}
	}
	m.Timeline = []Action{{Kind: Crash, At: 100 * Second, Targets: []ServerID{victim}, Repair: fixed(100), Zone: -1}}
	res := Run(m, 1, 0, Options{})
	share := func(from, to int) float64 {
		all, its := 0.0, 0.0
		for s := range res.Servers {
			for _, n := range res.Series.OfServer(RequestsSeries, ServerID(s))[from:to] {
				all += float64(n)
				if ServerID(s) == victim {
					its += float64(n)
				}
			}
		}
		return its / all
	}
	for _, c := range []struct {
		from, to int
		want     float64
	}{{1, 10, 1}, {10, 20, 0}, {20, 30, 1}} {
		if got := share(c.from, c.to); math.Abs(got-c.want) > .01 {
			t.Errorf("between %d and %d s the server of the cookie has %.3f of the requests; want %g", c.from*10, c.to*10, got, c.want)
		}
	}
	if got := figure(t, res, "affinity.broken{cause=server-unusable}"); got == 0 {
		t.Error("no request was turned away from the dead server")
	}
}
