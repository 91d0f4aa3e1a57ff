package haproxy

import (
	"fmt"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
)

func key(i int) replay.Key {
	return replay.Key{Text: fmt.Appendf(nil, "user-%d", i), Addr: sim.Addr4(uint32(i)*2654435761 + 7), Hash: uint64(i + 1)}
}

// counts sends n different clients and counts where they go.
func counts(r *replay.Router, n int) []int {
	got := make([]int, len(r.View().Servers))
	for i := range n {
		if s := r.Request(key(i)).Server; s >= 0 {
			got[s]++
		}
	}
	return got
}

// A server that comes back gets its weight step by step: measured on HAProxy, slowstart 5s, weight 100: 7 at 0.2 s,
// 44 at 1.3 s, 63 at 2.3 s, 82 at 3.4 s, 100 at 4.4 s.
func TestSlowStart(t *testing.T) {
	servers := fleet(2, func(int) int { return 100 })
	servers[0].Info.Options = map[string]string{"slowstart": "5s"}
	servers[0].Info.Limit = 50
	r := replay.New(RoundRobin{DefaultOptions()}, servers, 1)
	b := r.Balancer().(*backend)
	if b.srv[0].weight != 1600 {
		t.Errorf("weight %d/16 at the start, want 100: slow start is for servers that come back", b.srv[0].weight)
	}
	r.SetStatus(0, sim.Down)
	r.SetStatus(0, sim.Up)
	for _, c := range []struct {
		at     sim.Time
		weight int
	}{{200, 7}, {1300, 44}, {2300, 63}, {3400, 82}, {4400, 100}, {5100, 100}} {
		r.Advance(c.at * sim.Millisecond)
		r.Request(key(1))
		if got := (b.srv[0].weight + 15) / 16; got != c.weight {
			t.Errorf("after %d ms: weight %d, want %d", c.at, got, c.weight)
		}
	}
	if b.warmAt != sim.Never || b.limit(r.View(), 0) != 50 {
		t.Errorf("slow start does not end: next step %v, limit %d", b.warmAt, b.limit(r.View(), 0))
	}
}

// Requests bound to a full server wait for it, up to maxqueue; beyond, redispatch balances them, and without it they fail.
func TestMaxQueue(t *testing.T) {
	for _, c := range []struct {
		redispatch int
		third      int // status of the third request for the server: 0 = in flight elsewhere
	}{{0, 503}, {-1, 0}} {
		o := DefaultOptions()
		o.Redispatch = c.redispatch
		servers := fleet(2, func(int) int { return 1 })
		servers[0].Info = sim.ServerInfo{Name: "a", Cookie: "a", Weight: 1, Limit: 1, Options: map[string]string{"maxqueue": "1"}}
		cfg := Cookie{Options: o, Hashing: DefaultHashing(), Mode: "insert"}
		r := replay.New(cfg, servers, 1)
		r.Product("haproxy")
		var got []int
		for i := range 3 {
			a, err := r.Open(fmt.Sprint(i), replay.Key{Cookie: "a"})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, a.Status)
		}
		if want := []int{0, replay.Queued, c.third}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("redispatch %d: statuses %v, want %v", c.redispatch, got, want)
		}
		if _, arrived, err := r.Close("0"); err != nil || len(arrived) != 1 || arrived[0].ID != "1" || arrived[0].Server != 0 {
			t.Errorf("redispatch %d: %v, %v arrive, want request 1 at the first server", c.redispatch, arrived, err)
		}
	}
}

// A client that gives up is no longer in the queue's counts.
func TestGivingUpFreesTheQueue(t *testing.T) {
	servers := fleet(1, func(int) int { return 1 })
	servers[0].Info.Limit = 1
	servers[0].Info.Options = map[string]string{"maxqueue": "1"}
	r := replay.New(Source{DefaultOptions(), DefaultHashing()}, servers, 1)
	for i := range 100 {
		id := fmt.Sprint(i)
		if _, err := r.Open("held"+id, key(i)); err != nil {
			t.Fatal(err)
		}
		if a, err := r.Open("gone"+id, key(i)); err != nil || a.Status != replay.Queued {
			t.Fatalf("round %d: status %d, %v; want it to wait", i, a.Status, err)
		}
		for _, id := range []string{"gone" + id, "held" + id} {
			if _, _, err := r.Close(id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Which retries go to another server: the last with a plain option redispatch, every nth with a number.
func TestRedispatchIntervals(t *testing.T) {
	for _, c := range []struct{ retries, redispatch, tries int }{
		{3, 0, 4}, {3, -1, 4}, {3, 1, 2}, {3, 2, 3}, {3, 4, 4}, {0, -1, 1}, {5, -2, 5},
	} {
		o := DefaultOptions()
		o.Retries, o.Redispatch = c.retries, c.redispatch
		servers := fleet(3, func(int) int { return 1 })
		servers[0].Info.Cookie = "a"
		r := replay.New(Cookie{Options: o, Hashing: DefaultHashing(), Mode: "insert"}, servers, 1)
		r.SetDead(0, true)
		a := r.Request(replay.Key{Cookie: "a"})
		if len(a.Tried) != c.tries || (a.Status == 200) != (c.tries <= c.retries || c.redispatch == -1 && c.retries > 0) {
			t.Errorf("retries %d, redispatch %d: tried %v, status %d; want %d tries", c.retries, c.redispatch, a.Tried, a.Status, c.tries)
		}
		if want := sim.Time(c.tries-1) * sim.Second; r.View().Now != want && a.Status != 200 {
			t.Errorf("retries %d, redispatch %d: took %v, want %v", c.retries, c.redispatch, r.View().Now, want)
		}
	}
}

// Backups: the first one alone, or all with allbackups; and none while a server is up.
func TestBackups(t *testing.T) {
	for _, line := range []string{"roundrobin", "static-rr", "leastconn", "first", "random", "source", "hdr(X)"} {
		for _, all := range []bool{false, true} {
			o := DefaultOptions()
			o.AllBackups = all
			b, _ := ParseBalance(line)
			_, cfg := b.Config(o, Hashing{HashType: "consistent"})
			servers := fleet(4, func(int) int { return 10 })
			servers[1].Info.Backup, servers[2].Info.Backup, servers[3].Info.Backup = true, true, true
			r := replay.New(cfg, servers, 1)
			if got := counts(r, 200); got[0] != 200 {
				t.Errorf("%s: %v with a server up", line, got)
			}
			r.SetStatus(0, sim.Down)
			r.SetStatus(1, sim.Draining)
			got := counts(r, 200)
			shared := got[2] > 0 && got[3] > 0
			if got[2]+got[3] != 200 || shared != (all && line != "first") {
				t.Errorf("%s, allbackups %v: %v", line, all, got)
			}
			r.SetStatus(0, sim.Up)
			if got := counts(r, 200); got[0] != 200 {
				t.Errorf("%s: %v with the server up again", line, got)
			}
		}
	}
}

// Servers may share a cookie: the next one is meant when the first is down, and the first again when it is back.
func TestSharedCookie(t *testing.T) {
	servers := fleet(3, func(int) int { return 1 })
	servers[0].Info.Cookie, servers[2].Info.Cookie, servers[1].Info.Cookie = "x", "x", "y"
	r := replay.New(Cookie{Options: DefaultOptions(), Hashing: DefaultHashing(), Mode: "insert"}, servers, 1)
	for _, c := range []struct {
		first sim.Status
		want  sim.ServerID
	}{{sim.Up, 0}, {sim.Down, 2}, {sim.Draining, 0}} {
		r.SetStatus(0, c.first)
		if a := r.Request(replay.Key{Cookie: "x"}); a.Server != c.want || a.CookieText != "" {
			t.Errorf("status %d: server %d, cookie %q; want server %d and no new cookie", c.first, a.Server, a.CookieText, c.want)
		}
	}
}

// Cookies survive the way into text and back, dates included.
func TestCookieText(t *testing.T) {
	cfg := Cookie{Options: DefaultOptions(), Hashing: DefaultHashing(), Mode: "insert", MaxIdle: sim.Hour, MaxLife: 24 * sim.Hour, Clock: 1_795_228_064 * sim.Second}
	servers := fleet(3, func(int) int { return 1 })
	servers[0].Info.Cookie, servers[1].Info.Cookie = "a", "b"
	r := replay.New(cfg, servers, 1)
	lb := r.Balancer().(*cookies)
	for _, text := range []string{"a", "b", "a|awEBo", "b|awEBo|awEBh", "a|awE0a|awEBh"} {
		if got := lb.FormatCookie(lb.ParseCookie(text, r.View()), r.View()); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, text := range []string{"", "c", "|", "|awEBo", "a~", "\x00"} {
		if c := lb.ParseCookie(text, r.View()); c == 0 || lb.server(c) != sim.NoServer {
			t.Errorf("%q names server %d", text, lb.server(c))
		}
	}
	for text, why := range map[string]sim.Reason{"a|awEBo": sim.None, "a|awDBo": sim.CookieExpired, "a|awEBo|avEBo": sim.CookieExpired, "a|bwEBo": sim.CookieExpired, "c": sim.CookieRefused, "": sim.CookieMissing} {
		if a := r.Request(replay.Key{Cookie: text}); a.Why != why {
			t.Errorf("%q: reason %d, want %d", text, a.Why, why)
		}
	}
}

// A table never holds more than its size, and without purging keeps its oldest clients.
func TestTableIsBounded(t *testing.T) {
	for _, nopurge := range []bool{false, true} {
		cfg := StickTable{Options: DefaultOptions(), Hashing: DefaultHashing(), Key: "src", Size: policies.Bytes(10), NoPurge: nopurge}
		r := replay.New(cfg, fleet(3, func(int) int { return 1 }), 1)
		first := r.Request(key(0)).Server
		counts(r, 100)
		table := r.Balancer().(*sticking).table
		if n := table.entries.Len(); n != 10 {
			t.Errorf("nopurge %v: %d entries, want 10", nopurge, n)
		}
		client := key(0).Addr
		if known := table.entries.Find(0, uint64(client.V4())) >= 0; known != nopurge {
			t.Errorf("nopurge %v: the first client is known: %v (was at %d)", nopurge, known, first)
		}
	}
}

// Settings HAProxy refuses are refused, by name.
func TestValidate(t *testing.T) {
	for want, cfg := range map[string]policies.Validator{
		"hash_type":      Hashing{HashType: "ring"},
		"function":       Hashing{HashType: "consistent", Function: "md5"},
		"balance_factor": Random{Draws: 2, BalanceFactor: 99},
		"balance":        Cookie{Balance: "nonsense", Mode: "insert", Hashing: DefaultHashing()},
		"mode":           Cookie{Mode: "passive", Hashing: DefaultHashing()},
		"maxidle":        Cookie{Mode: "prefix", MaxIdle: 1, Hashing: DefaultHashing()},
		"key":            StickTable{Size: 1, Hashing: DefaultHashing()},
		"type":           StickTable{Size: 1, Key: "src", Type: "ether", Hashing: DefaultHashing()},
		"size":           StickTable{Key: "src", Hashing: DefaultHashing()},
	} {
		if err := cfg.Validate(); err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%+v: error %v, want %s: ...", cfg, err, want)
		}
	}
	for _, e := range policies.All() {
		if v, ok := e.Default.(policies.Validator); ok && e.Name[:3] == "hap" {
			if err := v.Validate(); err != nil {
				t.Errorf("%s: its defaults: %v", e.Name, err)
			}
		}
	}
}

func TestParseBalance(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "roundrobin",
		"random(3)":               "random",
		"uri len 5 depth 2 whole": "uri",
		"url_param k check_post":  "url_param",
		"hash req.hdr(X),lower":   "hash",
		"rdp-cookie(m)":           "hash",
	} {
		if b, err := ParseBalance(text); err != nil || b.Name != want {
			t.Errorf("%q: %+v, %v", text, b, err)
		}
	}
	for _, text := range []string{"nonsense", "random(0)", "random(x)", "random(2", "hdr", "hdr()", "uri len", "uri len 0", "uri x", "url_param", "hash", "source x"} {
		if b, err := ParseBalance(text); err == nil {
			t.Errorf("%q is taken for %+v", text, b)
		}
	}
}

// An instance that takes over with requests in flight, as after a restart, counts them until they end: otherwise the bound on
// the load would stay wrong by them.
func TestRequestsInFlightAtTheStart(t *testing.T) {
	r := replay.New(Hash{Options: DefaultOptions(), Hashing: Hashing{HashType: "consistent", BalanceFactor: 125}}, fleet(4, func(int) int { return 1 }), 1)
	for i := range 40 {
		if _, err := r.Open(fmt.Sprint(i), key(i)); err != nil {
			t.Fatal(err)
		}
	}
	b := Hash{Options: DefaultOptions(), Hashing: Hashing{HashType: "consistent", BalanceFactor: 125}}.New(sim.Env{Servers: len(r.View().Status)}).(*backend)
	v := *r.View()
	v.InFlight = append([]int32{}, v.InFlight...)
	b.Rebuild(&v)
	for s, n := range v.InFlight {
		for range n {
			v.InFlight[s]--
			b.Ended(sim.ServerID(s), sim.Answered, &v)
		}
	}
	if b.served != 0 {
		t.Errorf("%d requests in flight after the last one has ended", b.served)
	}
}
