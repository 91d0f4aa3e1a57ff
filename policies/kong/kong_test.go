package kong

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

type recorded struct {
	Addr   string
	Weight int
	Down   bool
}

func world(targets []recorded) *sim.View {
	v := &sim.View{}
	for i, n := range targets {
		s := sim.ServerID(i)
		status := sim.Up
		if n.Down {
			status = sim.Down
		}
		v.Servers = append(v.Servers, sim.ServerInfo{Name: n.Addr, Addr: n.Addr, Weight: n.Weight})
		v.Members, v.Status, v.Weight = append(v.Members, s), append(v.Status, status), append(v.Weight, float64(n.Weight))
		if status == sim.Up && n.Weight > 0 {
			v.Eligible = append(v.Eligible, s)
		}
	}
	return v
}

func fleet(n int) []recorded {
	all := make([]recorded, n)
	for i := range all {
		all[i] = recorded{Addr: fmt.Sprintf("10.0.%d.%d:8080", i/250, i%250+1), Weight: 1}
	}
	return all
}

func start(t *testing.T, c ConsistentHashing, v *sim.View) *consistentHashing {
	t.Helper()
	if err := policies.Check(c); err != nil {
		t.Fatal(err)
	}
	b := c.New(sim.Env{Rand: rng.Root(1), Servers: len(v.Servers)})
	p, ok := b.(*consistentHashing)
	if !ok {
		p = b.(cookieHashing).consistentHashing
	}
	p.Rebuild(v)
	return p
}

func config(on string) ConsistentHashing {
	return ConsistentHashing{HashOn: on, Header: "X-User", Fallback: "none", Slots: 10_000, Retries: 5}
}

// Every key goes where Kong sends it, also in a second attempt (testdata/README.md).
func TestKeysGoWhereKongSendsThem(t *testing.T) {
	data, err := os.ReadFile("testdata/consistent_hashing.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Slots, Used int
		Targets     []recorded
		Picks       [][2]string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for i, x := range cases {
		v := world(x.Targets)
		c := config("header")
		c.Slots = x.Slots
		p := start(t, c, v)
		used := 0
		for _, s := range p.wheel {
			if s != sim.NoServer {
				used++
			}
		}
		if used != x.Used || (c.Fits(v.Servers) == nil) != (x.Used > 0) {
			t.Errorf("case %d: %d slots are used, want %d; fits: %v", i, used, x.Used, c.Fits(v.Servers))
		}
		for _, pick := range x.Picks {
			for attempt := range 2 {
				q := &sim.Request{Key: []byte(pick[0]), Attempt: attempt}
				s, got := p.Pick(q, v), ""
				if s >= 0 {
					got = x.Targets[s].Addr
				}
				if got != pick[1] {
					t.Fatalf("case %d, key %q, attempt %d: %q, want %q", i, pick[0], attempt, got, pick[1])
				}
			}
		}
	}
}

// 61 equal targets fit the default ring, 62 do not: Kong's own code gives up there, and at 6 of 1000 and 410 of 65536 slots.
func TestRingsThatAreTooSmall(t *testing.T) {
	for slots, first := range map[int]int{1000: 6, 10_000: 62, 65_536: 410} {
		c := config("ip")
		c.Slots = slots
		for n, fits := range map[int]bool{first - 1: true, first: false} {
			if err := c.Fits(world(fleet(n)).Servers); (err == nil) != fits {
				t.Errorf("%d slots, %d targets: %v", slots, n, err)
			}
		}
	}
}

// The search ends one slot before it has gone all the way around.
func TestSearchLeavesOutOneSlot(t *testing.T) {
	v := world(fleet(2))
	p := start(t, config("header"), v)
	v.Status[1] = sim.Down
	p.Rebuild(v)
	only := -1
	for i, s := range p.wheel {
		switch {
		case s != 0:
		case only < 0:
			only = i
		default:
			p.wheel[i] = sim.NoServer
		}
	}
	p.nearest = nearest(p.nearest[:0], p.wheel, v)
	none := 0
	for i := range 100_000 {
		q := &sim.Request{Key: fmt.Append(nil, i)}
		if s := p.Pick(q, v); s == sim.NoServer {
			none++
			if p.slot(q) != only-1 {
				t.Fatalf("key %d, slot %d: no target, though slot %d has one", i, p.slot(q), only)
			}
		}
	}
	if none == 0 {
		t.Error("no key met the slot before the only one")
	}
}

func TestFallbacks(t *testing.T) {
	v := world(fleet(5))
	byIP := start(t, config("ip"), v)
	c := config("header")
	c.Fallback = "ip"
	p := start(t, c, v)
	empty := start(t, config("header"), v)
	targets := map[sim.ServerID]bool{}
	for i := range uint32(40) {
		q := &sim.Request{Addr: sim.Addr4(0xcb007100 + i)}
		if got, want := p.Pick(q, v), byIP.Pick(q, v); got != want {
			t.Errorf("address %d goes to %d, want %d", i, got, want)
		}
		targets[empty.Pick(q, v)] = true
	}
	if len(targets) != 1 {
		t.Errorf("requests without key and fallback go to %d targets, want 1", len(targets))
	}
}

// The cookie is a UUID that Kong hashes like any text, and that it sets once.
func TestCookies(t *testing.T) {
	v := world(fleet(5))
	p, byText := cookieHashing{start(t, config("cookie"), v)}, start(t, config("query_arg"), v)
	for i := range uint64(200) {
		q := &sim.Request{Draw: rng.Root(3).At(i)}
		first := p.Pick(q, v)
		if p.Answered(q, first, v); q.SetCookie == 0 || q.CookieTTL != 0 || q.Why != sim.CookieMissing {
			t.Fatalf("a client without a cookie gets one for its session: %+v", q)
		}
		text := p.FormatCookie(q.SetCookie, v)
		if len(text) != 36 || text[14] != '4' || p.ParseCookie(text, v) != q.SetCookie {
			t.Fatalf("cookie %s", text)
		}
		again := &sim.Request{Cookie: q.SetCookie}
		if s := p.Pick(again, v); s != first || s != byText.Pick(&sim.Request{Key: []byte(text)}, v) {
			t.Fatalf("cookie %s goes to %d, then to %d", text, first, s)
		}
		if p.Answered(again, first, v); again.SetCookie != 0 {
			t.Fatal("a client with a cookie gets no other")
		}
	}
	for _, text := range []string{"", "x", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"} {
		if s, want := p.Pick(&sim.Request{Cookie: p.ParseCookie(text, v)}, v), byText.Pick(&sim.Request{Key: []byte(text)}, v); s != want {
			t.Errorf("cookie %q goes to %d, want %d", text, s, want)
		}
	}
}

func TestThreshold(t *testing.T) {
	v := world(fleet(4))
	c := config("ip")
	c.Threshold = 50
	p := start(t, c, v)
	for down, want := range []bool{true, true, false} {
		for s := range down {
			v.Status[s] = sim.Down
		}
		p.Rebuild(v)
		if got := p.Pick(&sim.Request{}, v) >= 0; got != want {
			t.Errorf("%d of 4 targets down, threshold 50 %%: served %v", down, got)
		}
	}
}

func TestTargetTexts(t *testing.T) {
	for addr, want := range map[string]target{
		"10.0.0.1:80":       {host: "10.0.0.1", port: "80"},
		"[2001:db8::7]:443": {host: "[2001:0db8:0000:0000:0000:0000:0000:0007]", port: "443"},
		"web.internal:8000": {host: "web.internal", port: "8000"},
		"web":               {host: "web"},
	} {
		if got := newTarget(0, &sim.ServerInfo{Addr: addr}, 0); got != want {
			t.Errorf("%s: %+v", addr, got)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	v := world(fleet(50))
	p := config("header").New(sim.Env{Servers: 50}).(*consistentHashing)
	p.Rebuild(v)
	q := &sim.Request{Key: []byte("9b7aab5abee0be0b")}
	for b.Loop() {
		q.Key[0]++
		p.Pick(q, v)
	}
}
