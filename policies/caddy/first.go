package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// First picks the first available upstream in configuration order: the others are standbys.
type First struct {
	Proxy
}

// New makes an instance.
func (c First) New(env sim.Env) sim.Balancer { return newBalancer(c.Proxy, env, first{}) }

var _ = policies.Register("caddy/first", First{Proxy: defaults}, policies.Doc{
	Summary: "the first available upstream, in configuration order",
	Source:  "Caddy lb_policy first; selectionpolicies.go, FirstSelection",
	Claims:  policies.Claims{Limit: true},
})

type first struct{}

func (first) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	for _, s := range v.Eligible {
		if p.available(s, v) {
			return s
		}
	}
	return sim.NoServer
}
