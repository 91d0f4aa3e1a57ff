package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// LeastConn picks the available upstream with the fewest requests in flight from this Caddy; ties are broken
// uniformly at random. Cost: O(servers).
type LeastConn struct {
	Proxy
}

// New makes an instance.
func (c LeastConn) New(env sim.Env) sim.Balancer { return newBalancer(c.Proxy, env, leastConn{}) }

var _ = policies.Register("caddy/least_conn", LeastConn{Proxy: defaults}, policies.Doc{
	Summary: "the available upstream with the fewest requests in flight, ties at random",
	Source:  "Caddy lb_policy least_conn; selectionpolicies.go, LeastConnSelection",
	Claims:  policies.Claims{Uniform: true, Sample: -1, Limit: true},
})

type leastConn struct{}

func (leastConn) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	best, ties := sim.NoServer, 0
	for _, s := range v.Eligible {
		if !p.available(s, v) {
			continue
		}
		switch {
		case best == sim.NoServer || v.InFlight[s] < v.InFlight[best]:
			best, ties = s, 1
		case v.InFlight[s] == v.InFlight[best]:
			// Reservoir sampling: the n-th of equals replaces the choice with probability 1/n.
			ties++
			if q.Draw.At(uint64(ties)).IntN(ties) == 0 {
				best = s
			}
		}
	}
	return best
}
