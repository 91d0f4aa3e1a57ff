package caddy_test

import (
	"fmt"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/caddy"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// world is n equal upstreams, all up.
func world(n int) *sim.View {
	v := &sim.View{}
	for i := range n {
		s := sim.ServerID(i)
		addr := fmt.Sprintf("10.0.%d.%d:3000", i/100, i%100+11)
		v.Servers = append(v.Servers, sim.ServerInfo{Name: addr, Addr: addr, Weight: 1})
		v.Members, v.Eligible = append(v.Members, s), append(v.Eligible, s)
		v.Status, v.InFlight = append(v.Status, sim.Up), append(v.InFlight, 0)
		v.Weight, v.Sessions = append(v.Weight, 1), append(v.Sessions, 0)
	}
	return v
}

func start(c policies.Config, v *sim.View) sim.Balancer {
	b := c.New(sim.Env{Rand: rng.Root(1), Servers: len(v.Servers)})
	b.(sim.Rebuilder).Rebuild(v)
	return b
}

func lookup[T policies.Config](t testing.TB, name string) T {
	e, ok := policies.Lookup(name)
	if !ok {
		t.Fatalf("%s is not registered", name)
	}
	return e.Default.(T)
}

// With loads 5 and 3 Caddy takes the less loaded of two; old versions, which kept the first as a candidate, took the
// busier one half of the times that the sample had both: every second one.
func TestRandomChooseTakesTheLeastLoaded(t *testing.T) {
	for _, x := range []struct {
		version  string
		low, top int
	}{{"new", 0, 0}, {"old", 2300, 2700}} {
		c := lookup[caddy.RandomChoose](t, "caddy/random_choose")
		c.Version = x.version
		v := world(2)
		v.InFlight[0], v.InFlight[1] = 5, 3
		b, busy := start(c, v), 0
		for i := range 10_000 {
			if b.Pick(&sim.Request{Draw: rng.Root(7).At(uint64(i))}, v) == 0 {
				busy++
			}
		}
		if busy < x.low || busy > x.top {
			t.Errorf("%s: the busier upstream taken %d times of 10000; want %d to %d", x.version, busy, x.low, x.top)
		}
	}
}

// Algorithm R leaves the first upstream in the first place of the sample with probability 2/7, the second one never
// comes there, and of idle ones the first place wins.
func TestRandomChooseWithoutLoadFavoursTheFirst(t *testing.T) {
	v := world(7)
	b := start(lookup[caddy.RandomChoose](t, "caddy/random_choose"), v)
	counts := make([]int, 7)
	for i := range 7000 {
		counts[b.Pick(&sim.Request{Draw: rng.Root(8).At(uint64(i))}, v)]++
	}
	if counts[0] < 1850 || counts[0] > 2150 || counts[1] != 0 { // 2000 ± 4 sigma
		t.Errorf("counts %v; want about 2000 for the first, none for the second, 1000 for the others", counts)
	}
}

func TestLeastConnBreaksTiesEvenly(t *testing.T) {
	v := world(4)
	v.InFlight = []int32{2, 1, 1, 1}
	b := start(lookup[caddy.LeastConn](t, "caddy/least_conn"), v)
	counts := make([]int, 4)
	for i := range 9000 {
		counts[b.Pick(&sim.Request{Draw: rng.Root(9).At(uint64(i))}, v)]++
	}
	for i, n := range counts {
		if want := 3000; i == 0 && n > 0 || i > 0 && (n < want-180 || n > want+180) { // 4 sigma
			t.Errorf("upstream %d taken %d times; want none of the busiest and about %d of the others", i, n, want)
		}
	}
}

func TestFailuresCountWithinTheWindow(t *testing.T) {
	c := lookup[caddy.First](t, "caddy/first")
	c.FailDuration, c.MaxFails = 10*sim.Second, 3
	v := world(2)
	b := start(c, v)
	w := b.(sim.Watcher)
	for _, step := range []struct {
		at   sim.Time
		fail bool
		want sim.ServerID
	}{
		{1, true, 0}, {2, true, 0}, {8, true, 1}, {10, false, 1}, {11, false, 0}, {11, true, 1}, {12, false, 0}, {30, false, 0},
	} {
		v.Now = step.at * sim.Second
		if step.fail {
			w.Ended(0, sim.Unreachable, v)
		}
		if got := b.Pick(&sim.Request{}, v); got != step.want {
			t.Errorf("at %v: upstream %d, want %d", v.Now, got, step.want)
		}
	}
}

func TestRetriesEndWithTimeOrNumber(t *testing.T) {
	c := lookup[caddy.First](t, "caddy/first")
	v := world(2)
	retry := func(p caddy.Proxy, attempt int, passed sim.Time) (bool, sim.Time) {
		c.Proxy = p
		b := start(c, v)
		v.Now = sim.Minute
		q := &sim.Request{Attempt: attempt, Began: v.Now}
		b.Pick(q, v)
		v.Now += passed
		return b.(sim.Retrier).Retry(q, 0, sim.Unreachable, v)
	}
	for _, x := range []struct {
		name    string
		proxy   caddy.Proxy
		attempt int
		passed  sim.Time
		again   bool
		after   sim.Time
	}{
		{"off", caddy.Proxy{MaxFails: 1}, 0, 0, false, 0},
		{"within duration", caddy.Proxy{MaxFails: 1, TryDuration: sim.Second}, 5, 999 * sim.Millisecond, true, 250 * sim.Millisecond},
		{"duration over", caddy.Proxy{MaxFails: 1, TryDuration: sim.Second}, 0, sim.Second, false, 0},
		{"by number", caddy.Proxy{MaxFails: 1, Retries: 2}, 1, sim.Hour, true, 0},
		{"number reached", caddy.Proxy{MaxFails: 1, Retries: 2, TryDuration: sim.Second}, 2, 0, false, 0},
	} {
		if again, after := retry(x.proxy, x.attempt, x.passed); again != x.again || after != x.after {
			t.Errorf("%s: Retry = %v, %v; want %v, %v", x.name, again, after, x.again, x.after)
		}
	}
}

func TestFullUpstreamsMakeRequestsWaitOnlyWithTimeToTry(t *testing.T) {
	c := lookup[caddy.First](t, "caddy/first")
	v := world(1)
	v.Servers[0].Limit, v.InFlight[0] = 1, 1
	if got := start(c, v).Pick(&sim.Request{}, v); got != sim.NoServer {
		t.Errorf("without lb_try_duration: %d, want NoServer", got)
	}
	c.TryDuration = sim.Second
	b, q := start(c, v), &sim.Request{}
	if got := b.Pick(q, v); got != sim.Wait {
		t.Errorf("with lb_try_duration: %d, want Wait", got)
	}
	v.Now = sim.Second
	if got := b.Pick(q, v); got != sim.NoServer {
		t.Errorf("after lb_try_duration: %d, want NoServer", got)
	}
}

func TestAbsentKeysFallBack(t *testing.T) {
	v := world(5)
	c := lookup[caddy.Header](t, "caddy/header")
	c.Fallback = "first"
	b := start(c, v)
	for i := range 20 {
		q := &sim.Request{Addr: sim.Addr4(uint32(i)), Draw: rng.Root(1).At(uint64(i))}
		if got := b.Pick(q, v); got != 0 || q.Why != sim.NotSticky {
			t.Fatalf("no header: upstream %d (%v), want 0 by fallback first", got, q.Why)
		}
	}
}

func TestCookieTextRoundTrip(t *testing.T) {
	v := world(3)
	c := lookup[caddy.Cookie](t, "caddy/cookie")
	c.Secret, c.MaxAge = "s", sim.Hour
	b := start(c, v)
	text := b.(sim.CookieText)
	q := &sim.Request{Draw: rng.Root(2)}
	s := b.Pick(q, v)
	if q.SetCookie == 0 || q.CookieTTL != sim.Hour || q.Why != sim.CookieMissing {
		t.Fatalf("first request: %+v", q)
	}
	value := text.FormatCookie(q.SetCookie, v)
	if len(value) != 64 || text.ParseCookie(value, v) != q.SetCookie {
		t.Errorf("cookie %q does not come back as %v", value, q.SetCookie)
	}
	again := &sim.Request{Cookie: q.SetCookie, Draw: rng.Root(3)}
	if got := b.Pick(again, v); got != s || again.SetCookie != 0 || again.Why != sim.None {
		t.Errorf("with cookie: upstream %d (want %d), %+v", got, s, again)
	}
	forged := &sim.Request{Cookie: text.ParseCookie(value[:63]+"x", v), Draw: rng.Root(3)}
	if b.Pick(forged, v); forged.Why != sim.CookieRefused || forged.SetCookie == 0 {
		t.Errorf("forged cookie: %+v", forged)
	}
}

func TestPicksDoNotAllocate(t *testing.T) {
	v := world(20)
	for _, e := range policies.All() {
		if !strings.HasPrefix(e.Name, "caddy/") {
			continue
		}
		b := start(e.Default, v)
		q := &sim.Request{Key: []byte("user-12345"), Addr: sim.Addr4(12345), Draw: rng.Root(4)}
		if n := testing.AllocsPerRun(100, func() { b.Pick(q, v) }); n != 0 {
			t.Errorf("%s: %v allocations per pick", e.Name, n)
		}
	}
}

func BenchmarkRendezvous(b *testing.B) {
	v := world(100)
	for _, version := range []string{"new", "old"} {
		c := lookup[caddy.Header](b, "caddy/header")
		c.Version = version
		p := start(c, v)
		b.Run("version="+version+"/servers=100", func(b *testing.B) {
			q := &sim.Request{Key: []byte("9b7aab5abee0be0b64e0e46cbb303634")}
			for b.Loop() {
				q.Key[0]++
				p.Pick(q, v)
			}
		})
	}
}
