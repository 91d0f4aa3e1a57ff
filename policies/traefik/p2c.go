package traefik

import (
	"stickysim/policies"
	"stickysim/sim"
)

// P2C draws two distinct servers and takes the one with fewer requests in flight from this Traefik, the first drawn
// of equals. Weights are ignored. Cost: O(1).
type P2C struct{}

// New makes an instance.
func (P2C) New(sim.Env) sim.Balancer { return p2c{} }

var _ = policies.Register("traefik/p2c", P2C{}, policies.Doc{
	Summary: "the less loaded of two servers drawn at random",
	Source:  "Traefik services, strategy p2c; pkg/server/service/loadbalancer/p2c/p2c.go",
	Claims:  policies.Claims{Uniform: true, Sample: 2},
})

type p2c struct{}

func (p2c) Rebuild(*sim.View) {}

func (p2c) Reads() sim.Needs { return sim.NeedsDraw }

func (p2c) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	n := len(v.Eligible)
	switch n {
	case 0:
		return sim.NoServer
	case 1:
		return v.Eligible[0]
	}
	i, j := q.Draw.At(0).IntN(n), q.Draw.At(1).IntN(n-1)
	if j >= i {
		j++
	}
	a, b := v.Eligible[i], v.Eligible[j]
	if v.InFlight[b] < v.InFlight[a] {
		return b
	}
	return a
}
