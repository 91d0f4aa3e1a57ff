package lighttpd_test

import (
	"testing"

	"stickysim/policies"
	"stickysim/policies/lighttpd"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/sim"
)

func TestRecordings(t *testing.T) {
	goldentest.Run(t, "lighttpd", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		e, _ := policies.Lookup("lighttpd/" + c.Param("balance"))
		return e.Default, c.ReplayServers(), c.KeyKind(), nil
	})
}

func servers(n int) []replay.Server {
	var list []replay.Server
	for i := range n {
		name := string(rune('a' + i))
		list = append(list, replay.Server{Info: sim.ServerInfo{Name: name, Addr: name + ":80", Weight: 1}})
	}
	return list
}

func TestIdleFleetUsesItsFirstServer(t *testing.T) {
	r := replay.New(lighttpd.LeastConnection{}, servers(3), 1)
	for i := range 10 {
		if a := r.Request(replay.Key{}); a.Server != 0 {
			t.Fatalf("request %d: server %d, want 0", i, a.Server)
		}
	}
	for i, want := range []sim.ServerID{0, 1, 2, 0} {
		if a, err := r.Open(string(rune('p'+i)), replay.Key{}); err != nil || a.Server != want {
			t.Errorf("held request %d: server %d %v, want %d", i, a.Server, err, want)
		}
	}
}

func TestRefusedConnectionsDisableForASecond(t *testing.T) {
	r := replay.New(lighttpd.RoundRobin{}, servers(2), 1)
	r.Advance(500 * sim.Millisecond)
	r.SetDead(0, true)
	if a := r.Request(replay.Key{}); a.Server != 1 || len(a.Tried) != 2 {
		t.Fatalf("first request: %+v, want server 1 after 0", a)
	}
	r.SetDead(0, false)
	for _, x := range []struct {
		at   sim.Time
		want sim.ServerID
	}{{1000, 1}, {1999, 1}, {2000, 0}} { // disabled in second 0 for 1 s: back when the clock shows more than 1
		r.Advance(x.at * sim.Millisecond)
		if a := r.Request(replay.Key{}); a.Server != x.want {
			t.Errorf("at %d ms: server %d, want %d", x.at, a.Server, x.want)
		}
	}
}
