package replay_test

import (
	"fmt"
	"slices"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
)

// cookieTurn is a balancer small enough to predict: servers in turn, cookies name servers, full ones make requests
// wait, and every unreachable server is left for the next one.
type cookieTurn struct{ Queue bool }

func (c cookieTurn) New(sim.Env) sim.Balancer { return &turn{queue: c.Queue} }

type turn struct {
	queue          bool
	next, rebuilds int
	log            []string
}

func (b *turn) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if s := sim.ServerID(q.Cookie) - 1; q.Cookie != 0 && v.Usable(s) && !slices.Contains(q.Tried, s) {
		return s
	}
	for range v.Eligible {
		s := v.Eligible[b.next%len(v.Eligible)]
		b.next++
		if !v.Full(s) && !slices.Contains(q.Tried, s) {
			return s
		}
	}
	if b.queue {
		return sim.Wait
	}
	return sim.NoServer
}

func (b *turn) Rebuild(*sim.View) { b.rebuilds++; b.next = 0 }

func (b *turn) Began(s sim.ServerID, v *sim.View) {
	b.log = append(b.log, fmt.Sprintf("began %d/%d", s, v.InFlight[s]))
}

func (b *turn) Ended(s sim.ServerID, o sim.Outcome, v *sim.View) {
	b.log = append(b.log, fmt.Sprintf("ended %d/%d %d", s, v.InFlight[s], o))
}

func (b *turn) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	b.log = append(b.log, fmt.Sprintf("answered %d/%d", s, v.InFlight[s]))
	if q.Cookie != sim.Cookie(s+1) {
		q.SetCookie = sim.Cookie(s + 1)
	}
}

func (b *turn) FormatCookie(c sim.Cookie, v *sim.View) string { return v.Servers[c-1].Cookie }

func (b *turn) ParseCookie(value string, v *sim.View) sim.Cookie {
	for i, s := range v.Servers {
		if s.Cookie == value {
			return sim.Cookie(i + 1)
		}
	}
	return 1 << 40
}

func three(limit int, options map[string]string) []replay.Server {
	list := make([]replay.Server, 3)
	for i := range list {
		list[i].Info = sim.ServerInfo{
			Name: fmt.Sprintf("s%d", i+1), Addr: fmt.Sprintf("10.0.0.%d:80", i+1), Cookie: fmt.Sprintf("c%d", i+1),
			Weight: 1, Limit: limit, Options: options,
		}
	}
	return list
}

func newTurn(queue bool, servers []replay.Server) (*replay.Router, *turn) {
	r := replay.New(cookieTurn{queue}, servers, 1)
	return r, r.Balancer().(*turn)
}

func mustKey(t *testing.T, kind, text string) replay.Key {
	t.Helper()
	k, err := replay.KeyOf(kind, text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestRequestCallsInTheEnginesOrder(t *testing.T) {
	r, b := newTurn(false, three(0, nil))
	r.Redispatch(1)
	r.SetDead(0, true)
	a := r.Request(mustKey(t, "none", "x"))
	if a.Server != 1 || a.Status != 200 || !slices.Equal(a.Tried, []sim.ServerID{0, 1}) || a.CookieText != "c2" {
		t.Errorf("answer %+v, want server 1 after 0, with cookie c2", a)
	}
	want := []string{"began 0/1", "ended 0/0 1", "began 1/1", "answered 1/1", "ended 1/0 0"}
	if !slices.Equal(b.log, want) {
		t.Errorf("calls %q, want %q", b.log, want)
	}
	if b.rebuilds != 1 || r.View().Epoch != 1 {
		t.Errorf("%d rebuilds, epoch %d; want 1, 1: a dead server is not known to the balancer", b.rebuilds, r.View().Epoch)
	}
}

func TestFailureStatusIsTheProducts(t *testing.T) {
	for _, c := range []struct {
		product               string
		noServer, unreachable int
	}{{"", 503, 502}, {"nginx", 502, 502}, {"haproxy", 503, 503}, {"unknown", 503, 502}} {
		r, _ := newTurn(false, three(0, nil))
		r.Product(c.product)
		for s := range sim.ServerID(3) {
			r.SetDead(s, true)
		}
		if a := r.Request(replay.Key{}); a.Status != c.unreachable || a.Server != sim.NoServer {
			t.Errorf("%q: all dead: %d from %d, want %d", c.product, a.Status, a.Server, c.unreachable)
		}
		for s := range sim.ServerID(3) {
			r.SetStatus(s, sim.Down)
		}
		if a := r.Request(replay.Key{}); a.Status != c.noServer {
			t.Errorf("%q: all down: %d, want %d", c.product, a.Status, c.noServer)
		}
	}
}

func TestEligibleFollowsStatusWeightAndBackup(t *testing.T) {
	servers := three(0, nil)
	servers[2].Info.Backup = true
	r, b := newTurn(false, servers)
	check := func(what string, want ...sim.ServerID) {
		t.Helper()
		if got := r.View().Eligible; !slices.Equal(got, want) {
			t.Errorf("%s: eligible %v, want %v", what, got, want)
		}
	}
	check("at first", 0, 1)
	r.SetStatus(0, sim.Draining)
	check("first draining", 1)
	if !r.View().Usable(0) {
		t.Error("a draining server is not usable")
	}
	r.SetWeight(1, 0)
	check("no primary takes new clients", 2)
	r.SetStatus(0, sim.Up)
	check("first ready again", 0)
	id, err := r.Add(replay.Server{Info: sim.ServerInfo{Name: "s4", Weight: 2}})
	if err != nil || id != 3 {
		t.Fatalf("Add = %d, %v", id, err)
	}
	check("one added", 0, 3)
	r.Remove(0)
	check("first removed", 3)
	if got := r.View().Members; !slices.Equal(got, []sim.ServerID{1, 2, 3}) || r.View().Status[0] != sim.Removed {
		t.Errorf("members %v, status %d; want 1 2 3 and removed", got, r.View().Status[0])
	}
	if want := uint32(6); r.View().Epoch != want || b.rebuilds != int(want) {
		t.Errorf("epoch %d, %d rebuilds; want %d of each", r.View().Epoch, b.rebuilds, want)
	}
}

func TestQueueIsServedOldestFirst(t *testing.T) {
	r, _ := newTurn(true, three(1, nil))
	for i := range 6 {
		a, err := r.Open(fmt.Sprint("r", i), replay.Key{Hash: uint64(i)})
		if err != nil {
			t.Fatal(err)
		}
		if want := i >= 3; (a.Status == replay.Queued) != want {
			t.Errorf("r%d: status %d; queued should be %v", i, a.Status, want)
		}
	}
	a, arrived, err := r.Close("r1")
	if err != nil || a.Server != 1 || a.Status != 200 {
		t.Fatalf("close r1: %+v, %v", a, err)
	}
	if len(arrived) != 1 || arrived[0] != (replay.Arrival{ID: "r3", Server: 1}) {
		t.Errorf("arrived %+v, want r3 at server 1", arrived)
	}
	if a, _, _ := r.Close("r4"); a.Server != sim.NoServer || a.Status != 503 {
		t.Errorf("a request given up in the queue answers %+v", a)
	}
	if _, arrived, _ = r.Close("r0"); len(arrived) != 1 || arrived[0].ID != "r5" {
		t.Errorf("arrived %+v, want r5: r4 had left the queue", arrived)
	}
	if _, _, err := r.Close("r0"); err == nil {
		t.Error("closing a request twice is no error")
	}
	if a := r.Request(replay.Key{}); a.Status != 503 {
		t.Errorf("a complete request with all servers full answers %d, want 503", a.Status)
	}
}

func TestProbesMarkDownAndUp(t *testing.T) {
	r, _ := newTurn(false, three(0, map[string]string{"check": "inter 200ms fall 2 rise 3"}))
	r.Advance(15 * sim.Millisecond)
	r.SetDead(1, true)
	for _, step := range []struct {
		at   sim.Time
		dead bool
		want sim.Status
	}{
		{399, true, sim.Up}, {400, true, sim.Down}, {5000, true, sim.Down},
		{5001, false, sim.Down}, {5599, false, sim.Down}, {5600, false, sim.Up},
	} {
		r.Advance(step.at * sim.Millisecond)
		if step.at == 5001 {
			r.SetDead(1, false)
		}
		if got := r.View().Status[1]; got != step.want {
			t.Errorf("at %d ms: status %d, want %d", step.at, got, step.want)
		}
	}
	if now := r.View().Now; now != 5600*sim.Millisecond {
		t.Errorf("clock at %v", now)
	}
}

func TestSessionsCountClientsLastSeen(t *testing.T) {
	r, _ := newTurn(false, three(0, nil))
	total := func() (n int32) {
		for _, s := range r.View().Sessions {
			n += s
		}
		return n
	}
	for i := range 3000 {
		k := replay.Key{Hash: uint64(i%1000) * 0x9e3779b97f4a7c15}
		r.Route(&k)
	}
	if n := total(); n != 1000 {
		t.Errorf("%d sessions of 1000 clients", n)
	}
}

func TestKeyOf(t *testing.T) {
	for _, text := range []string{"203.0.113.7", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::7", "::ffff:1.2.3.4"} {
		a, err := replay.KeyOf("address", text)
		b, errB := replay.KeyOfBytes("address", []byte(text))
		if err != nil || errB != nil || a.Addr != b.Addr || a.Hash != b.Hash {
			t.Errorf("%q: %v %v, %v %v", text, a.Addr, err, b.Addr, errB)
		}
	}
	for _, text := range []string{"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1..2.3", "10.0.0.1:80", "user-1"} {
		if _, err := replay.KeyOf("address", text); err == nil {
			t.Errorf("%q is taken for an address", text)
		}
		if _, err := replay.KeyOfBytes("address", []byte(text)); err == nil {
			t.Errorf("%q is taken for an address", text)
		}
	}
	if k, err := replay.KeyOf("header", "1.2.3"); err != nil || string(k.Text) != "1.2.3" {
		t.Errorf("header key %+v, %v", k, err)
	}
}

func TestRouteDoesNotAllocate(t *testing.T) {
	r := replay.New(quiet{}, three(0, nil), 1)
	r.Redispatch(2)
	r.SetDead(0, true)
	text := []byte("192.0.2.1")
	if n := testing.AllocsPerRun(1000, func() {
		k, _ := replay.KeyOfBytes("address", text)
		r.Route(&k)
	}); n != 0 {
		t.Errorf("%v allocations per key", n)
	}
}

// quiet is the same balancer without the log, whose growth would count as allocation.
type quiet struct{}

func (quiet) New(sim.Env) sim.Balancer { return picker{new(turn)} }

type picker struct{ sim.Balancer }

var _ policies.Config = quiet{}
