package nginx

import (
	"math"
	"slices"

	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// turns is the smooth weighted round robin of a group, or of its least loaded peers. Peers that gain their whole weight in every
// round they take part in are kept in an index; a round looks only at the odd ones: those with failures, with a weight that
// failures have lowered, or at max_conns.
type turns struct {
	index least.Turns
	group []peer
	ids   []sim.ServerID // by position
	place []int32        // by ServerID: one more than the position, of a peer that is in the index; else 0
	odd   []int32        // positions
	tied  []int32        // scratch: those of them that are as loaded as the least loaded peer
	scan  bool           // all peers are odd: a method changes their positions itself
	all   float64        // weights of all peers, usable or not
}

// rebuild begins with the credits that the group's peers have.
func (t *turns) rebuild(group []peer, v *sim.View) {
	t.group, t.odd, t.all = group, t.odd[:0], 0
	t.index.Fill(len(group), func(i int) least.Place {
		p := &group[i]
		return least.Place{Weight: p.weight, Load: t.load(p, v), Credit: p.current, Out: !t.regular(p, v)}
	})
	for _, s := range t.ids {
		t.place[s] = 0
	}
	t.ids = t.ids[:0]
	for i := range group {
		p := &group[i]
		p.at = int32(i)
		t.ids = append(t.ids, p.id)
		t.all += p.weight
		if t.keep(p, t.regular(p, v)); !p.indexed && !p.isDown {
			t.odd = append(t.odd, p.at)
		}
	}
}

// keep notes whether the index has a peer.
func (t *turns) keep(p *peer, has bool) {
	if p.indexed = has; has {
		t.place[p.id] = p.at + 1
	} else {
		t.place[p.id] = 0
	}
}

// regular reports whether the peer takes part with its whole weight. Loads for a weight in slow start, which is no whole number,
// are compared with rounding.
func (t *turns) regular(p *peer, v *sim.View) bool {
	return !t.scan && !p.isDown && p.effective == p.weight && (p.maxFails == 0 || p.fails < p.maxFails) && !p.full(v) &&
		(!t.index.Tied || p.weight == math.Trunc(p.weight))
}

// load is what the round robin knows of the peer's load.
func (t *turns) load(p *peer, v *sim.View) int32 {
	if t.index.Tied {
		return v.InFlight[p.id]
	}
	return 0
}

// loaded follows the load of a peer.
func (t *turns) loaded(p *peer, v *sim.View) {
	if t.index.Tied && p.indexed {
		t.index.Move(int(p.at), v.InFlight[p.id])
	}
}

// loadedRegular is loaded for a server whose peer is in the index; it reports whether it is.
func (t *turns) loadedRegular(s sim.ServerID, v *sim.View) bool {
	at := t.place[s]
	if at > 0 && t.index.Tied {
		t.index.Move(int(at-1), v.InFlight[s])
	}
	return at > 0
}

// sort puts a peer that is not down where it belongs after a change.
func (t *turns) sort(p *peer, v *sim.View) {
	switch regular := t.regular(p, v); {
	case regular == p.indexed, p.isDown:
	case regular:
		t.keep(p, true)
		t.index.Enter(int(p.at), t.load(p, v), p.current)
		t.odd = slices.Delete(t.odd, slices.Index(t.odd, p.at), slices.Index(t.odd, p.at)+1)
	default:
		t.odd = append(t.odd, p.at)
		t.leave(p)
	}
}

func (t *turns) leave(p *peer) {
	p.current = t.index.Credit(int(p.at))
	t.keep(p, false)
	t.index.Leave(int(p.at))
}

// credit is the peer's position in the round robin.
func (t *turns) credit(p *peer) float64 {
	if p.indexed {
		return t.index.Credit(int(p.at))
	}
	return p.current
}

// pay takes a round's total from the peer.
func (t *turns) pay(p *peer, total float64) {
	if p.indexed {
		t.index.Pay(int(p.at), total)
		return
	}
	p.current -= total
}

// round lets every peer that is open gain its effective weight, and returns the one with the most, the first of equals, and what
// all have gained; nil where none is open. Where the turn is another's anyway, which one that is need not be found out.
func (t *turns) round(q *sim.Request, v *sim.View, now int64, taken bool) (best *peer, total float64) {
	t.setAside(q)
	total = t.index.Total()
	t.index.Round()
	r := richest{first: -1}
	if !taken {
		r.first, r.most = t.index.Best()
	}
	for _, i := range t.odd {
		if p := &t.group[i]; p.open(q, v, now) {
			total += r.turn(p)
		}
	}
	t.sortOdd(v)
	if r.first < 0 {
		return nil, total
	}
	return &t.group[r.first], total
}

// least returns the open peer with the fewest requests in flight for its weight, or nil. Equal ones take part in a round, and the
// one with the most then pays what all have gained.
func (t *turns) least(q *sim.Request, v *sim.View, now int64) *peer {
	if t.alone(q) {
		if best := t.index.TakeTied(); best >= 0 {
			return &t.group[best]
		}
		return nil
	}
	t.setAside(q)
	defer t.sortOdd(v)
	load, weight, ties, total := t.index.Least()
	r := richest{first: -1}
	indexed := ties > 0
	t.tied = t.tied[:0]
	for _, i := range t.odd {
		p := &t.group[i]
		if !p.open(q, v, now) {
			continue
		}
		order := -1
		if ties > 0 {
			order = least.CompareLoads(v.InFlight[p.id], p.weight, load, weight)
		}
		switch {
		case order < 0:
			load, weight, ties, total, indexed = v.InFlight[p.id], p.weight, 1, 0, false
			t.tied = append(t.tied[:0], i)
		case order == 0:
			ties++
			t.tied = append(t.tied, i)
		}
	}
	if indexed {
		if ties > 1 {
			t.index.RoundOf(load, weight)
		}
		r.first, r.most = t.index.Best()
	}
	if ties < 2 {
		return t.only(r.first)
	}
	for _, i := range t.tied {
		total += r.turn(&t.group[i])
	}
	t.pay(&t.group[r.first], total)
	return &t.group[r.first]
}

// alone reports whether only peers in the index take part.
func (t *turns) alone(q *sim.Request) bool { return len(t.odd)+len(q.Tried) == 0 }

// only is the peer that is tied with no other: an indexed one, or an odd one, or none.
func (t *turns) only(indexed int) *peer {
	switch {
	case indexed >= 0:
		return &t.group[indexed]
	case len(t.tied) > 0:
		return &t.group[t.tied[0]]
	}
	return nil
}

// setAside makes peers odd that the request has tried.
func (t *turns) setAside(q *sim.Request) {
	for _, s := range q.Tried {
		if i := slices.IndexFunc(t.group, func(p peer) bool { return p.id == s }); i >= 0 && t.group[i].indexed {
			t.leave(&t.group[i])
			t.odd = append(t.odd, int32(i))
		}
	}
}

// sortOdd puts the odd peers where they belong after a round.
func (t *turns) sortOdd(v *sim.View) {
	for k := len(t.odd) - 1; k >= 0; k-- {
		t.sort(&t.group[t.odd[k]], v)
	}
}

// richest is the peer with the most, the first of equals, while peers take their turn.
type richest struct {
	first int // position; -1 = none yet
	most  float64
}

// turn gives a peer its part, which it returns.
func (r *richest) turn(p *peer) float64 {
	in := p.turn()
	if r.first < 0 || p.current > r.most || p.current == r.most && p.at < int32(r.first) {
		r.first, r.most = int(p.at), p.current
	}
	return in
}
