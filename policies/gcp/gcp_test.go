package gcp

import (
	"fmt"
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

func world(n int) *sim.View {
	v := &sim.View{Status: make([]sim.Status, n), InFlight: make([]int32, n)}
	for i := range n {
		v.Servers = append(v.Servers, sim.ServerInfo{Name: fmt.Sprint("vm", i)})
		v.Members = append(v.Members, sim.ServerID(i))
		v.Eligible = append(v.Eligible, sim.ServerID(i))
		v.Weight = append(v.Weight, 1)
	}
	return v
}

func start(c policies.Config, v *sim.View) sim.Balancer {
	p := c.New(sim.Env{Rand: rng.Root(1), Servers: len(v.Servers)})
	p.(sim.Rebuilder).Rebuild(v)
	return p
}

func TestTuples(t *testing.T) {
	v := world(10)
	for tuple, want := range map[int]int{1: 1, 2: 1, 3: 1, 5: 10} {
		p, seen := start(ClientIP{Tuple: tuple}, v), map[sim.ServerID]bool{}
		for i := range 200 {
			seen[p.Pick(&sim.Request{Addr: sim.Addr4(5), Draw: rng.Root(2).At(uint64(i))}, v)] = true
		}
		if len(seen) != want {
			t.Errorf("%d-tuple: one address reaches %d backends, want %d", tuple, len(seen), want)
		}
	}
	if (ClientIP{Tuple: 4}).Validate() == nil {
		t.Error("there is no 4-tuple")
	}
}

// TestCookiesOnMembershipChange removes one of ten backends: of the others' clients a hashed cookie moves a few, a
// strong one none.
func TestCookiesOnMembershipChange(t *testing.T) {
	for name, most := range map[string]int{"gcp/generated-cookie": 30, "gcp/strong-cookie": 0} {
		v := world(10)
		e, _ := policies.Lookup(name)
		p := start(e.Default, v)
		const clients = 3000
		var cookies [clients]sim.Cookie
		var before [clients]sim.ServerID
		for i := range cookies {
			q := &sim.Request{Draw: rng.Root(6).At(uint64(i))}
			before[i] = p.Pick(q, v)
			p.(sim.Binder).Answered(q, before[i], v)
			cookies[i] = q.SetCookie
		}
		v.Status[4], v.Eligible = sim.Removed, append(v.Eligible[:4:4], v.Eligible[5:]...)
		p.(sim.Rebuilder).Rebuild(v)
		moved := 0
		for i, c := range cookies {
			if s := p.Pick(&sim.Request{Cookie: c}, v); before[i] != 4 && s != before[i] {
				moved++
			}
		}
		if moved > most {
			t.Errorf("%s: %d clients moved needlessly, want at most %d", name, moved, most)
		}
	}
}

func TestHeaderFieldPolicies(t *testing.T) {
	v := world(10)
	differ := 0
	maglev, ring := start(HeaderField{LocalityLBPolicy: "MAGLEV"}, v), start(HeaderField{LocalityLBPolicy: "RING_HASH", MinimumRingSize: 1024}, v)
	for i := range 500 {
		q := &sim.Request{Key: []byte(fmt.Sprint("user", i))}
		if maglev.Pick(q, v) != ring.Pick(q, v) {
			differ++
		}
	}
	if differ < 400 { // 9/10 of 500 when independent
		t.Errorf("MAGLEV and RING_HASH differ for %d of 500 keys only", differ)
	}
}

func TestTTLLimit(t *testing.T) {
	if (GeneratedCookie{TTL: fortnight + 1}).Validate() == nil || (StrongCookie{TTL: -1}).Validate() == nil {
		t.Error("a cookie lives at most two weeks")
	}
}
