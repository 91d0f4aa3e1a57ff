package haproxy

import (
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// ordered is a queue of servers by ascending key, first in first out among equal keys: HAProxy's elastic binary tree
// with duplicates. Keys have 40 bits.
type ordered struct {
	tree  least.Tree    // places are ServerIDs, by key and then by number
	seq   uint64        // number of the last one that came
	aside []orderedItem // scratch
}

type orderedItem struct {
	key uint64 // and number
	s   sim.ServerID
}

// seqBits is how many bits of the tree's keys are numbers.
const seqBits = 24

// insert puts a server behind those with the same key, from wherever it is.
func (o *ordered) insert(s sim.ServerID, key uint64) {
	o.tree.Grow(int(s) + 1)
	if o.seq == 1<<seqBits-2 {
		o.renumber()
	}
	o.seq++
	o.tree.Set(int(s), key<<seqBits|o.seq)
}

// renumber gives the servers the first numbers, in their order.
func (o *ordered) renumber() {
	o.setAside(func(sim.ServerID) bool { return false })
	for i := range o.aside {
		x := &o.aside[i]
		x.key = x.key>>seqBits<<seqBits | uint64(i)
	}
	o.seq = uint64(len(o.aside))
	o.putBack()
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
	s := o.setAside(fits)
	o.putBack()
	return s
}

// setAside takes out the servers before the first one that fits, which it returns, or sim.NoServer.
func (o *ordered) setAside(fits func(sim.ServerID) bool) sim.ServerID {
	s := o.first()
	for s >= 0 && !fits(s) {
		o.aside = append(o.aside, orderedItem{o.tree.Of(int(s)), s})
		o.remove(s)
		s = o.first()
	}
	return s
}

func (o *ordered) putBack() {
	for _, x := range o.aside {
		o.tree.Set(int(x.s), x.key)
	}
	o.aside = o.aside[:0]
}
