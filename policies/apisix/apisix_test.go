package apisix

import (
	"encoding/json"
	"net"
	"os"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

type node struct {
	Addr         string
	Weight       int
	Backup, Down bool
}

func world(nodes []node) *sim.View {
	v := &sim.View{}
	for i, n := range nodes {
		s := sim.ServerID(i)
		status := sim.Up
		if n.Down {
			status = sim.Down
		}
		v.Servers = append(v.Servers, sim.ServerInfo{Name: n.Addr, Addr: n.Addr, Weight: n.Weight, Backup: n.Backup})
		v.Members, v.Status, v.Weight = append(v.Members, s), append(v.Status, status), append(v.Weight, float64(n.Weight))
		if status == sim.Up && n.Weight > 0 {
			v.Eligible = append(v.Eligible, s)
		}
	}
	return v
}

func start(t *testing.T, c CHash, v *sim.View) *chash {
	t.Helper()
	if err := policies.Check(c); err != nil {
		t.Fatal(err)
	}
	b := c.New(sim.Env{Rand: rng.Root(1), Servers: len(v.Servers)}).(*chash)
	b.Rebuild(v)
	return b
}

// Every attempt goes where APISIX sends it (testdata/README.md).
func TestAttemptsAreThoseOfAPISIX(t *testing.T) {
	data, err := os.ReadFile("testdata/chash.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Nodes []node
		Picks [][]string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for i, x := range cases {
		v := world(x.Nodes)
		b := start(t, CHash{HashOn: "vars", Key: "arg_k", Retries: -1}, v)
		for _, p := range x.Picks {
			if p[0] == "" {
				continue // a key that is there and empty: here an empty key is none
			}
			q := &sim.Request{Key: []byte(p[0])}
			for k, want := range p[1:] {
				q.Attempt = k
				s, got := b.Pick(q, v), ""
				if s >= 0 {
					got = x.Nodes[s].Addr
				}
				if got != want {
					t.Fatalf("case %d, key %s, attempt %d: %q, want %q", i, p[0], k, got, want)
				}
				q.Tried = append(q.Tried, s)
			}
		}
	}
}

// A request without the key goes where its address goes.
func TestKeysFallBackToTheAddress(t *testing.T) {
	v := world([]node{{Addr: "10.0.0.1:80", Weight: 1}, {Addr: "10.0.0.2:80", Weight: 1}, {Addr: "10.0.0.3:80", Weight: 1}})
	for _, c := range []CHash{{HashOn: "header", Key: "X-User"}, {HashOn: "cookie", Key: "sid"}, {HashOn: "consumer"}, {HashOn: "vars", Key: "arg_id"}} {
		keyed, byAddress := start(t, c, v), start(t, CHash{HashOn: "vars", Key: "remote_addr"}, v)
		for a := range uint32(50) {
			q := &sim.Request{Addr: sim.Addr4(0xcb007100 + a)}
			if got, want := keyed.Pick(q, v), byAddress.Pick(q, v); got != want {
				t.Fatalf("%+v: address %d goes to %d, want %d", c, a, got, want)
			}
		}
		if c.Identifies() != policies.KeyHash {
			t.Errorf("%+v identifies clients by %s", c, c.Identifies())
		}
	}
	if c := (CHash{HashOn: "vars_combinations", Key: "$remote_addr:$server_port"}); c.Identifies() != policies.KeyAddress {
		t.Errorf("%+v identifies clients by %s", c, c.Identifies())
	}
}

// Weights count by their common divisor, and addresses of IPv6 lose their brackets.
func TestPointTexts(t *testing.T) {
	if got := pointText(&sim.ServerInfo{Addr: net.JoinHostPort("2001:db8::7", "80")}); got != "2001\x00db8\x00\x007\x0080" {
		t.Errorf("%q", got)
	}
	v := world([]node{{Addr: "10.0.0.1:80", Weight: 100}, {Addr: "10.0.0.2:80", Weight: 300}})
	if got := start(t, CHash{HashOn: "consumer"}, v).groups[0].ring.Len(); got != 4*160 {
		t.Errorf("weights 100 and 300 have %d points, want 640", got)
	}
}

// Requests are repeated as proxy_next_upstream "error timeout" does.
func TestRetries(t *testing.T) {
	v := world([]node{{Addr: "10.0.0.1:80", Weight: 1}, {Addr: "10.0.0.2:80", Weight: 1}, {Addr: "10.0.0.3:80", Weight: 1}})
	for _, x := range []struct {
		retries, attempt int
		idempotent       bool
		o                sim.Outcome
		again            bool
	}{
		{-1, 1, false, sim.Unreachable, true}, {-1, 2, false, sim.Unreachable, false}, {0, 0, true, sim.Unreachable, false},
		{5, 4, true, sim.TimedOut, true}, {5, 5, true, sim.TimedOut, false}, {5, 0, false, sim.Broken, false}, {5, 0, true, sim.Refused, false},
	} {
		b := start(t, CHash{HashOn: "consumer", Retries: x.retries}, v)
		if again, _ := b.Retry(&sim.Request{Attempt: x.attempt, Idempotent: x.idempotent}, 0, x.o, v); again != x.again {
			t.Errorf("%+v: again %v", x, again)
		}
	}
}
