package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// Random picks any available upstream with equal probability: Caddy's default. Cost: O(1); O(servers) while
// max_requests or failures count.
type Random struct {
	Proxy
}

// New makes an instance.
func (c Random) New(env sim.Env) sim.Balancer { return newBalancer(c.Proxy, env, random{}) }

var _ = policies.Register("caddy/random", Random{Proxy: defaults}, policies.Doc{
	Summary: "any available upstream, uniformly (Caddy's default)",
	Source:  "Caddy lb_policy random; selectionpolicies.go, selectRandomHost",
	Claims:  policies.Claims{Uniform: true, Limit: true},
})

type random struct{}

func (random) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	n := p.count(v)
	if n == 0 {
		return sim.NoServer
	}
	return p.at(q.Draw.IntN(n), v)
}
