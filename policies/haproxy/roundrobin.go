package haproxy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// RoundRobin is `balance roundrobin`: servers in turn, in proportion to weights that may change at any time.
type RoundRobin struct {
	Options `yaml:",inline"`
}

// New makes an instance.
func (c RoundRobin) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, &roundRobin{}, env)
}

var _ = policies.Register("haproxy/roundrobin", RoundRobin{DefaultOptions()}, policies.Doc{
	Summary: "HAProxy's dynamic weighted round robin",
	Detail: "Servers take turns in proportion to their weights, which may change while it runs. Full servers are skipped; " +
		"when all are full, requests wait and the first server with room takes the oldest.",
	Source: "HAProxy 2.6 src/lb_fwrr.c",
	Claims: policies.Claims{Uniform: true, Weighted: true, StrictTurn: true, Limit: true},
})

// roundRobin is the fast weighted round robin: every server has the position of its next turn. The servers whose turn
// comes in this window are in curr, sorted by it; those beyond are in next, and become init when the window ends, which
// fills holes, heavy ones first.
type roundRobin struct {
	at  []turn         // by ServerID
	grp [2]rrGroup     // servers, backups
	out []sim.ServerID // set aside during a pick
}

// turn is one server's place.
type turn struct {
	npos, lpos int // positions of the next and the last turn
	rest       int // remainder of the last division, carried to the next
	in         tree
}

// tree says which of the queues of its group a server is in.
type tree uint8

const (
	nowhere tree = iota
	inCurr
	inInit
	inNext
)

// rrGroup is the servers, or the backups.
type rrGroup struct {
	curr, init, next   ordered
	pos                int // position of the current turn
	currWeight, weight int // sum of weights in this window, and in the next
}

func (*roundRobin) traits() traits { return traits{turns: true, blocks: true} }

func (r *roundRobin) group(b *backend, s sim.ServerID) *rrGroup {
	if b.srv[s].backup {
		return &r.grp[1]
	}
	return &r.grp[0]
}

func (r *roundRobin) rebuild(b *backend, _ *sim.View) {
	first := r.at == nil
	if more := len(b.srv) - len(r.at); more > 0 {
		r.at = append(r.at, make([]turn, more)...)
	}
	for _, s := range b.changes {
		g, x, t := r.group(b, s), &b.srv[s], &r.at[s]
		g.weight += x.weight - x.before
		switch {
		case first:
			g.queueByWeight(&g.init, inInit, t, s, x.weight)
		case x.weight == 0:
			g.leave(t, s)
		case x.before == 0:
			t.npos = g.pos + (g.weight+g.currWeight-g.pos)/x.weight
			g.queue(t, s, x.weight)
		default:
			g.reweigh(t, s, x.weight)
		}
	}
	if first {
		for i := range r.grp {
			g := &r.grp[i]
			g.pos, g.currWeight = g.weight, g.weight
		}
	}
}

func (r *roundRobin) pick(b *backend, _ *sim.Request, v *sim.View, avoid sim.ServerID) sim.ServerID {
	g := &r.grp[0]
	if b.act == 0 {
		g = &r.grp[1]
	}
	r.out = r.out[:0]
	avoided, switched := sim.NoServer, false
	var s sim.ServerID
	for {
		if g.currWeight == 0 {
			g.pos, g.currWeight = g.weight, g.weight
		}
		if s = r.head(g); s < 0 && !switched {
			switched = true
			r.turnOver(b, g)
			s = r.head(g)
		}
		if s < 0 {
			s = avoided
			break
		}
		t := &r.at[s]
		g.advance(t, b.srv[s].weight)
		g.leave(t, s)
		g.pos++
		if !b.full(v, s) {
			if s != avoid || avoided >= 0 {
				break
			}
			avoided = s
		}
		r.out = append(r.out, s)
	}
	if s >= 0 {
		g.queue(&r.at[s], s, b.srv[s].weight)
	}
	r.putBack(b, g, s, switched)
	return s
}

// putBack returns the servers that were set aside, last first: to their next turn, or, when the window ended
// meanwhile and their place is lost, to the start of the new one.
func (r *roundRobin) putBack(b *backend, g *rrGroup, chosen sim.ServerID, switched bool) {
	for i := len(r.out) - 1; i >= 0; i-- {
		s := r.out[i]
		switch {
		case s == chosen:
		case switched:
			g.queueByWeight(&g.init, inInit, &r.at[s], s, b.srv[s].weight)
		default:
			g.queue(&r.at[s], s, b.srv[s].weight)
		}
	}
}

// head returns the server whose turn it is: the first of curr if its turn has come, else one of init.
func (r *roundRobin) head(g *rrGroup) sim.ServerID {
	s := g.curr.first()
	if s >= 0 && r.at[s].npos <= g.pos {
		return s
	}
	if early := g.init.first(); early >= 0 {
		t := &r.at[early]
		t.npos, t.rest = 0, 0
		return early
	}
	return s
}

// advance moves the server's next turn on by as much as its weight asks for.
func (g *rrGroup) advance(t *turn, weight int) {
	if t.npos == 0 {
		t.npos = g.pos
	}
	t.lpos = t.npos
	t.npos += g.weight / weight
	if t.rest += g.weight % weight; t.rest >= weight {
		t.rest -= weight
		t.npos++
	}
}

// queue puts the server where its next turn belongs.
func (g *rrGroup) queue(t *turn, s sim.ServerID, weight int) {
	if t.npos >= 2*g.currWeight || t.npos >= g.currWeight+g.weight {
		t.npos -= g.currWeight
		g.queueByWeight(&g.next, inNext, t, s, weight)
		return
	}
	g.curr.insert(s, uint64(256*t.npos+(maxWeight+t.rest-weight)/weightScale))
	t.in = inCurr
}

func (g *rrGroup) queueByWeight(o *ordered, in tree, t *turn, s sim.ServerID, weight int) {
	o.insert(s, uint64(maxWeight-weight))
	t.in = in
}

func (g *rrGroup) leave(t *turn, s sim.ServerID) {
	switch t.in {
	case inCurr:
		g.curr.remove(s)
	case inInit:
		g.init.remove(s)
	case inNext:
		g.next.remove(s)
	}
	t.in = nowhere
}

// turnOver ends the window of a group: the next one begins with the servers that waited for it.
func (r *roundRobin) turnOver(b *backend, g *rrGroup) {
	g.init, g.next = g.next, g.init
	for s := range r.at {
		if t := &r.at[s]; t.in == inNext && r.group(b, sim.ServerID(s)) == g {
			t.in = inInit
		}
	}
	g.currWeight = g.weight
	g.pos = g.currWeight
}

// reweigh finds the place of a server whose weight changed while it was in use.
func (g *rrGroup) reweigh(t *turn, s sim.ServerID, weight int) {
	in := t.in
	g.leave(t, s)
	if in == inInit {
		g.queueByWeight(&g.init, inInit, t, s, weight)
		return
	}
	if in == inNext {
		t.npos += g.currWeight
	}
	step := g.weight / weight
	t.npos = min(t.npos, t.lpos+step)
	t.rest = 0
	if t.npos < g.pos+2 {
		t.npos = g.pos + step
	}
	g.queue(t, s, weight)
}
