package haproxy

import (
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/sim"
)

// While one server is usable, requests without the key take no turns, except where the key is an argument of the URL:
// when the others are back, the turns begin where they had stopped.
func TestLoneServerTakesNoTurn(t *testing.T) {
	turns := func(cfg policies.Config, lonely int) (s sim.ServerID) {
		r := replay.New(cfg, fleet(2, func(int) int { return 1 }), 1)
		r.SetStatus(1, sim.Down)
		for range lonely {
			serverOf(r, "")
		}
		r.SetStatus(1, sim.Up)
		return serverOf(r, "")
	}
	for _, hashType := range []string{"map-based", "consistent"} {
		h := Hashing{HashType: hashType}
		counted := false
		for n := range 16 {
			cfg := Header{Options: DefaultOptions(), Hashing: h}
			if got, want := turns(cfg, n), turns(cfg, 0); got != want {
				t.Errorf("%s: after %d requests to the lone server, %d is next, not %d", hashType, n, got, want)
			}
			param := URLParam{DefaultOptions(), h}
			counted = counted || turns(param, n) != turns(param, 0)
		}
		if !counted {
			t.Errorf("%s: url_param: requests to the lone server take no turns", hashType)
		}
	}
}

// turnRing is a ring after n turns.
func turnRing(t *testing.T, backups, n int) (*replay.Router, *ring) {
	t.Helper()
	servers := fleet(4, func(int) int { return 1 })
	for i := range backups {
		servers[3-i].Info.Backup = true
	}
	o := DefaultOptions()
	o.AllBackups = true
	r := replay.New(Header{Options: o, Hashing: Hashing{HashType: "consistent"}}, servers, 1)
	for range n {
		serverOf(r, "")
	}
	return r, r.Balancer().(*backend).algo.(*hashed).hashTable.(*ring)
}

// A server that gets more nodes than it ever had leaves the ring for a moment, and its turn passes on. Otherwise
// turns continue from the node of the last one.
func TestTurnsAfterMoreWeight(t *testing.T) {
	for n := 1; n < 64; n++ {
		r, ring := turnRing(t, 0, n)
		before := ring.sides[0].list[ring.last]
		s := ring.sides[0].owner(ring.last)
		r.SetWeight(s, 0.5)
		half := ring.sides[0].list[ring.last]
		r.SetWeight(s, 1)
		if got := ring.sides[0].list[ring.last]; got != half {
			t.Fatalf("turn %d: a weight it had before moves the turn from %#x to %#x", n, half, got)
		}
		r.SetWeight((ring.sides[0].owner(ring.last)+1)%4, 3)
		if got := ring.sides[0].list[ring.last]; got != half {
			t.Fatalf("turn %d: another server's weight moves the turn from %#x to %#x", n, half, got)
		}
		r, ring = turnRing(t, 0, n)
		r.SetWeight(s, 2)
		if ring.sides[0].owner(ring.last) == s || ring.sides[0].list[ring.last] < before && ring.last > 16 {
			t.Fatalf("turn %d: after more weight, node %d of server %d had the last turn", n, ring.last, s)
		}
	}
}

// Turns among the backups end with the ring, not with the return of the servers.
func TestTurnsAmongBackupsGoOn(t *testing.T) {
	r, ring := turnRing(t, 2, 0)
	r.SetStatus(0, sim.Down)
	r.SetStatus(1, sim.Down)
	serverOf(r, "")
	r.SetStatus(0, sim.Up)
	r.SetStatus(1, sim.Up)
	for range len(ring.sides[1].list) - 1 {
		if s := serverOf(r, ""); s < 2 {
			t.Fatalf("server %d before the end of the backups' ring", s)
		}
	}
	if s := serverOf(r, ""); s >= 2 {
		t.Errorf("backup %d when servers are there", s)
	}
}

// Whatever the interval of option redispatch, retries of algorithms that do not hash go elsewhere at once: the
// servers tried by HAProxy 2.6.12 when all refuse connections.
func TestRedispatchWithoutHash(t *testing.T) {
	for _, c := range []struct {
		balance string
		retries int
		want    []sim.ServerID
	}{
		{"leastconn", 2, []sim.ServerID{0, 1, 2}},
		{"leastconn", 4, []sim.ServerID{0, 1, 2, 3, 0}},
		{"first", 4, []sim.ServerID{0, 1, 0, 1, 0}},
		{"roundrobin", 4, []sim.ServerID{0, 1, 2, 3, 0}},
	} {
		for _, interval := range []int{-1, 1, 2, 3} {
			o := DefaultOptions()
			o.Retries, o.Redispatch = c.retries, interval
			b, _ := ParseBalance(c.balance)
			_, cfg := b.Config(o, DefaultHashing())
			r := replay.New(cfg, fleet(4, func(int) int { return 1 }), 1)
			for s := range sim.ServerID(4) {
				r.SetDead(s, true)
			}
			a := r.Request(replay.Key{})
			if len(a.Tried) != len(c.want) || a.Status == 200 {
				t.Fatalf("%s, retries %d, redispatch %d: tried %v, want %v", c.balance, c.retries, interval, a.Tried, c.want)
			}
			for i, s := range c.want {
				if a.Tried[i] != s {
					t.Errorf("%s, retries %d, redispatch %d: tried %v, want %v", c.balance, c.retries, interval, a.Tried, c.want)
					break
				}
			}
		}
	}
}

// A table of slots for a backup that serves alone has as many slots as it weighs, and heavier backups behind it take
// them: recorded from HAProxy 2.6.12 with weights 14 and 111.
func TestHeavierBackupTakesSlots(t *testing.T) {
	for _, c := range []struct {
		weights [2]int
		want    sim.ServerID
	}{{[2]int{14, 111}, 1}, {[2]int{14, 14}, 0}, {[2]int{111, 14}, 0}, {[2]int{14, 140}, 0}} { // the last: 1 slot of 14 to 140
		servers := fleet(2, func(i int) int { return c.weights[i] })
		servers[0].Info.Backup, servers[1].Info.Backup = true, true
		for _, cfg := range []policies.Config{StaticRR{DefaultOptions()}, Source{DefaultOptions(), DefaultHashing()}} {
			r := replay.New(cfg, servers, 1)
			if got := serverOf(r, ""); got != c.want {
				t.Errorf("%T, weights %v: backup %d serves, want %d", cfg, c.weights, got, c.want)
			}
		}
		ring := replay.New(Source{DefaultOptions(), Hashing{HashType: "consistent"}}, servers, 1)
		if got := serverOf(ring, ""); got != 0 {
			t.Errorf("weights %v: on the ring, backup %d serves, want the first", c.weights, got)
		}
	}
}
