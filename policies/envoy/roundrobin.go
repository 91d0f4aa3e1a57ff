package envoy

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("envoy/round-robin", RoundRobin{Cluster: DefaultCluster()}, policies.Doc{
	Summary: "hosts in turn, by weight (ROUND_ROBIN)",
	Detail: "Equal hosts are taken one after the other from a place that is drawn; unequal ones earliest deadline first. " +
		"O(log hosts) per pick.",
	Source: "envoyproxy/envoy source/extensions/load_balancing_policies/round_robin, common/load_balancer_impl.cc",
	Claims: policies.Claims{Uniform: true, Weighted: true, StrictTurn: true},
})

// RoundRobin is Envoy's ROUND_ROBIN policy, the default of a cluster.
type RoundRobin struct {
	Cluster `yaml:",inline"`
}

func (c RoundRobin) in(cluster Cluster) policies.Config {
	c.Cluster = cluster
	return c
}

// New makes an instance.
func (c RoundRobin) New(env sim.Env) sim.Balancer {
	p := &roundRobin{hosts: newHosts(c.Cluster, env)}
	p.turns = newTurns(env, func(s sim.ServerID, v *sim.View) float64 { return v.Weight[s] })
	p.build = func(v *sim.View) { p.turns.start(p.list, v) }
	return p
}

type roundRobin struct {
	hosts
	turns turns
}

// Reads implements [sim.Reader].
func (p *roundRobin) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (p *roundRobin) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	p.sync(v)
	if len(p.list) == 0 {
		return sim.NoServer
	}
	for attempt := 0; ; attempt++ {
		if s := p.turns.take(p.list, v); !p.again(q, s, attempt) {
			return p.admit(s, v)
		}
	}
}
