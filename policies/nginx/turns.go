package nginx

import (
	"slices"

	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// turns is the smooth weighted round robin of a group. Peers that gain their whole weight in every round are kept in an index;
// a round looks only at the odd ones: those with failures, with a weight that failures have lowered, or at max_conns.
type turns struct {
	index least.Turns
	group []peer
	odd   []int32 // positions
	scan  bool    // all peers are odd: a method changes their positions itself
	all   float64 // weights of all peers, usable or not
}

// rebuild begins with the credits that the group's peers have.
func (t *turns) rebuild(group []peer, v *sim.View) {
	t.group, t.odd, t.all = group, t.odd[:0], 0
	t.index.Fill(len(group), func(i int) least.Place {
		p := &group[i]
		return least.Place{Weight: p.weight, Credit: p.current, Out: !t.regular(p, v)}
	})
	for i := range group {
		p := &group[i]
		p.at = int32(i)
		t.all += p.weight
		if p.indexed = t.regular(p, v); !p.indexed && !p.isDown {
			t.odd = append(t.odd, p.at)
		}
	}
}

// regular reports whether the peer takes part in every round with its whole weight.
func (t *turns) regular(p *peer, v *sim.View) bool {
	return !t.scan && !p.isDown && p.effective == p.weight && (p.maxFails == 0 || p.fails < p.maxFails) && !p.full(v)
}

// sort puts a peer that is not down where it belongs after a change.
func (t *turns) sort(p *peer, v *sim.View) {
	switch regular := t.regular(p, v); {
	case regular == p.indexed, p.isDown:
	case regular:
		p.indexed = true
		t.index.Enter(int(p.at), 0, p.current)
		t.odd = slices.Delete(t.odd, slices.Index(t.odd, p.at), slices.Index(t.odd, p.at)+1)
	default:
		t.odd = append(t.odd, p.at)
		t.leave(p)
	}
}

func (t *turns) leave(p *peer) {
	p.current = t.index.Credit(int(p.at))
	p.indexed = false
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
// all have gained; nil where none is open.
func (t *turns) round(q *sim.Request, v *sim.View, now int64) (best *peer, total float64) {
	for _, s := range q.Tried {
		if i := slices.IndexFunc(t.group, func(p peer) bool { return p.id == s }); i >= 0 && t.group[i].indexed {
			t.leave(&t.group[i])
			t.odd = append(t.odd, int32(i))
		}
	}
	total = t.index.Total()
	t.index.Round()
	first, most := t.index.Best()
	for _, i := range t.odd {
		p := &t.group[i]
		if !p.open(q, v, now) {
			continue
		}
		total += p.turn()
		if first < 0 || p.current > most || p.current == most && p.at < int32(first) {
			first, most = int(i), p.current
		}
	}
	for k := len(t.odd) - 1; k >= 0; k-- {
		t.sort(&t.group[t.odd[k]], v)
	}
	if first < 0 {
		return nil, 0
	}
	return &t.group[first], total
}
