package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-rr", IPVSRoundRobin{}, policies.Doc{
	Summary: "ready endpoints in turn, per connection (kube-proxy's IPVS mode, scheduler rr)",
	Source:  virtualIPs,
	Claims:  policies.Claims{Uniform: true, StrictTurn: true},
})

// IPVSRoundRobin is a Service without session affinity in IPVS mode.
type IPVSRoundRobin struct{}

// New makes an instance.
func (IPVSRoundRobin) New(sim.Env) sim.Balancer { return &ipvsRoundRobin{} }

type ipvsRoundRobin struct {
	connections
	turn int
}

// Pick implements [sim.Balancer].
func (p *ipvsRoundRobin) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	p.turn = (p.turn + 1) % len(v.Eligible)
	return v.Eligible[p.turn]
}
