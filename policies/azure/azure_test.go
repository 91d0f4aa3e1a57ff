package azure

import (
	"testing"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/rng"
)

func TestDrainingServerKeepsItsClientsOnlyAtTheGateway(t *testing.T) {
	for name, keeps := range map[string]bool{"azure/app-gateway-cookie": true, "azure/arr-affinity": false} {
		v := &sim.View{Servers: make([]sim.ServerInfo, 3), Status: make([]sim.Status, 3), InFlight: make([]int32, 3),
			Weight: []float64{1, 1, 1}, Members: []sim.ServerID{0, 1, 2}, Eligible: []sim.ServerID{0, 1, 2}}
		e, _ := policies.Lookup(name)
		p := e.Default.New(sim.Env{Rand: rng.Root(1), Servers: 3})
		p.(sim.Rebuilder).Rebuild(v)
		q := &sim.Request{}
		s := p.Pick(q, v)
		p.(sim.Binder).Answered(q, s, v)
		if q.SetCookie == 0 || q.CookieTTL != 0 {
			t.Errorf("%s: want a session cookie, got %v for %v", name, q.SetCookie, q.CookieTTL)
		}
		v.Status[s] = sim.Draining
		v.Eligible = append(v.Eligible[:s:s], v.Eligible[s+1:]...)
		p.(sim.Rebuilder).Rebuild(v)
		if got := p.Pick(&sim.Request{Cookie: q.SetCookie}, v); (got == s) != keeps {
			t.Errorf("%s: draining server %d, picked %d", name, s, got)
		}
	}
}
