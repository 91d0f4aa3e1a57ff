package policies

import (
	"cmp"
	"slices"

	"stickysim/sim"
)

var _ = Register("least-connections", LeastConnections{}, Doc{
	Summary: "the server with the fewest requests in flight per weight",
	Also:    []string{"leastconn", "least_conn", "lc", "wlc", "least-outstanding"},
	Detail: "Ties are broken at random, in proportion to weight. Equal weights: O(1) per request however many servers; " +
		"unequal: O(log servers). Counts only what this balancer instance has in flight.",
	Source: "textbook; join the shortest queue as seen by one balancer",
	Claims: Claims{Uniform: true, Weighted: true, Sample: -1},
})

// LeastConnections picks the server with the fewest requests in flight per weight.
//
// Freshness: requests in flight are exact for this instance and blind to the others'.
type LeastConnections struct{}

// New makes an instance.
func (LeastConnections) New(env sim.Env) sim.Balancer {
	return &leastConnections{
		order: make([]sim.ServerID, 0, env.Servers),
		place: make([]int32, env.Servers),
		start: make([]int32, 0, 1024),
	}
}

// leastConnections keeps the servers sorted by requests in flight. A request moves its server by one bucket, which
// is a swap with the bucket's edge.
//
//	order  c a | e | b d f |
//	count  0 0 | 1 | 3 3 3 |
//	start  0     2   3 3     6     (by count 0, 1, 2, 3, 4)
type leastConnections struct {
	equal bool
	loads loadIndex      // in use while weights differ
	order []sim.ServerID // the eligible servers, by requests in flight
	place []int32        // by ServerID: one more than its index in order; 0 = not there
	start []int32        // start[c]: first index in order with at least c in flight; ends with len(order)
}

// Reads implements [sim.Reader].
func (p *leastConnections) Reads() sim.Needs { return sim.NeedsDraw }

// Rebuild sorts the eligible servers anew.
func (p *leastConnections) Rebuild(v *sim.View) {
	for _, s := range p.order {
		p.place[s] = 0
	}
	p.order = p.order[:0]
	if p.equal = equalWeights(v); !p.equal {
		p.loads.rebuild(v.InFlight, v)
		return
	}
	p.order = append(p.order, v.Eligible...)
	slices.SortStableFunc(p.order, func(a, b sim.ServerID) int { return cmp.Compare(v.InFlight[a], v.InFlight[b]) })
	p.start = append(p.start[:0], 0)
	for i, s := range p.order {
		p.place[s] = int32(i + 1)
		for int(v.InFlight[s]) >= len(p.start) {
			p.start = append(p.start, int32(i))
		}
	}
	p.start = append(p.start, int32(len(p.order)))
}

// Pick implements [sim.Balancer].
func (p *leastConnections) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if !p.equal || len(q.Tried) > 0 {
		return p.loads.pick(v.InFlight, q, v)
	}
	if len(p.order) == 0 {
		return sim.NoServer
	}
	fewest := v.InFlight[p.order[0]]
	return p.order[q.Draw.IntN(int(p.start[fewest+1]))]
}

// Began moves s up by one bucket.
func (p *leastConnections) Began(s sim.ServerID, v *sim.View) {
	if p.place[s] == 0 {
		p.weigh(s, v)
		return
	}
	c := v.InFlight[s]
	p.start[c]--
	p.swap(p.place[s]-1, p.start[c])
	if int(c)+1 == len(p.start) {
		p.start = append(p.start, int32(len(p.order)))
	}
}

// Ended moves s down by one bucket.
func (p *leastConnections) Ended(s sim.ServerID, _ sim.Outcome, v *sim.View) {
	if p.place[s] == 0 {
		p.weigh(s, v)
		return
	}
	above := v.InFlight[s] + 1
	p.swap(p.place[s]-1, p.start[above])
	p.start[above]++
}

// weigh notes the load of s while weights differ.
func (p *leastConnections) weigh(s sim.ServerID, v *sim.View) {
	if !p.equal {
		p.loads.moved(s, v.InFlight, v)
	}
}

func (p *leastConnections) swap(i, j int32) {
	a, b := p.order[i], p.order[j]
	p.order[i], p.order[j] = b, a
	p.place[a], p.place[b] = j+1, i+1
}
