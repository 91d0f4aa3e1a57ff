package nginx

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/policytest"
	"stickysim/policies/replay"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// fleet makes n servers of the given weights, repeated.
func fleet(n int, weights ...int) []replay.Server {
	var list []replay.Server
	for i := range n {
		w := 1
		if len(weights) > 0 {
			w = weights[i%len(weights)]
		}
		addr := fmt.Sprintf("10.0.%d.%d:8080", i/250, i%250+1)
		list = append(list, replay.Server{Info: sim.ServerInfo{Name: fmt.Sprintf("s%d", i+1), Addr: addr, Weight: w}})
	}
	return list
}

func key(n int) replay.Key {
	text := fmt.Sprintf("user-%d", n)
	return replay.Key{Addr: sim.Addr4(uint32(n) * 2654435761), Text: []byte(text), Hash: rng.Root(1).At(uint64(n)).Uint64()}
}

// all are the policies with the parameters that make a difference.
var all = map[string]policies.Config{
	"round_robin":     RoundRobin{Retrying: DefaultRetrying()},
	"least_conn":      LeastConn{Retrying: DefaultRetrying()},
	"random":          Random{Retrying: DefaultRetrying()},
	"random two":      Random{Two: true, Retrying: DefaultRetrying()},
	"ip_hash":         IPHash{Retrying: DefaultRetrying()},
	"hash":            Hash{Retrying: DefaultRetrying()},
	"hash consistent": Hash{Consistent: true, Retrying: DefaultRetrying()},
	"hash binary":     Hash{BinaryAddress: true, Retrying: DefaultRetrying()},
	"sticky_cookie":   StickyCookie{Balance: "round_robin", Retrying: DefaultRetrying()},
	"sticky_route":    StickyRoute{Issued: true, Balance: "least_conn", Retrying: DefaultRetrying()},
	"sticky_learn":    defaultLearn,
}

func TestEveryServerFailsOverToTheLastOne(t *testing.T) {
	for name, cfg := range all {
		for dead := range 5 {
			r := replay.New(cfg, fleet(5, 1, 3), 1)
			for i := range 5 {
				r.SetDead(sim.ServerID(i), i != dead)
			}
			for n := range 50 {
				if a := r.Request(key(n)); a.Server != sim.ServerID(dead) {
					t.Fatalf("%s: request %d got %d (tried %v), want %d", name, n, a.Server, a.Tried, dead)
				}
			}
		}
	}
}

func TestUnusableServersAreNeverPicked(t *testing.T) {
	for name, cfg := range all {
		r := replay.New(cfg, fleet(6, 2, 1), 1)
		r.SetStatus(0, sim.Down)
		r.SetStatus(3, sim.Draining)
		for n := range 300 {
			if a := r.Request(key(n)); a.Server == 0 || a.Server == 3 || a.Server < 0 {
				t.Fatalf("%s: got %d", name, a.Server)
			}
		}
		for i := range 6 {
			r.SetStatus(sim.ServerID(i), sim.Down)
		}
		if a := r.Request(key(1)); a.Server != sim.NoServer {
			t.Errorf("%s: got %d with all servers down", name, a.Server)
		}
	}
}

func TestFailureWindow(t *testing.T) {
	servers := fleet(2)
	servers[0].Info.Options = map[string]string{"max_fails": "2", "fail_timeout": "3s"}
	r := replay.New(RoundRobin{Retrying: DefaultRetrying()}, servers, 1)
	r.Advance(100 * sim.Second)
	r.SetDead(0, true)
	touched := func() (n int) {
		for range 6 {
			if a := r.Request(key(1)); len(a.Tried) == 2 {
				n++
			}
		}
		return n
	}
	if n := touched(); n != 2 {
		t.Errorf("%d attempts on the dead server, want max_fails=2", n)
	}
	r.Advance(103*sim.Second + 999*sim.Millisecond)
	if n := touched(); n != 0 {
		t.Errorf("%d attempts within fail_timeout", n)
	}
	r.Advance(104 * sim.Second)
	if n := touched(); n != 1 {
		t.Errorf("%d trials after fail_timeout, want 1", n)
	}
	r.SetDead(0, false)
	r.Advance(108 * sim.Second)
	got := 0
	for range 10 {
		if r.Request(key(1)).Server == 0 {
			got++
		}
	}
	if got < 4 {
		t.Errorf("%d of 10 requests after recovery", got)
	}
}

func TestRetryLimits(t *testing.T) {
	for _, c := range []struct {
		cfg  policies.Config
		want int
	}{{RoundRobin{Retrying: DefaultRetrying()}, 4}, {RoundRobin{Retrying: Retrying{NextUpstream: true, On: "error", Tries: 2}}, 2}, {RoundRobin{}, 1}} {
		r := replay.New(c.cfg, fleet(4), 1)
		for i := range 4 {
			r.SetDead(sim.ServerID(i), true)
		}
		if a := r.Request(key(1)); len(a.Tried) != c.want || a.Server != sim.NoServer {
			t.Errorf("%+v: tried %v, want %d servers", c.cfg, a.Tried, c.want)
		}
	}
}

// One server is neither retried nor taken out, whatever its failures.
func TestSingleServerIsNeverGivenUp(t *testing.T) {
	for name, cfg := range all {
		r := replay.New(cfg, fleet(1), 1)
		r.SetDead(0, true)
		for range 3 {
			if a := r.Request(key(1)); len(a.Tried) != 1 {
				t.Fatalf("%s: tried %v", name, a.Tried)
			}
		}
		r.SetDead(0, false)
		if a := r.Request(key(1)); a.Server != 0 {
			t.Errorf("%s: got %d after recovery", name, a.Server)
		}
	}
}

func TestDownMovesOnlyItsOwnClients(t *testing.T) {
	for _, name := range []string{"ip_hash", "hash", "hash consistent", "hash binary"} {
		r := replay.New(all[name], fleet(7, 1, 2, 4), 1)
		before := map[int]sim.ServerID{}
		for n := range 2000 {
			before[n] = r.Request(key(n)).Server
		}
		r.SetStatus(2, sim.Down)
		for n := range 2000 {
			if s := r.Request(key(n)).Server; before[n] != 2 && s != before[n] {
				t.Fatalf("%s: key %d moved from %d to %d", name, n, before[n], s)
			}
		}
	}
}

func TestCookieText(t *testing.T) {
	servers := fleet(2)
	servers[1].Info.Options = map[string]string{"route": "blue"}
	r := replay.New(StickyCookie{Balance: "round_robin", Retrying: DefaultRetrying()}, servers, 1)
	a, b := r.Request(replay.Key{Hash: 1}), r.Request(replay.Key{Hash: 2})
	// echo -n 10.0.0.1:8080 | md5sum
	if a.CookieText != "05ef642f508b1e5b76612ddbd5f89a4c" || b.CookieText != "blue" {
		t.Errorf("cookies %q, %q", a.CookieText, b.CookieText)
	}
	for range 5 {
		if got := r.Request(replay.Key{Hash: 9, Cookie: "blue"}); got.Server != 1 || got.CookieText != "blue" || got.Why != sim.None {
			t.Errorf("got %+v", got)
		}
	}
	if got := r.Request(replay.Key{Hash: 9, Cookie: "forged"}); got.Why != sim.CookieRefused {
		t.Errorf("forged cookie: %v", got.Why)
	}
	r.SetStatus(1, sim.Draining)
	if got := r.Request(replay.Key{Hash: 9, Cookie: "blue"}); got.Server != 1 {
		t.Error("drain turned a bound client away")
	}
	r.SetStatus(1, sim.Down)
	if got := r.Request(replay.Key{Hash: 9, Cookie: "blue"}); got.Server != 0 || got.Why != sim.ServerUnusable {
		t.Errorf("got %+v", got)
	}
}

func TestSessionTable(t *testing.T) {
	s := newSessions(3, 10*sim.Second, false)
	sid := func(key uint64, now sim.Time) uint64 {
		if i := s.find(0, key, now); i >= 0 {
			return s.all[i].sid
		}
		return 0
	}
	bind := func(list uint8, key, sid uint64, now sim.Time) {
		s.bind(s.find(0, key, now), list, 0, key, sid, 1, now)
	}
	for i := uint64(1); i <= 4; i++ {
		bind(learned, i, 100+i, sim.Time(i)*sim.Second)
	}
	if !s.full(learned) || sid(1, 4*sim.Second) != 0 || sid(2, 4*sim.Second) != 102 {
		t.Error("a full table must drop the oldest session")
	}
	bind(learned, 2, 200, 5*sim.Second)
	bind(learned, 5, 105, 6*sim.Second)
	if sid(3, 6*sim.Second) != 0 || sid(2, 6*sim.Second) != 200 {
		t.Error("a refreshed session is not the oldest")
	}
	bind(unlearned, 6, 106, 7*sim.Second)
	if sid(2, 7*sim.Second) != 200 || sid(6, 7*sim.Second) != 106 {
		t.Error("what a client sends that is not known drops no session")
	}
	bind(learned, 6, 206, 8*sim.Second)
	if sid(4, 8*sim.Second) != 0 || sid(6, 8*sim.Second) != 206 || s.lists[unlearned].count != 0 {
		t.Error("a session that is learned must drop the oldest one")
	}
	if sid(2, 15*sim.Second-sim.Millisecond) != 200 || sid(2, 15*sim.Second) != 0 {
		t.Error("a session ends after the timeout, to the millisecond")
	}
	if sid(6, 18*sim.Second); s.lists[learned].count+s.lists[unlearned].count != 0 {
		t.Errorf("%d sessions left", s.lists[learned].count+s.lists[unlearned].count)
	}
	if n := zoneSessions(1 << 20); n < 3900 || n > 4100 {
		t.Errorf("1 MiB holds %d sessions, nginx documents about 4000", n)
	}
}

// A table whose clients have keys of their own is the same without a search by key, though clients come and go, and others get their
// slots.
func TestSessionTablesAgree(t *testing.T) {
	const clients, limit, steps = 40, 25, 40000
	shared, own := newSessions(limit, 3*sim.Second, false), newSessions(limit, 3*sim.Second, true)
	keys := make([]uint64, clients)
	known, dropped := 0, 0
	for step := range uint64(steps) {
		d := rng.Root(11).At(step)
		c, now := sim.ClientID(d.At(0).IntN(clients)), sim.Time(step)*20*sim.Millisecond
		if keys[c] == 0 || d.At(1).IntN(30) == 0 {
			keys[c] = d.At(2).Uint64() | 1
		}
		sid := func(s *sessions) (uint64, int32) {
			i := s.find(c, keys[c], now)
			if i < 0 {
				return 0, -1
			}
			return s.all[i].sid, i
		}
		want, i := sid(shared)
		got, j := sid(own)
		if got != want || own.lists[learned].count != shared.lists[learned].count || own.lists[unlearned].count != shared.lists[unlearned].count {
			t.Fatalf("step %d: client %d has %d, want %d", step, c, got, want)
		}
		if want != 0 {
			known++
		}
		list := uint8(d.At(3).IntN(8) / 7)
		if i < 0 && shared.full(list) {
			dropped++
		}
		if d.At(4).IntN(3) > 0 {
			shared.bind(i, list, c, keys[c], step+1, 1, now)
			own.bind(j, list, c, keys[c], step+1, 1, now)
		}
	}
	if known < steps/10 || dropped < steps/10 {
		t.Errorf("of %d requests, %d were of known sessions, and %d had to drop one", steps, known, dropped)
	}
}

// What nginx 1.22 takes and refuses for proxy_connect_timeout and fail_timeout, by nginx -t.
func TestParseTime(t *testing.T) {
	for text, want := range map[string]sim.Time{
		"10": 10 * sim.Second, "10s": 10 * sim.Second, "1h30m": 90 * sim.Minute, "1h 30m": 90 * sim.Minute, "1d": 24 * sim.Hour, "1w": 7 * 24 * sim.Hour,
		"30s5": 35 * sim.Second, "30s 5": 35 * sim.Second, "2m5": 125 * sim.Second, "5 6": 11 * sim.Second, " 5": 5 * sim.Second, "5 ": 5 * sim.Second,
		"m30s": 30 * sim.Second, "0": 0, "99999999999": sim.Time(longest),
	} {
		for name, parse := range map[string]func(string) (sim.Time, error){"ParseTime": ParseTime, "ParseSeconds": ParseSeconds} {
			if got, err := parse(text); err != nil || got != want {
				t.Errorf("%s %q: got %v %v, want %v", name, text, got, err, want)
			}
		}
	}
	for text, want := range map[string][2]sim.Time{ // of ParseTime and of ParseSeconds; -1: refused
		"500ms": {500 * sim.Millisecond, -1}, "500ms5": {5500 * sim.Millisecond, -1}, "1s 5ms": {1005 * sim.Millisecond, -1}, "1m1ms": {60001 * sim.Millisecond, -1},
		"1M": {-1, 30 * 24 * sim.Hour}, "1y": {-1, 365 * 24 * sim.Hour}, "1y5": {-1, 365*24*sim.Hour + 5*sim.Second}, "101y": {-1, sim.Time(longest)},
	} {
		for i, parse := range []func(string) (sim.Time, error){ParseTime, ParseSeconds} {
			if got, err := parse(text); (err != nil) != (want[i] < 0) || err == nil && got != want[i] {
				t.Errorf("%q, %d: got %v %v, want %v", text, i, got, err, want[i])
			}
		}
	}
	for _, text := range []string{"", " ", "s", "ms", "1x", "30m1h", "1s1m", "5 6s", "1 m", "-1s", "1.5s", "99999999999999999999", strings.Repeat("1s ", 9)} {
		for _, parse := range []func(string) (sim.Time, error){ParseTime, ParseSeconds} {
			if got, err := parse(text); err == nil {
				t.Errorf("%q: accepted as %v", text, got)
			}
		}
	}
}

func TestPickDoesNotAllocate(t *testing.T) {
	for name, cfg := range all {
		r := replay.New(cfg, fleet(100), 1)
		b, v := r.Balancer(), r.View()
		k := key(5)
		q := &sim.Request{Addr: k.Addr, Key: k.Text, Hash: k.Hash, Cookie: 1}
		if n := testing.AllocsPerRun(200, func() { b.Pick(q, v) }); n > 0 {
			t.Errorf("%s: %v allocations per pick", name, n)
		}
	}
}

func BenchmarkPick100(b *testing.B) {
	for _, name := range []string{"round_robin", "least_conn", "random two", "ip_hash", "hash", "hash consistent", "sticky_cookie"} {
		b.Run(name, func(b *testing.B) {
			r := replay.New(all[name], fleet(100), 1)
			p, v := r.Balancer(), r.View()
			var keys [1024]replay.Key
			for i := range keys {
				keys[i] = key(i)
			}
			q := &sim.Request{}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				k := &keys[i%len(keys)]
				q.Addr, q.Key, q.Draw = k.Addr, k.Text, rng.Root(uint64(i))
				p.Pick(q, v)
			}
		})
	}
}

// A server that has failed gets one connection per fail_timeout until one of them ends: only then does nginx forget the
// failure. nginx 1.22.1 with fail_timeout=2s and 10 connections on each server, asked every 250 ms after a restart of the
// second: 1 connection there after 2.3 s, 2 after 5.3 s, 3 after 8.3 s, and all new ones once one of these has ended.
func TestConnectionsAfterAFailure(t *testing.T) {
	e, _ := policies.Lookup("nginx/least_conn")
	b := policytest.New(e.Default, 3, 1)
	for s := range sim.ServerID(3) {
		if s != 1 {
			for range 10 {
				b.Begin(s)
			}
		}
	}
	client := sim.ClientID(0)
	open := func() sim.ServerID {
		client++
		s := b.Pick(b.Request(client, 0))
		b.Begin(s)
		return s
	}
	if s := open(); s != 1 {
		t.Fatalf("the first connection goes to %d", s)
	}
	b.End(1, sim.Unreachable)
	n := 0
	for range 4 * 40 { // 40 s, with fail_timeout=10s
		b.Pass(250 * sim.Millisecond)
		if open() == 1 {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d connections in 40 s after the failure, want one per fail_timeout", n)
	}
	b.End(1, sim.Answered)
	for range 5 {
		if s := open(); s != 1 {
			t.Errorf("after the end of a connection a new one goes to %d", s)
		}
	}
}

// TestRetriesContinueTheHash: a second attempt continues from the first hash, which nothing has noted.
func TestRetriesContinueTheHash(t *testing.T) {
	const servers = 4
	for _, config := range []policies.Config{Hash{Retrying: DefaultRetrying()}, IPHash{Retrying: DefaultRetrying()}} {
		b := policytest.New(config, servers, 3)
		for c := range sim.ClientID(200) {
			q := b.Request(c, 0)
			first := b.Pick(q)
			q.Attempt, q.Tried = 1, []sim.ServerID{first}
			second := b.Pick(q)
			sum, hash := uint32(0), uint32(ipHashStart)
			choice := func(n int) sim.ServerID {
				if _, ok := config.(IPHash); ok {
					hash = ipHashOf(&q.Addr, hash)
					return sim.ServerID(hash % servers)
				}
				prefix := ""
				if n > 0 {
					prefix = strconv.Itoa(n)
				}
				sum += crc32.ChecksumIEEE(append([]byte(prefix), q.Key...)) >> 16 & 0x7fff
				return sim.ServerID(sum % servers)
			}
			if want := choice(0); first != want {
				t.Fatalf("%T, client %d: picked %d, want %d", config, c, first, want)
			}
			want := choice(1)
			for n := 2; want == first; n++ {
				want = choice(n)
			}
			if second != want {
				t.Errorf("%T, client %d: picked %d after %d, want %d", config, c, second, first, want)
			}
		}
	}
}
