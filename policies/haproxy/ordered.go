package haproxy

import (
	"slices"

	"stickysim/sim"
)

// ordered is a queue of servers by ascending key, first in first out among equal keys: HAProxy's elastic binary tree
// with duplicates. The head is kept at the end of the slice, where it is taken off without moving the others.
type ordered struct {
	items []orderedItem
	seq   uint64
}

type orderedItem struct {
	key, seq uint64
	s        sim.ServerID
}

// before is the order of the slice: descending.
func (a orderedItem) before(b orderedItem) int {
	switch {
	case a.key > b.key || a.key == b.key && a.seq > b.seq:
		return -1
	case a.key == b.key && a.seq == b.seq:
		return 0
	}
	return 1
}

// ticket finds a server in the queue it was put into.
type ticket struct{ key, seq uint64 }

func (o *ordered) insert(s sim.ServerID, key uint64) ticket {
	o.seq++
	item := orderedItem{key, o.seq, s}
	at, _ := slices.BinarySearchFunc(o.items, item, orderedItem.before)
	o.items = slices.Insert(o.items, at, item)
	return ticket{key, o.seq}
}

func (o *ordered) remove(t ticket) {
	if last := len(o.items) - 1; last >= 0 && o.items[last].seq == t.seq {
		o.items = o.items[:last]
		return
	}
	at, found := slices.BinarySearchFunc(o.items, orderedItem{key: t.key, seq: t.seq}, orderedItem.before)
	if found {
		o.items = slices.Delete(o.items, at, at+1)
	}
}

// first returns the head, or sim.NoServer.
func (o *ordered) first() sim.ServerID {
	if len(o.items) == 0 {
		return sim.NoServer
	}
	return o.items[len(o.items)-1].s
}
