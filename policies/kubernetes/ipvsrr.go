package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-rr", IPVSRoundRobin{}, policies.Doc{
	Summary: "ready endpoints in turn, per connection (kube-proxy's IPVS mode, scheduler rr, its default)",
	Source:  virtualIPs + "; " + ipvsSource + "rr.c",
	Claims:  policies.Claims{Uniform: true, StrictTurn: true},
})

// IPVSRoundRobin is scheduler rr.
type IPVSRoundRobin struct {
	IPVS `yaml:",inline"`
}

// New makes an instance.
func (c IPVSRoundRobin) New(env sim.Env) sim.Balancer { return c.new(&ipvsRoundRobin{}, env) }

type ipvsRoundRobin struct {
	stateless
	turn int
}

func (p *ipvsRoundRobin) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	p.turn = (p.turn + 1) % len(v.Eligible)
	return v.Eligible[p.turn]
}
