package haproxy

import (
	"slices"

	"stickysim/sim"
)

// ring is HAProxy's consistent hash: a key belongs to the nearest node, on either side.
type ring struct {
	factor int      // bounded load: percent of the mean; 0 = no bound
	sides  [2]nodes // of the servers, and of the backups
	most   []int    // by ServerID: the most nodes it has had
	side   int      // where the last turn was
	last   int      // node that had it; -1 = none
}

func newRing(factor int) *ring { return &ring{factor: factor, last: -1} }

// inUse returns the nodes that share the load.
func (r *ring) inUse(b *backend) int {
	if b.act == 0 {
		return 1
	}
	return 0
}

func (r *ring) rebuild(b *backend, _ *sim.View) {
	var changed [2]bool
	for len(r.most) < len(b.srv) {
		r.most = append(r.most, 0)
	}
	if b.fresh {
		changed = [2]bool{true, true}
		for _, s := range b.members {
			r.most[s] = max(r.most[s], b.srv[s].configured*weightScale)
		}
	}
	for _, s := range b.changes {
		if b.srv[s].backup {
			changed[1] = true
		} else {
			changed[0] = true
		}
		if w := b.srv[s].weight; w > r.most[s] {
			r.most[s] = w
			r.leave(s)
		}
	}
	for side := range r.sides {
		if changed[side] {
			r.renew(b, side)
		}
	}
}

// leave passes the last turn on to the next node of another server, as if those of s were gone: HAProxy takes them
// all off the ring to make room for more.
func (r *ring) leave(s sim.ServerID) {
	n := &r.sides[r.side]
	for passed := 0; r.last >= 0 && n.owner(r.last) == s; passed++ {
		if r.last++; r.last == len(n.list) {
			r.last = 0
		}
		if passed == len(n.list) {
			r.last = -1
		}
	}
}

// renew makes the nodes of a side anew. When the node of the last turn is gone, its turn passes to the one behind it.
func (r *ring) renew(b *backend, side int) {
	n := &r.sides[side]
	if r.side != side || r.last < 0 {
		n.set(b, side == 1)
		return
	}
	was := n.list[r.last]
	n.set(b, side == 1)
	r.last, _ = slices.BinarySearch(n.list, was)
	switch {
	case len(n.list) == 0:
		r.last = -1
	case r.last == len(n.list):
		r.last = 0
	}
}

// at returns the server of the node nearest to hash. From there the ring is followed past avoid and past servers
// beyond their bound.
func (r *ring) at(b *backend, v *sim.View, hash uint32, avoid sim.ServerID) sim.ServerID {
	n := &r.sides[r.inUse(b)]
	if len(n.list) == 0 {
		return sim.NoServer
	}
	next := n.nearest(hash)
	s := n.owner(next)
	for wraps := 0; s == avoid || r.factor > 0 && !r.within(b, v, s); s = n.owner(next) {
		if next++; next == len(n.list) {
			next = 0
			if wraps++; wraps > 1 {
				break
			}
		}
	}
	return s
}

// within reports whether s may take one more request under the bounded load: its share, by weight, of factor percent
// of all requests including this one, at least 1 (Mirrokni, Thorup & Zadimoghaddam, arXiv 1608.01350). The arithmetic
// is HAProxy's, 32 bits wide.
func (r *ring) within(b *backend, v *sim.View, s sim.ServerID) bool {
	x := &b.srv[s]
	weight, share, total := uint32(x.weight), uint32(x.share), uint32(b.total)
	all := (uint32(b.served+1)*uint32(r.factor) + 99) / 100
	each, rest := all/total, all%total
	most := weight*each + (share+weight)*rest/total - share*rest/total
	return uint32(v.InFlight[s]) < max(1, most)
}

// next takes turns over the nodes, in the order of their keys. Full servers are skipped. As in HAProxy, turns that had
// begun among the backups continue there to the end of the ring when servers are back.
func (r *ring) next(b *backend, v *sim.View, avoid sim.ServerID) sim.ServerID {
	use := r.inUse(b)
	left := len(r.sides[use].list)
	if r.last < 0 {
		r.side = use
	} else if r.side != use {
		left += len(r.sides[r.side].list) - r.last - 1
	}
	avoided, side, node := sim.NoServer, use, -1
	for range left {
		if r.last++; r.last == len(r.sides[r.side].list) {
			r.side, r.last = use, 0
		}
		s := r.sides[r.side].owner(r.last)
		if b.full(v, s) {
			continue
		}
		if s != avoid {
			return s
		}
		avoided, side, node = s, r.side, r.last
	}
	r.side, r.last = side, node
	return avoided
}
