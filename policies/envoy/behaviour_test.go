package envoy

import (
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

func TestRoundRobinTakesTurns(t *testing.T) {
	v := world(5, 8000)
	p := start(lookup[RoundRobin](t, "envoy/round-robin"), v)
	first := p.Pick(&sim.Request{}, v)
	for i := range 20 {
		if got, want := p.Pick(&sim.Request{}, v), (first+1+sim.ServerID(i))%5; got != want {
			t.Fatalf("turn %d: host %d, want %d", i, got, want)
		}
	}
}

func TestWeightedTurnsKeepProportionInEveryWindow(t *testing.T) {
	v := world(3, 8000, 5, 3, 1)
	p := start(lookup[RoundRobin](t, "envoy/round-robin"), v)
	counts := [3]int{}
	for range 9 * 50 {
		counts[p.Pick(&sim.Request{}, v)]++
	}
	for i, want := range [3]int{250, 150, 50} {
		if d := counts[i] - want; d < -1 || d > 1 {
			t.Errorf("host %d taken %d times, want %d ± 1", i, counts[i], want)
		}
	}
}

func TestLeastRequestPrefersIdle(t *testing.T) {
	v := world(2, 8000)
	v.InFlight[0] = 10
	p := start(lookup[LeastRequest](t, "envoy/least-request"), v)
	busy := 0
	for i := range 4000 {
		if p.Pick(&sim.Request{Draw: rng.Root(3).At(uint64(i))}, v) == 0 {
			busy++
		}
	}
	if busy < 900 || busy > 1100 { // both draws must hit the busy host: 1/4
		t.Errorf("busy host picked %d times of 4000, want about 1000", busy)
	}
	v = world(2, 8000, 3, 1)
	v.InFlight[0] = 5 // weight 3/6 against 1/1 from the second turn on
	p = start(lookup[LeastRequest](t, "envoy/least-request"), v)
	counts := [2]int{}
	for range 3000 {
		counts[p.Pick(&sim.Request{}, v)]++
	}
	if counts[0] < 998 || counts[0] > 1002 {
		t.Errorf("biased weights: host 0 taken %d times of 3000, want 1000", counts[0])
	}
}

// fail ends n attempts on s in failure.
func fail(p sim.Balancer, v *sim.View, s sim.ServerID, n int) {
	for range n {
		p.(sim.Watcher).Began(s, v)
		p.(sim.Watcher).Ended(s, sim.Unreachable, v)
	}
}

func used(p sim.Balancer, v *sim.View) map[sim.ServerID]bool {
	hosts := map[sim.ServerID]bool{}
	for i := range 200 {
		hosts[p.Pick(&sim.Request{Draw: rng.Root(5).At(uint64(i))}, v)] = true
	}
	return hosts
}

func TestOutlierEjection(t *testing.T) {
	c := lookup[Random](t, "envoy/random")
	c.OutlierDetection = true
	v := world(20, 8000) // 10 % of 20: two hosts may be out
	p := start(c, v)
	v.Now = 3 * sim.Second
	fail(p, v, 4, 4)
	p.(sim.Watcher).Ended(4, sim.Answered, v)
	fail(p, v, 4, 4)
	if !used(p, v)[4] {
		t.Fatal("ejected although an answer broke the row of failures")
	}
	fail(p, v, 4, 1)
	fail(p, v, 5, 5)
	fail(p, v, 6, 5)
	if u := used(p, v); u[4] || u[5] || !u[6] {
		t.Fatalf("want hosts 4 and 5 out and 6 kept by the 10 %% limit; used %v", u)
	}
	v.Now = 39 * sim.Second
	if used(p, v)[4] {
		t.Fatal("back before the first sweep after 30 s, at 40 s")
	}
	v.Now = 40 * sim.Second
	if !used(p, v)[4] {
		t.Fatal("not back at the sweep at 40 s")
	}
	fail(p, v, 4, 5) // again, with no clean sweep between: 60 s
	v.Now = 99 * sim.Second
	if used(p, v)[4] {
		t.Fatal("second ejection must last 60 s")
	}
	v.Now = 100 * sim.Second
	if !used(p, v)[4] {
		t.Fatal("not back after 60 s")
	}
	v.Now = 121 * sim.Second // two clean sweeps take two off: the next ejection is the first again
	fail(p, v, 4, 5)
	v.Now = 160 * sim.Second
	if !used(p, v)[4] {
		t.Fatal("clean sweeps must shorten the next ejection to 30 s")
	}
}

func TestTenHostsNineHosts(t *testing.T) {
	c := lookup[Random](t, "envoy/random")
	c.OutlierDetection = true
	for _, x := range []struct {
		n   int
		one bool
		out bool
	}{{10, false, true}, {9, false, false}, {9, true, true}} {
		c.AlwaysEjectOne = x.one
		v := world(x.n, 8000)
		p := start(c, v)
		fail(p, v, 2, 5)
		if out := !used(p, v)[2]; out != x.out {
			t.Errorf("%d hosts, always_eject_one_host %v: ejected %v, want %v", x.n, x.one, out, x.out)
		}
	}
}

func TestPanicUsesEjectedHostsAgain(t *testing.T) {
	c := lookup[Random](t, "envoy/random")
	c.OutlierDetection, c.MaxEjectionPercent = true, 1
	v := world(4, 8000)
	p := start(c, v)
	fail(p, v, 0, 5)
	fail(p, v, 1, 5)
	if u := used(p, v); u[0] || u[1] {
		t.Fatalf("50 %% healthy is no panic; used %v", u)
	}
	fail(p, v, 2, 5)
	if u := used(p, v); !u[0] || !u[1] || !u[2] {
		t.Fatalf("25 %% healthy: want all hosts, used %v", u)
	}
}

// Panic uses hosts that health checking holds down, in every policy, while fewer than half are healthy; not those that
// drain, and no host with a threshold of 0.
func TestPanicUsesHostsThatAreDown(t *testing.T) {
	v := world(5, 8000)
	policies := []sim.Balancer{
		start(lookup[RingHash](t, "envoy/ring-hash"), v), start(lookup[Maglev](t, "envoy/maglev"), v),
		start(lookup[RoundRobin](t, "envoy/round-robin"), v), start(lookup[LeastRequest](t, "envoy/least-request"), v),
		start(lookup[Random](t, "envoy/random"), v), start(lookup[StatefulSession](t, "envoy/stateful-session"), v),
	}
	never := lookup[Random](t, "envoy/random")
	never.PanicThreshold = 0
	calm := start(never, v)
	for _, x := range []struct {
		status [5]sim.Status
		want   int // hosts used, by all policies but calm
		calm   int
	}{
		{[5]sim.Status{sim.Down, sim.Down}, 3, 3},
		{[5]sim.Status{sim.Down, sim.Down, sim.Down}, 5, 2},
		{[5]sim.Status{sim.Down, sim.Down, sim.Down, sim.Draining}, 4, 1},
		{[5]sim.Status{sim.Down, sim.Down, sim.Down, sim.Down, sim.Down}, 5, 0},
		{[5]sim.Status{}, 5, 5},
	} {
		copy(v.Status, x.status[:])
		settle(v)
		for _, p := range append(policies, calm) {
			p.(sim.Rebuilder).Rebuild(v)
			hosts := used(p, v)
			delete(hosts, sim.NoServer)
			want := x.want
			if p == calm {
				want = x.calm
			}
			if len(hosts) != want || p.(sim.FailOpener).FailsOpen() != (p != calm) {
				t.Errorf("%T, statuses %v: %d hosts are used, want %d", p, x.status, len(hosts), want)
			}
		}
	}
}

func TestStatefulSession(t *testing.T) {
	v := world(5, 8000)
	c := lookup[StatefulSession](t, "envoy/stateful-session")
	c.TTL = sim.Minute
	p := start(c, v).(*statefulSession)
	q := &sim.Request{}
	s := p.Pick(q, v)
	p.Answered(q, s, v)
	if q.Why != sim.CookieMissing || q.SetCookie == 0 || q.CookieTTL != sim.Minute {
		t.Fatalf("first request: why %v, cookie %v, ttl %v", q.Why, q.SetCookie, q.CookieTTL)
	}
	cookie := q.SetCookie
	if text := p.FormatCookie(cookie, v); p.ParseCookie(text, v) != cookie || p.ParseCookie("x", v) == 0 {
		t.Fatalf("cookie %q does not read back", text)
	}
	for range 10 {
		q = &sim.Request{Cookie: cookie}
		if got := p.Pick(q, v); got != s {
			t.Fatalf("host %d, want %d", got, s)
		}
		if p.Answered(q, s, v); q.SetCookie != 0 {
			t.Fatal("an unchanged host is not set again")
		}
	}
	for _, x := range []struct {
		status sim.Status
		honor  bool
		strict bool
		stays  bool
		none   bool
	}{{sim.Down, false, false, false, false}, {sim.Draining, false, false, false, false}, {sim.Draining, true, false, true, false}, {sim.Down, false, true, false, true}} {
		c.HonorDraining, c.Strict = x.honor, x.strict
		v.Status[s] = x.status
		settle(v)
		p := start(c, v)
		got := p.Pick(&sim.Request{Cookie: cookie}, v)
		if (got == s) != x.stays || (got == sim.NoServer) != x.none {
			t.Errorf("%+v: host %d", x, got)
		}
	}
	if got := p.Pick(&sim.Request{Cookie: ^sim.Cookie(0)}, v); got < 0 {
		t.Error("a forged cookie must be balanced")
	}
}

func TestGeneratedCookieFollowsRing(t *testing.T) {
	v := world(5, 8000)
	c := lookup[RingHash](t, "envoy/ring-hash")
	c.HashKey = HashKey{Policy: "cookie", TTL: sim.Hour}
	p := start(c, v).(cookieRing)
	q := &sim.Request{Draw: 99}
	s := p.Pick(q, v)
	p.Answered(q, s, v)
	if q.SetCookie == 0 || q.CookieTTL != sim.Hour {
		t.Fatal("no cookie set")
	}
	again := &sim.Request{Cookie: q.SetCookie, Draw: 1}
	if got := p.Pick(again, v); got != s {
		t.Fatalf("cookie leads to host %d, want %d", got, s)
	}
	if p.Answered(again, s, v); again.SetCookie != 0 {
		t.Error("cookie set twice")
	}
	if text := p.FormatCookie(q.SetCookie, v); len(text) != 16 || p.ParseCookie(text, v) != q.SetCookie {
		t.Errorf("cookie %q does not read back", text)
	}
}

func TestEmptyClusterHasNoServer(t *testing.T) {
	v := world(3, 8000)
	v.Members = nil
	for i := range v.Status {
		v.Status[i] = sim.Removed
	}
	settle(v)
	for _, p := range []sim.Balancer{
		start(lookup[RingHash](t, "envoy/ring-hash"), v), start(lookup[Maglev](t, "envoy/maglev"), v),
		start(lookup[RoundRobin](t, "envoy/round-robin"), v), start(lookup[LeastRequest](t, "envoy/least-request"), v),
		start(lookup[Random](t, "envoy/random"), v), start(lookup[StatefulSession](t, "envoy/stateful-session"), v),
	} {
		if got := p.Pick(&sim.Request{Key: []byte("k")}, v); got != sim.NoServer {
			t.Errorf("%T: host %d, want none", p, got)
		}
	}
}
