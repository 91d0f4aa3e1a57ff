package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-wrr", IPVSWeightedRoundRobin{}, policies.Doc{
	Summary: "ready endpoints in turn, in proportion to weight (IPVS scheduler wrr)",
	Detail:  "The heaviest come first, until the weights are even: 2, 1 gives A, A, B." + ipvsNote,
	Source:  virtualIPs + "; " + ipvsSource + "wrr.c",
	Claims:  policies.Claims{Uniform: true, Weighted: true, StrictTurn: true},
})

// IPVSWeightedRoundRobin is scheduler wrr.
type IPVSWeightedRoundRobin struct {
	IPVS `yaml:",inline"`
}

// New makes an instance.
func (c IPVSWeightedRoundRobin) New(env sim.Env) sim.Balancer {
	return c.new(&ipvsWeightedRoundRobin{last: -1}, env)
}

// ipvsWeightedRoundRobin goes round the endpoints, each time for those of a lower least weight.
type ipvsWeightedRoundRobin struct {
	last      int // index in Eligible of the last choice
	least     int // weight from which on endpoints take part in this round
	most, gcd int
}

func (p *ipvsWeightedRoundRobin) rebuild(v *sim.View, _ []sim.ServerID) {
	p.last, p.most, p.gcd = -1, 0, 0
	for _, s := range v.Eligible {
		w := weight(s, v)
		p.most = max(p.most, w)
		a, b := p.gcd, w
		for b != 0 {
			a, b = b, a%b
		}
		p.gcd = a
	}
	if p.least > p.most {
		p.least = 0
	}
}

func (p *ipvsWeightedRoundRobin) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	for {
		if p.last++; p.last >= len(v.Eligible) {
			p.last = 0
		}
		if p.last == 0 {
			if p.least -= p.gcd; p.least <= 0 {
				p.least = p.most
			}
		}
		if s := v.Eligible[p.last]; weight(s, v) >= p.least {
			return s
		}
	}
}
