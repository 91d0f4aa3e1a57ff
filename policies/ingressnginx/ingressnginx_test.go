package ingressnginx

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

func world(n int) *sim.View {
	v := &sim.View{Status: make([]sim.Status, n), InFlight: make([]int32, n)}
	for i := range n {
		v.Servers = append(v.Servers, sim.ServerInfo{Name: fmt.Sprint("pod", i), Addr: fmt.Sprintf("10.42.0.%d:8080", i+5)})
		v.Members = append(v.Members, sim.ServerID(i))
		v.Weight = append(v.Weight, 1)
	}
	return settle(v)
}

func settle(v *sim.View) *sim.View {
	v.Eligible = v.Eligible[:0]
	for _, s := range v.Members {
		if v.Status[s] == sim.Up {
			v.Eligible = append(v.Eligible, s)
		}
	}
	return v
}

func start(c policies.Config, v *sim.View) sim.Balancer {
	b := c.New(sim.Env{Rand: rng.Root(7), Servers: len(v.Servers)})
	if r, ok := b.(sim.Rebuilder); ok {
		r.Rebuild(v)
	}
	return b
}

func TestBalancedCookieMovesNewPodsShare(t *testing.T) {
	v := world(6)
	v.Status[4], v.Status[5] = sim.Down, sim.Down
	p := start(Cookie{Mode: "balanced"}, settle(v)).(*cookie)
	const clients = 4000
	var cookies [clients]sim.Cookie
	var before [clients]sim.ServerID
	for i := range cookies {
		q := &sim.Request{Draw: rng.Root(1).At(uint64(i))}
		before[i] = p.Pick(q, v)
		p.Answered(q, before[i], v)
		cookies[i] = q.SetCookie
		if cookies[i] == 0 || q.Why != sim.CookieMissing {
			t.Fatal("a new client gets a cookie")
		}
	}
	v.Status[4], v.Status[5] = sim.Up, sim.Up
	p.Rebuild(settle(v))
	moved := 0
	for i, c := range cookies {
		q := &sim.Request{Cookie: c}
		if s := p.Pick(q, v); s != before[i] {
			moved++
			if s < 4 {
				t.Fatalf("client %d moved from %d to %d, an old pod", i, before[i], s)
			}
		}
		if p.Answered(q, 0, v); q.SetCookie != 0 {
			t.Fatal("a balanced cookie is never rewritten while pods answer")
		}
	}
	if share := float64(moved) / clients; share < 0.26 || share > 0.41 { // (6-4)/6, ring of 160 points per pod
		t.Errorf("%.3f of the clients moved, want about 1/3", share)
	}
}

func TestPersistentCookieStaysAndNeverReturns(t *testing.T) {
	v := world(4)
	p := start(Cookie{Mode: "persistent", TTL: sim.Hour}, v).(*cookie)
	q := &sim.Request{Draw: 5}
	s := p.Pick(q, v)
	p.Answered(q, s, v)
	if q.CookieTTL != sim.Hour {
		t.Error("max-age is lost")
	}
	first := q.SetCookie
	for draw := range 20 {
		if got := p.Pick(&sim.Request{Cookie: first, Draw: rng.Root(uint64(draw))}, v); got != s {
			t.Fatalf("pod %d, want %d", got, s)
		}
	}
	v.Status[s] = sim.Draining // a terminating pod is no endpoint any more
	settle(v)
	q = &sim.Request{Cookie: first, Draw: 6}
	next := p.Pick(q, v)
	p.Answered(q, next, v)
	if next == s || q.SetCookie == 0 || q.Why != sim.ServerUnusable {
		t.Fatalf("pod %d, cookie %v, why %v", next, q.SetCookie, q.Why)
	}
	v.Status[s] = sim.Up
	settle(v)
	if got := p.Pick(&sim.Request{Cookie: q.SetCookie}, v); got != next {
		t.Errorf("went back to pod %d, want %d", got, next)
	}
}

// A pod that terminates, and one that replaces it: who moves when it goes, when the new one comes, and when it is back?
func TestPodThatTerminates(t *testing.T) {
	for mode, want := range map[string]struct{ othersMove, joins, returns bool }{
		"balanced":   {othersMove: false, joins: true, returns: true},
		"persistent": {othersMove: false, joins: false, returns: false},
	} {
		v := world(6)
		v.Status[5] = sim.Down
		p := start(Cookie{Mode: mode}, settle(v)).(*cookie)
		const clients = 600
		var cookies [clients]sim.Cookie
		ask := func(draw uint64) (homes [clients]sim.ServerID) {
			for i := range homes {
				q := &sim.Request{Cookie: cookies[i], Draw: rng.Root(uint64(draw)).At(uint64(i))}
				homes[i] = p.Pick(q, v)
				if p.Answered(q, homes[i], v); q.SetCookie != 0 {
					cookies[i] = q.SetCookie
				}
			}
			return homes
		}
		first := ask(1)
		v.Status[2] = sim.Draining
		p.Rebuild(settle(v))
		without := ask(2)
		v.Status[5] = sim.Up
		p.Rebuild(settle(v))
		joined := ask(3)
		v.Status[2] = sim.Up
		p.Rebuild(settle(v))
		back := ask(4)
		others, joins, returns := 0, 0, 0
		for i := range first {
			if without[i] == 2 {
				t.Fatalf("%s: client %d stays with the pod that terminates", mode, i)
			}
			if first[i] != 2 && without[i] != first[i] {
				others++
			}
			if joined[i] == 5 {
				joins++
			}
			if first[i] == 2 && back[i] == 2 {
				returns++
			}
		}
		if (others > 0) != want.othersMove || (joins > 0) != want.joins || (returns > 0) != want.returns {
			t.Errorf("%s: %d others moved, %d went to the new pod, %d returned", mode, others, joins, returns)
		}
	}
}

func TestFailureChangesCookieOnlyIfTold(t *testing.T) {
	for _, mode := range []string{"balanced", "persistent"} {
		v := world(5)
		for _, change := range []bool{false, true} {
			p := start(Cookie{Mode: mode, ChangeOnFailure: change}, v).(*cookie)
			q := &sim.Request{Draw: 3}
			s := p.Pick(q, v)
			p.Answered(q, s, v)
			again := &sim.Request{Cookie: q.SetCookie, Attempt: 1, Tried: []sim.ServerID{s}, Draw: 8}
			got := p.Pick(again, v)
			p.Answered(again, got, v)
			if (got == s) == change || (again.SetCookie != 0) != change {
				t.Errorf("%s, change_on_failure %v: pod %d after %d, cookie %v", mode, change, got, s, again.SetCookie)
			}
		}
		p := start(Cookie{Mode: mode}, v).(*cookie)
		if again, after := p.Retry(&sim.Request{Attempt: 1}, 0, sim.Unreachable, v); !again || after != 0 {
			t.Error("the second retry is missing")
		}
		if again, _ := p.Retry(&sim.Request{Attempt: 2}, 0, sim.Unreachable, v); again {
			t.Error("a request is sent three times in all")
		}
	}
}

func TestCookieTextReadsBack(t *testing.T) {
	v := world(3)
	for _, mode := range []string{"balanced", "persistent"} {
		p := start(Cookie{Mode: mode, Backend: "default-web-80"}, v).(*cookie)
		text := p.FormatCookie(2, v)
		if p.ParseCookie(text, v) != 2 {
			t.Errorf("%s: %q does not read back", mode, text)
		}
		if c := p.ParseCookie("1712345678.123.45.6789|abc", v); c == 0 {
			t.Error("a foreign cookie must not be none")
		} else if s := p.Pick(&sim.Request{Cookie: c}, v); s < 0 {
			t.Error("a foreign cookie must be served")
		}
	}
}

func TestHashByKeys(t *testing.T) {
	v := world(8)
	p := start(HashBy{Key: "text", SubsetSize: 3}, v)
	pods := map[sim.ServerID]bool{}
	for range 10 {
		pods[p.Pick(&sim.Request{}, v)] = true
	}
	if len(pods) != 1 {
		t.Error("requests without the variable all go to one pod")
	}
	a, b := sim.Addr4(0x0a010203), &sim.Request{Key: []byte("10.1.2.3")}
	if start(HashBy{Key: "remote_addr"}, v).Pick(&sim.Request{Addr: a}, v) != p.Pick(b, v) {
		t.Error("$remote_addr is hashed as text")
	}
	raw := &sim.Request{Key: []byte{10, 1, 2, 3}}
	if start(HashBy{Key: "binary_remote_addr"}, v).Pick(&sim.Request{Addr: a}, v) != p.Pick(raw, v) {
		t.Error("$binary_remote_addr is hashed as 4 bytes")
	}
}

func TestSubsetKeepsKeysInGroups(t *testing.T) {
	v := world(7) // groups 0-2, 3-5, and 6 with 0 and 1
	p := start(HashBy{Key: "text", Subset: true, SubsetSize: 3}, v)
	groups := [][]sim.ServerID{{0, 1, 2}, {3, 4, 5}, {0, 1, 6}}
	seen := [3]bool{}
	for key := range 60 {
		var pods []sim.ServerID
		for draw := range 200 {
			s := p.Pick(&sim.Request{Key: []byte(fmt.Sprint(key)), Draw: rng.Root(2).At(uint64(draw))}, v)
			if !slices.Contains(pods, s) {
				pods = append(pods, s)
			}
		}
		slices.Sort(pods)
		g := slices.IndexFunc(groups, func(g []sim.ServerID) bool { return slices.Equal(g, pods) })
		if g < 0 {
			t.Fatalf("key %d reaches pods %v", key, pods)
		}
		seen[g] = true
	}
	if seen != [3]bool{true, true, true} {
		t.Errorf("groups reached: %v", seen)
	}
}

func TestPicksDoNotAllocate(t *testing.T) {
	v := world(100)
	for _, e := range own() {
		p := start(e.Default, v)
		var q sim.Request
		key := []byte("abc")
		for _, c := range []sim.Cookie{0, 7} {
			if n := testing.AllocsPerRun(100, func() {
				q = sim.Request{Cookie: c, Key: key, Addr: q.Addr}
				p.Pick(&q, v)
			}); n > 0 {
				t.Errorf("%s: %v allocations per pick", e.Name, n)
			}
		}
	}
}

// own lists the policies of this package.
func own() []policies.Entry {
	return slices.DeleteFunc(policies.All(), func(e policies.Entry) bool { return !strings.HasPrefix(e.Name, "ingress-nginx/") })
}
