package policies

import (
	"sort"

	"stickysim/sim"
)

var _ = Register("random", Random{}, Doc{
	Summary: "a server at random, in proportion to weight",
	Also:    []string{"rand"},
	Detail:  "Every request is drawn anew. O(1) for equal weights, else O(log servers).",
	Source:  "textbook",
	Claims:  Claims{Uniform: true, Weighted: true},
})

// Random picks a server at random, in proportion to weight. Freshness: none needed.
type Random struct{}

// New makes an instance.
func (Random) New(env sim.Env) sim.Balancer {
	return &random{ends: make([]float64, 0, env.Servers)}
}

type random struct {
	equal bool
	ends  []float64 // cumulated weights of the eligible servers
}

// Reads implements [sim.Reader].
func (p *random) Reads() sim.Needs { return sim.NeedsDraw }

// Rebuild cumulates the weights.
func (p *random) Rebuild(v *sim.View) {
	p.equal = equalWeights(v)
	p.ends = p.ends[:0]
	sum := 0.0
	for _, s := range v.Eligible {
		sum += v.Weight[s]
		p.ends = append(p.ends, sum)
	}
}

// Pick implements [sim.Balancer].
func (p *random) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	switch {
	case p.equal:
		return modulo(q.Draw.Uint64(), q, v)
	case len(q.Tried) > 0:
		return p.amongUntried(q, v)
	case len(v.Eligible) == 0:
		return sim.NoServer
	}
	last := len(p.ends) - 1
	x := q.Draw.Float64() * p.ends[last]
	i := sort.Search(last, func(i int) bool { return x < p.ends[i] })
	return v.Eligible[i]
}

// amongUntried draws among the candidates of a retry.
func (p *random) amongUntried(q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	best, sum := sim.NoServer, 0.0
	for i := range c.n {
		s := c.at(i)
		sum += v.Weight[s]
		if q.Draw.At(uint64(i)).Float64()*sum < v.Weight[s] {
			best = s
		}
	}
	return best
}
