package haproxy

import (
	"math/bits"
	"slices"

	"stickysim/sim"
)

// maxNodes is how many nodes a server can have before they would run into those of the next id.
const maxNodes = 4096

// nodes are places on a ring by key: each server has as many as its effective weight.
type nodes struct {
	list   []uint64 // key and, in the low half, server; ascending
	bucket []int32  // by the leading bits of a key: the first node there or behind
	shift  uint
	spare  []uint64 // the list before the last change
}

func (n *nodes) key(i int) uint32         { return uint32(n.list[i] >> 32) }
func (n *nodes) owner(i int) sim.ServerID { return sim.ServerID(uint32(n.list[i])) }

// set makes the nodes of the usable servers, or of the usable backups.
func (n *nodes) set(b *backend, backups bool) {
	n.list = n.list[:0]
	for _, s := range b.members {
		x := &b.srv[s]
		if x.backup != backups {
			continue
		}
		for node := range min(x.weight, maxNodes) {
			key := avalanche(uint32(x.number*maxNodes + node))
			n.list = append(n.list, uint64(key)<<32|uint64(s))
		}
	}
	n.sort()
	n.index()
}

// sort orders the nodes by key, eleven bits at a time.
func (n *nodes) sort() {
	n.spare = slices.Grow(n.spare[:0], len(n.list))[:len(n.list)]
	for shift := 32; shift < 64; shift += 11 {
		var start [2048]int
		for _, node := range n.list {
			start[node>>shift&2047]++
		}
		sum := 0
		for i, count := range start {
			start[i], sum = sum, sum+count
		}
		for _, node := range n.list {
			at := &start[node>>shift&2047]
			n.spare[*at] = node
			*at++
		}
		n.list, n.spare = n.spare, n.list
	}
}

// index fills the table from leading bits to nodes, with about one node per entry.
func (n *nodes) index() {
	width := min(bits.Len(uint(len(n.list))), 24)
	n.shift = uint(32 - width)
	n.bucket = slices.Grow(n.bucket[:0], 1<<width)[:1<<width]
	at := 0
	for i := range n.bucket {
		for at < len(n.list) && int(n.key(at)>>n.shift) < i {
			at++
		}
		n.bucket[i] = int32(at)
	}
}

// nearest returns the node nearest to hash; the lower one on a tie. There must be one. Whether the first node of a bucket is below
// the hash, and which neighbour is nearer, no processor can predict, so that neither is a branch.
func (n *nodes) nearest(hash uint32) int {
	next, count := int(n.bucket[hash>>n.shift]), len(n.list)
	if next < count {
		next += one(n.key(next) < hash)
	}
	for next < count && n.key(next) < hash {
		next++
	}
	if next == count {
		next = 0
	}
	prev := next - 1
	if prev < 0 {
		prev = count - 1
	}
	return next + (prev-next)*one(hash-n.key(prev) <= n.key(next)-hash)
}

// one is 1 where something holds, else 0.
func one(holds bool) (n int) {
	if holds {
		n = 1
	}
	return n
}
