package sim

import (
	"math"
	"testing"
	"unsafe"
)

// byMark sends clients to the server that their mark says, and marks those who have none at random.
type byMark struct{}

func (byMark) Pick(q *Request, _ *View) ServerID {
	if q.Mark == 0 && q.SetMark == 0 {
		q.SetMark = 1 + uint8(q.Draw.IntN(2))
	}
	return ServerID(max(q.Mark, q.SetMark) - 1)
}

// A mark is a cookie: those who have a jar keep it, until it goes missing; made-up cookies come without one, and replayed
// ones with that of the client they were overheard from.
func TestMarksAreCookies(t *testing.T) {
	for _, c := range []struct {
		name      string
		change    func(*Population)
		hit, most float64 // share of requests that meet their client's last server, and that go to the busiest
	}{
		{"kept", func(*Population) {}, 1, .5},
		{"no jar", func(p *Population) { p.Cookies = 0 }, .5, .5},
		{"half a jar", func(p *Population) { p.Cookies = .5 }, .75, .5},
		{"goes missing", func(p *Population) { p.CookieLoss = .4 }, .8, .5},
		{"made up", func(p *Population) { p.Forgers = 1 }, .5, .5},
		{"replayed", func(p *Population) { p.Forgers, p.Forgery = 1, Replayed }, 1, 1},
	} {
		p := sessionsOf(20, 100, 5)
		p.Stateful = false
		c.change(&p)
		m := fleetModel(2, p, 400)
		m.Warmup = 20 * Second
		m.NewPolicy = func(Env) Balancer { return byMark{} }
		res := Run(m, 1, 0, Options{})
		if got := figure(t, res, "affinity.hit"); math.Abs(got-c.hit) > .02 {
			t.Errorf("%s: %.3f of the requests meet their client's server; want %.2f", c.name, got, c.hit)
		}
		if got := figure(t, res, "server.requests.peak_to_mean") / 2; math.Abs(got-c.most) > .06 {
			t.Errorf("%s: %.3f of the requests go to the busiest server; want %.2f", c.name, got, c.most)
		}
	}
}

// lastingMark gives marks with a lifetime, with every answer or once.
type lastingMark struct {
	byMark
	ttl     Time
	sliding bool
}

func (p lastingMark) Answered(q *Request, s ServerID, _ *View) {
	q.SetMark = 0
	if q.Mark == 0 || p.sliding {
		q.SetMark, q.MarkTTL = uint8(s)+1, p.ttl
	}
}

// A mark with a lifetime is there until that is over: from the first answer, or from the last one. Requests are 10 s apart.
func TestMarksHaveALifetime(t *testing.T) {
	for _, c := range []struct {
		what string
		p    lastingMark
		hit  float64
	}{
		{"a day", lastingMark{ttl: 24 * Hour}, 1},
		{"9 s", lastingMark{ttl: 9 * Second}, .5},
		{"15 s, renewed", lastingMark{ttl: 15 * Second, sliding: true}, 1},
		{"15 s, which each second request outlives", lastingMark{ttl: 15 * Second}, .75},
	} {
		p := sessionsOf(20, 100, 5)
		p.Stateful, p.Think = false, fixed(10)
		m := fleetModel(2, p, 4000)
		m.Warmup = 20 * Second
		m.NewPolicy = func(Env) Balancer { return c.p }
		if got := figure(t, Run(m, 1, 0, Options{}), "affinity.hit"); math.Abs(got-c.hit) > .02 {
			t.Errorf("%s: %.3f of the requests meet their client's server; want %.2f", c.what, got, c.hit)
		}
	}
}

// Two clients fill a cache line, so that none lies across two.
func TestSizeOfAClient(t *testing.T) {
	if got := unsafe.Sizeof(client{}); got != 32 {
		t.Errorf("a client takes %d bytes; want 32", got)
	}
}
