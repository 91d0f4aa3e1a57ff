package haproxy

import (
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// ordered is a queue of servers by ascending key, first in first out among equal keys: HAProxy's elastic binary tree
// with duplicates.
type ordered struct {
	tree  least.Tree // places are ServerIDs
	seq   uint64
	aside []orderedItem // scratch
}

type orderedItem struct {
	key, seq uint64
	s        sim.ServerID
}

// insert puts a server behind those with the same key.
func (o *ordered) insert(s sim.ServerID, key uint64) {
	o.tree.Grow(int(s) + 1)
	o.seq++
	o.tree.Set(int(s), key, o.seq)
}

// remove takes a server out that is in the queue.
func (o *ordered) remove(s sim.ServerID) { o.tree.Out(int(s)) }

// first returns the head, or sim.NoServer.
func (o *ordered) first() sim.ServerID {
	if o.tree.Empty() {
		return sim.NoServer
	}
	return sim.ServerID(o.tree.First())
}

// find returns the first server that fits, or sim.NoServer.
func (o *ordered) find(fits func(sim.ServerID) bool) sim.ServerID {
	s := o.first()
	for s >= 0 && !fits(s) {
		key, seq := o.tree.Of(int(s))
		o.aside = append(o.aside, orderedItem{key, seq, s})
		o.remove(s)
		s = o.first()
	}
	for _, x := range o.aside {
		o.tree.Set(int(x.s), x.key, x.seq)
	}
	o.aside = o.aside[:0]
	return s
}
