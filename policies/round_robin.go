package policies

import (
	"slices"

	"stickysim/policies/internal/least"
	"stickysim/sim"
)

var _ = Register("round-robin", RoundRobin{}, Doc{
	Summary: "servers in turn, in proportion to weight",
	Also:    []string{"rr", "wrr", "roundrobin"},
	Detail: "Each balancer instance has its own turn and starts with the first server. Equal weights: strict turns, O(1). " +
		"Unequal weights: smooth weighted round robin, which spaces the turns of a heavy server evenly; O(log servers).",
	Source: "textbook; smooth weighted variant: nginx 1.3.1",
	Claims: Claims{Uniform: true, Weighted: true, StrictTurn: true},
})

// RoundRobin takes the servers in turn, in proportion to weight.
//
// A server that has failed the request loses its turn. Freshness: none needed.
type RoundRobin struct{}

// New makes an instance.
func (RoundRobin) New(sim.Env) sim.Balancer {
	return &roundRobin{last: sim.NoServer}
}

type roundRobin struct {
	equal  bool
	next   int          // index in Eligible of the next in turn, for equal weights
	last   sim.ServerID // the server of the last turn
	credit []float64    // by ServerID, while weights differ: turns owed, in weights, as of the last Rebuild; sums to 0
	turns  least.Turns  // of those in list, while weights differ; filled at the first turn after a Rebuild
	filled bool
	list   []sim.ServerID
}

// Reads implements [sim.Reader].
func (p *roundRobin) Reads() sim.Needs { return 0 }

// Rebuild keeps the turn: the next server is the one after the last, or the one in its place if the last is gone.
func (p *roundRobin) Rebuild(v *sim.View) {
	p.equal = equalWeights(v)
	at, gone := 0, true
	for _, s := range v.Members {
		if s == p.last {
			p.next, gone = at, false
		}
		if at < len(v.Eligible) && v.Eligible[at] == s {
			at++
			if s == p.last {
				p.next = at
			}
		}
	}
	if gone && p.last != sim.NoServer {
		p.next = max(p.next-1, 0)
		p.last = sim.NoServer
	}
	if p.next >= len(v.Eligible) {
		p.next = 0
	}
	p.rebuildTurns(v)
}

// rebuildTurns keeps the credits of unequal servers, those that take no new clients included.
func (p *roundRobin) rebuildTurns(v *sim.View) {
	if p.filled {
		for i, s := range p.list {
			p.credit[s] = p.turns.Credit(i)
		}
		p.filled = false
	}
	if p.equal {
		p.credit, p.list = p.credit[:0], p.list[:0]
		return
	}
	p.list = append(p.list[:0], v.Eligible...)
	if more := len(v.Servers) - len(p.credit); more > 0 {
		p.credit = append(p.credit, make([]float64, more)...)
	}
}

// Pick implements [sim.Balancer].
func (p *roundRobin) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	if !p.equal {
		p.last = v.Eligible[p.smooth(q, v)]
		return p.last
	}
	if len(q.Tried) > 0 {
		p.passOver(q, v)
	}
	s := v.Eligible[p.next]
	p.last = s
	if p.next++; p.next == len(v.Eligible) {
		p.next = 0
	}
	return s
}

// passOver advances the turn to a server that has not failed q.
func (p *roundRobin) passOver(q *sim.Request, v *sim.View) {
	c := candidatesFor(q, v)
	for !c.has(v.Eligible[p.next]) {
		p.next = (p.next + 1) % len(v.Eligible)
	}
}

// smooth pays every candidate its weight and takes the whole sum back from the richest.
func (p *roundRobin) smooth(q *sim.Request, v *sim.View) int {
	if !p.filled {
		p.filled = true
		p.turns.Fill(len(p.list), func(i int) least.Place { return least.Place{Weight: v.Weight[p.list[i]], Credit: p.credit[p.list[i]]} })
	}
	c := candidates{v: v}
	if len(q.Tried) > 0 {
		c = candidatesFor(q, v)
	}
	p.eachTried(&c, func(i int, s sim.ServerID) {
		p.credit[s] = p.turns.Credit(i)
		p.turns.Leave(i)
	})
	best := p.turns.Take()
	p.eachTried(&c, func(i int, s sim.ServerID) { p.turns.Enter(i, 0, p.credit[s]) })
	return best
}

// eachTried visits the servers that are not candidates, with their places.
func (p *roundRobin) eachTried(c *candidates, visit func(i int, s sim.ServerID)) {
	for k, s := range c.tried {
		if i := slices.Index(p.list, s); i >= 0 && !slices.Contains(c.tried[:k], s) {
			visit(i, s)
		}
	}
}
