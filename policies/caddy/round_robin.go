package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// RoundRobin takes the upstreams in turn. The counter goes up before each look, so the first request goes to the
// second upstream, and it skips unavailable ones.
type RoundRobin struct {
	Proxy
}

// New makes an instance.
func (c RoundRobin) New(env sim.Env) sim.Balancer { return newBalancer(c.Proxy, env, &roundRobin{}) }

var _ = policies.Register("caddy/round_robin", RoundRobin{Proxy: defaults}, policies.Doc{
	Summary: "upstreams in turn, beginning with the second",
	Source:  "Caddy lb_policy round_robin; selectionpolicies.go, RoundRobinSelection",
	Claims:  policies.Claims{StrictTurn: true, Limit: true},
})

type roundRobin struct{ turn uint32 }

func (r *roundRobin) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	n := uint32(len(v.Members))
	for range n {
		r.turn++
		if s := v.Members[r.turn%n]; p.takes(s, v) {
			return s
		}
	}
	return sim.NoServer
}
