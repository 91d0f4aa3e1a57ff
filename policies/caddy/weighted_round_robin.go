package caddy

import (
	"sort"

	"stickysim/policies"
	"stickysim/sim"
)

// WeightedRoundRobin takes the upstreams in blocks as long as their weights (a a a b c …), not interleaved. The turn
// is an index among the weights above 0; it is applied to the available upstreams modulo their number, so while one
// is out its share goes to its successors. Since Caddy 2.7.
type WeightedRoundRobin struct {
	Proxy
}

// New makes an instance.
func (c WeightedRoundRobin) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Proxy, env, &weightedRoundRobin{})
}

var _ = policies.Register("caddy/weighted_round_robin", WeightedRoundRobin{Proxy: defaults}, policies.Doc{
	Summary: "upstreams in turn, each as many times in a row as its weight",
	Source:  "Caddy lb_policy weighted_round_robin; selectionpolicies.go, WeightedRoundRobinSelection",
	Claims:  policies.Claims{Weighted: true, Limit: true},
})

type weightedRoundRobin struct {
	turn  uint32
	ends  []int // where the blocks of the members with a weight end
	total int
}

// rebuild reads the weights of all members, available or not: Caddy's are a list beside the upstreams.
func (r *weightedRoundRobin) rebuild(v *sim.View) {
	r.ends, r.total = r.ends[:0], 0
	for _, s := range v.Members {
		if w := int(v.Weight[s]); w > 0 {
			r.total += w
			r.ends = append(r.ends, r.total)
		}
	}
}

func (r *weightedRoundRobin) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	if r.total == 0 {
		return sim.NoServer
	}
	r.turn++
	index := sort.SearchInts(r.ends, int(r.turn)%r.total+1)
	n := p.count(v)
	if n == 0 {
		return sim.NoServer
	}
	return p.at(index%n, v)
}
