package caddy

import (
	"math"

	"stickysim/policies"
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// LeastConn picks the available upstream with the fewest requests in flight from this Caddy; ties are broken
// uniformly at random. Cost: O(log servers), and O(servers) while some upstream may be unavailable.
type LeastConn struct {
	Proxy
}

// New makes an instance.
func (c LeastConn) New(env sim.Env) sim.Balancer { return newBalancer(c.Proxy, env, &leastConn{}) }

var _ = policies.Register("caddy/least_conn", LeastConn{Proxy: defaults}, policies.Doc{
	Summary: "the available upstream with the fewest requests in flight, ties at random",
	Source:  "Caddy lb_policy least_conn; selectionpolicies.go, LeastConnSelection",
	Claims:  policies.Claims{Uniform: true, Sample: -1, Limit: true},
})

// leastConn draws a place among equals; Caddy draws for each of them whether it replaces the one before, which comes to the same.
type leastConn struct{ loads least.Index[sim.ServerID] }

func (l *leastConn) rebuild(v *sim.View) {
	l.loads.Fill(v.Eligible, func(s sim.ServerID) (load, share float64) { return float64(v.InFlight[s]), 1 })
}

func (l *leastConn) moved(s sim.ServerID, v *sim.View) { l.loads.Move(s, float64(v.InFlight[s])) }

func (l *leastConn) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	switch {
	case len(v.Eligible) == 0:
		return sim.NoServer
	case p.open(v):
		return l.loads.At(float64(q.Draw.IntN(int(l.loads.Share()))))
	}
	return l.leastAvailable(q, v, p)
}

// leastAvailable is choose where some upstreams may be unavailable: it takes the same one if they are not.
func (l *leastConn) leastAvailable(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	fewest, ties := int32(math.MaxInt32), 0
	for _, s := range v.Eligible {
		if n := v.InFlight[s]; n <= fewest && p.available(s, v) {
			if n < fewest {
				fewest, ties = n, 0
			}
			ties++
		}
	}
	if ties == 0 {
		return sim.NoServer
	}
	chosen := q.Draw.IntN(ties)
	for _, s := range v.Eligible {
		if v.InFlight[s] == fewest && p.available(s, v) {
			if chosen == 0 {
				return s
			}
			chosen--
		}
	}
	return sim.NoServer
}
