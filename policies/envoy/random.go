package envoy

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("envoy/random", Random{Cluster: DefaultCluster()}, policies.Doc{
	Summary: "a random host, whatever its weight (RANDOM)",
	Source:  "envoyproxy/envoy source/extensions/load_balancing_policies/random/random_lb.cc",
	Claims:  policies.Claims{Uniform: true},
})

// Random is Envoy's RANDOM policy.
type Random struct {
	Cluster `yaml:",inline"`
}

func (c Random) in(cluster Cluster) policies.Config {
	c.Cluster = cluster
	return c
}

// New makes an instance.
func (c Random) New(env sim.Env) sim.Balancer {
	p := &random{newHosts(c.Cluster, env)}
	p.build = func(*sim.View) {}
	return p
}

type random struct{ hosts }

// Reads implements [sim.Reader].
func (p *random) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (p *random) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	p.sync(v)
	if len(p.list) == 0 {
		return sim.NoServer
	}
	for attempt := 0; ; attempt++ {
		if s := p.list[q.Draw.At(uint64(attempt)).IntN(len(p.list))]; !p.again(q, s, attempt) {
			return p.admit(s, v)
		}
	}
}
