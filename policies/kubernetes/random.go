package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/random", Random{}, policies.Doc{
	Summary: "a random ready endpoint per connection (kube-proxy's iptables and nftables modes)",
	Source:  virtualIPs,
	Claims:  policies.Claims{Uniform: true},
})

// Random is a Service without session affinity. Endpoints have no weights.
type Random struct{}

// New makes an instance.
func (Random) New(sim.Env) sim.Balancer { return random{} }

type random struct{ connections }

// Reads implements [sim.Reader].
func (random) Reads() sim.Needs { return sim.NeedsDraw }

// Pick implements [sim.Balancer].
func (random) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	return v.Eligible[q.Draw.IntN(len(v.Eligible))]
}
