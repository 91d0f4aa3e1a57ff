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
	p := &leastConnections{
		order: make([]orderedServer, 0, env.Servers),
		place: make([]uint32, env.Servers),
		start: make([]uint32, 0, 1024),
	}
	for s := range p.place {
		p.place[s] = outOfOrder
	}
	return p
}

// leastConnections keeps the servers sorted by requests in flight. A request moves its server by one bucket, which
// is a swap with the bucket's edge.
//
//	order  c a | e | b d f |
//	count  0 0 | 1 | 3 3 3 |
//	start  0     2   3 3     6     (by count 0, 1, 2, 3, 4)
type leastConnections struct {
	order []orderedServer // the eligible servers, by requests in flight; empty while weights differ
	place []uint32        // by ServerID: its index in order; outOfOrder = not there
	start []uint32        // start[c]: first index in order with at least c in flight; ends with len(order)
	equal bool
	loads loadIndex // in use while weights differ
}

// orderedServer is a server with its count, so that a change of it reads nothing more of the server.
type orderedServer struct {
	server sim.ServerID
	count  uint32 // requests in flight
}

const outOfOrder = ^uint32(0)

// Reads implements [sim.Reader].
func (p *leastConnections) Reads() sim.Needs { return sim.NeedsDraw }

// Rebuild sorts the eligible servers anew.
func (p *leastConnections) Rebuild(v *sim.View) {
	for _, x := range p.order {
		p.place[x.server] = outOfOrder
	}
	p.order = p.order[:0]
	if p.equal = equalWeights(v); !p.equal {
		p.loads.rebuild(v.InFlight, v)
		return
	}
	for _, s := range v.Eligible {
		p.order = append(p.order, orderedServer{s, uint32(v.InFlight[s])})
	}
	slices.SortStableFunc(p.order, func(a, b orderedServer) int { return cmp.Compare(a.count, b.count) })
	p.start = append(p.start[:0], 0)
	for i, x := range p.order {
		p.place[x.server] = uint32(i)
		for int(x.count) >= len(p.start) {
			p.start = append(p.start, uint32(i))
		}
	}
	p.start = append(p.start, uint32(len(p.order)))
}

// Pick implements [sim.Balancer].
func (p *leastConnections) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(p.order) == 0 || len(q.Tried) > 0 {
		return p.loads.pick(v.InFlight, q, v)
	}
	least := p.start[p.order[0].count+1]
	return p.order[q.Draw.IntN(int(least))].server
}

// Began moves s up by one bucket. Where s is at the edge itself, the swap writes the same again: a branch could not be foreseen.
func (p *leastConnections) Began(s sim.ServerID, v *sim.View) {
	place, order, start := p.place, p.order, p.start // read once, whatever is written between
	i := int(place[s])
	if i >= len(order) {
		p.weigh(s, v)
		return
	}
	c := int(order[i].count) + 1
	if c+1 >= len(start) {
		start = append(start, uint32(len(order)))
		p.start = start
	}
	edge := start[c] - 1
	start[c] = edge
	other := order[edge].server
	order[i].server = other
	order[edge] = orderedServer{s, uint32(c)}
	place[other] = uint32(i)
	place[s] = edge
}

// Ended moves s down by one bucket.
func (p *leastConnections) Ended(s sim.ServerID, _ sim.Outcome, v *sim.View) {
	place, order, start := p.place, p.order, p.start
	i := int(place[s])
	if i >= len(order) {
		p.weigh(s, v)
		return
	}
	c := order[i].count
	edge := start[c]
	start[c] = edge + 1
	other := order[edge].server
	order[i].server = other
	order[edge] = orderedServer{s, c - 1}
	place[other] = uint32(i)
	place[s] = edge
}

// weigh notes the load of s while weights differ.
func (p *leastConnections) weigh(s sim.ServerID, v *sim.View) {
	if !p.equal {
		p.loads.moved(s, v.InFlight, v)
	}
}
