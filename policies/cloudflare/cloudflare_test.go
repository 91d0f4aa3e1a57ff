package cloudflare

import (
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/sim"
)

func cookieWith(change func(*Cookie)) Cookie {
	e, _ := policies.Lookup("cloudflare/cookie")
	c := e.Default.(Cookie)
	change(&c)
	return c
}

func headerWith(change func(*Header)) Header {
	e, _ := policies.Lookup("cloudflare/header")
	c := e.Default.(Header)
	change(&c)
	return c
}

func TestBoundsOfTTL(t *testing.T) {
	for _, x := range []struct {
		config policies.Config
		wrong  string
	}{
		{cookieWith(func(c *Cookie) { c.TTL = 1800 * sim.Second }), ""},
		{cookieWith(func(c *Cookie) { c.TTL = 604800 * sim.Second }), ""},
		{cookieWith(func(c *Cookie) { c.TTL = 1799 * sim.Second }), "between 30m0s and 168h0m0s"},
		{cookieWith(func(c *Cookie) { c.TTL = 604801 * sim.Second }), "between 30m0s and 168h0m0s"},
		{IPCookie{Attributes{TTL: sim.Minute, Failover: Failover{"none"}}}, "between 30m0s and 168h0m0s"},
		{headerWith(func(c *Header) { c.TTL = 30 * sim.Second }), ""},
		{headerWith(func(c *Header) { c.TTL = 3600 * sim.Second }), ""},
		{headerWith(func(c *Header) { c.TTL = 29 * sim.Second }), "between 30s and 1h0m0s"},
		{headerWith(func(c *Header) { c.TTL = 3601 * sim.Second }), "between 30s and 1h0m0s"},
		{headerWith(func(c *Header) { c.Mode = "sticky" }), "not supported for session affinity by header"},
		{headerWith(func(c *Header) { c.Headers = nil }), "at least one header"},
	} {
		err := policies.Check(x.config)
		if x.wrong == "" && err != nil || x.wrong != "" && (err == nil || !strings.Contains(err.Error(), x.wrong)) {
			t.Errorf("%+v: error %v, want %q", x.config, err, x.wrong)
		}
	}
}

// The cookie is set once, for 23 hours, and not renewed.
func TestCookieLivesFromItsCreation(t *testing.T) {
	b := policytest.New(cookieWith(func(*Cookie) {}), 5, 1)
	q := b.Request(1, 0)
	home := b.Serve(q)
	if q.SetCookie == 0 || q.CookieTTL != 82_800*sim.Second {
		t.Fatalf("cookie %v for %v, want one for 23h", q.SetCookie, q.CookieTTL)
	}
	again := b.Request(1, 1)
	again.Cookie = q.SetCookie
	if s := b.Serve(again); s != home || again.SetCookie != 0 {
		t.Errorf("second request: endpoint %d after %d, cookie set %v", s, home, again.SetCookie)
	}
}

// A client without its cookie comes back to its endpoint only where its address chooses.
func TestAddressChoosesTheFirstEndpoint(t *testing.T) {
	ip, _ := policies.Lookup("cloudflare/ip_cookie")
	for name, x := range map[string]struct {
		config policies.Config
		stable bool
	}{"ip_cookie": {ip.Default, true}, "cookie": {cookieWith(func(*Cookie) {}), false}} {
		b := policytest.New(x.config, 10, 2)
		moved := 0
		for c := range sim.ClientID(200) {
			if b.Serve(b.Request(c, 0)) != b.Serve(b.Request(c, 1)) {
				moved++
			}
		}
		if x.stable && moved > 0 || !x.stable && moved < 150 {
			t.Errorf("%s: %d of 200 clients moved without their cookie", name, moved)
		}
	}
}

// The table of zero_downtime_failover: is the request tried elsewhere, which cookie does the client have then, and where does
// it go while the endpoint is known to be down and when it is back?
func TestFailover(t *testing.T) {
	for mode, want := range map[string]struct{ retries, moves, returns bool }{
		"none":      {retries: false, moves: true, returns: false}, // the cookie is replaced only once the monitor has noticed
		"temporary": {retries: true, moves: false, returns: true},
		"sticky":    {retries: true, moves: true, returns: false},
	} {
		b := policytest.New(cookieWith(func(c *Cookie) { c.Mode = mode }), 4, 3)
		var jar policytest.Jar
		q := b.Request(1, 0)
		home := b.Serve(q)
		jar.Keep(q)

		failed := b.Request(1, 1)
		jar.Present(failed)
		again, _ := b.Balancer.(sim.Retrier).Retry(failed, b.Pick(failed), sim.Unreachable, b.View)
		if again != want.retries {
			t.Errorf("%s: tried elsewhere %v", mode, again)
		}
		if again {
			failed.Attempt, failed.Tried = 1, []sim.ServerID{home}
			if s := b.Serve(failed); s == home || (failed.SetCookie != 0) != want.moves {
				t.Errorf("%s: the retry went to %d after %d, cookie replaced %v", mode, s, home, failed.SetCookie != 0)
			}
			if third, _ := b.Balancer.(sim.Retrier).Retry(failed, 0, sim.Unreachable, b.View); third {
				t.Errorf("%s: a third try", mode)
			}
		}
		if sent, _ := b.Balancer.(sim.Retrier).Retry(b.Request(2, 0), home, sim.Broken, b.View); sent {
			t.Errorf("%s: repeats what was sent", mode)
		}

		b.SetStatus(home, sim.Down)
		down := b.Request(1, 2)
		jar.Present(down)
		if s := b.Serve(down); s == home || s < 0 || down.Why != sim.ServerUnusable || (down.SetCookie != 0) != want.moves {
			t.Errorf("%s: while it is down: endpoint %d, why %v, cookie replaced %v", mode, s, down.Why, down.SetCookie != 0)
		}
		jar.Keep(down)
		b.SetStatus(home, sim.Up)
		back := b.Request(1, 3)
		jar.Present(back)
		if s := b.Serve(back); (s == home) != want.returns {
			t.Errorf("%s: when it is back: endpoint %d, was %d", mode, s, home)
		}
	}
}

// A disabled endpoint keeps its sessions for drain_duration, and gets no new ones.
func TestDrainDuration(t *testing.T) {
	for drain, kept := range map[sim.Time]int{0: 0, 100 * sim.Second: 2} {
		b := policytest.New(cookieWith(func(c *Cookie) { c.Drain = drain }), 3, 4)
		q := b.Request(1, 0)
		home := b.Serve(q)
		b.SetStatus(home, sim.Draining)
		got := 0
		for i, wait := range []sim.Time{0, 99 * sim.Second, sim.Second} {
			b.Pass(wait)
			again := b.Request(1, 1+i)
			again.Cookie = q.SetCookie
			if b.Pick(again) == home {
				got++
			}
			for c := range sim.ClientID(50) {
				if s := b.Pick(b.Request(100+c, 0)); s == home {
					t.Fatalf("drain %v: a new client got the disabled endpoint", drain)
				}
			}
		}
		if got != kept {
			t.Errorf("drain_duration %v: kept at %d of 0 s, 99 s and 100 s, want the first %d", drain, got, kept)
		}
	}
}

func headerRequest(b *policytest.Bench, key string, n int) *sim.Request {
	q := b.Request(1, n)
	q.Key = []byte(key)
	return q
}

func TestHeaderSessions(t *testing.T) {
	b := policytest.New(headerWith(func(*Header) {}), 50, 5)
	home := b.Serve(headerRequest(b, "alice", 0))
	for i := range 5 { // used every 29 minutes, it lives on
		b.Pass(29 * sim.Minute)
		if s := b.Serve(headerRequest(b, "alice", 1+i)); s != home {
			t.Fatalf("visit %d: endpoint %d, was %d", i, s, home)
		}
	}
	if s := b.Serve(headerRequest(b, "bob", 7)); s == home {
		t.Errorf("other values share the session")
	}
	b.Pass(30 * sim.Minute)
	q := headerRequest(b, "alice", 8)
	if s := b.Serve(q); s == home || q.Why != sim.TableExpired {
		t.Errorf("after 30 idle minutes: endpoint %d, was %d, why %v", s, home, q.Why)
	}
	none := headerRequest(b, "", 9)
	if b.Serve(none); none.Why != sim.NotSticky {
		t.Errorf("without the header: why %v, want no session", none.Why)
	}
}

// With a header that only a proxy writes, a request without it has a session unless all headers are required.
func TestRequireAllHeaders(t *testing.T) {
	for all, why := range map[bool]sim.Reason{false: sim.None, true: sim.NotSticky} {
		b := policytest.New(headerWith(func(c *Header) {
			c.Headers, c.RequireAll = []string{"x-session-id", "X-Forwarded-For"}, all
		}), 50, 6)
		var last *sim.Request
		for i := range 2 {
			last = headerRequest(b, "alice", i)
			last.Via = &sim.Via{Peer: last.Addr}
			b.Serve(last)
		}
		if last.Why != why {
			t.Errorf("require_all_headers %v: why %v, want %v", all, last.Why, why)
		}
	}
}

// A retry under temporary failover leaves the session where it was.
func TestHeaderFailoverIsTemporary(t *testing.T) {
	for mode, returns := range map[string]bool{"none": false, "temporary": true} {
		b := policytest.New(headerWith(func(c *Header) { c.Mode = mode }), 50, 7)
		home := b.Serve(headerRequest(b, "alice", 0))
		b.SetStatus(home, sim.Down)
		b.Serve(headerRequest(b, "alice", 1))
		b.SetStatus(home, sim.Up)
		if s := b.Serve(headerRequest(b, "alice", 2)); (s == home) != returns {
			t.Errorf("%s: endpoint %d when %d is back", mode, s, home)
		}
	}
}

// Draws are in proportion to weight / (1 + load); random looks at the weight alone.
func TestSteeringFollowsLoad(t *testing.T) {
	loads, weights := []int32{0, 1, 3}, []int{2, 4, 4}
	for name, want := range map[string][]float64{
		"random": {2, 4, 4}, "least_outstanding_requests": {2, 2, 1}, "least_connections": {2, 2, 1},
	} {
		e, _ := policies.Lookup("cloudflare/" + name)
		b := policytest.Build(e.Default, 8, []sim.ServerID{0, 1, 2}, weights)
		for s, n := range loads {
			b.SetLoad(sim.ServerID(s), n)
		}
		const draws = 20_000
		counts, sum := make([]float64, 3), 0.0
		for c := range sim.ClientID(draws) {
			counts[b.Pick(b.Request(c, 0))]++
		}
		for _, w := range want {
			sum += w
		}
		for s := range want {
			if got, share := counts[s]/draws, want[s]/sum; got < share-0.02 || got > share+0.02 { // 6 standard deviations
				t.Errorf("%s: endpoint %d has %.3f, want %.3f", name, s, got, share)
			}
		}
	}
}
