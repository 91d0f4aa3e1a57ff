package haproxy

import (
	"math/bits"
	"slices"

	"stickysim/sim"
)

// maxNodes is how many nodes a server can have before they would run into those of the next id.
const maxNodes = 4096

// ring is HAProxy's consistent hash: every server has as many nodes as its effective weight, and a key belongs to the
// nearest node, on either side.
type ring struct {
	factor int      // bounded load: percent of the mean; 0 = no bound
	nodes  []uint64 // key and, in the low half, server; ascending
	bucket []int32  // by the leading bits of a key: the first node there or behind
	shift  uint
	last   int // node that had the last turn; -1 = none
	backup bool
	spare  []uint64 // the nodes before the last change
}

func newRing(factor int) *ring { return &ring{factor: factor, last: -1} }

func (r *ring) key(node int) uint32         { return uint32(r.nodes[node] >> 32) }
func (r *ring) owner(node int) sim.ServerID { return sim.ServerID(uint32(r.nodes[node])) }

func (r *ring) rebuild(b *backend, _ *sim.View) {
	backup := b.act == 0
	if len(b.changes) == 0 && !b.fresh && backup == r.backup {
		return
	}
	was := uint64(0)
	if r.last >= 0 {
		was = r.nodes[r.last]
	}
	r.nodes = r.nodes[:0]
	for _, s := range b.inUse() {
		x := &b.srv[s]
		for node := range min(x.weight, maxNodes) {
			key := avalanche(uint32(x.number*maxNodes + node))
			r.nodes = append(r.nodes, uint64(key)<<32|uint64(s))
		}
	}
	r.sort()
	r.follow(was, backup != r.backup)
	r.backup = backup
	r.index()
}

// sort orders the nodes by key, eleven bits at a time.
func (r *ring) sort() {
	r.spare = slices.Grow(r.spare[:0], len(r.nodes))[:len(r.nodes)]
	for shift := 32; shift < 64; shift += 11 {
		var start [2048]int
		for _, node := range r.nodes {
			start[node>>shift&2047]++
		}
		sum := 0
		for i, n := range start {
			start[i], sum = sum, sum+n
		}
		for _, node := range r.nodes {
			at := &start[node>>shift&2047]
			r.spare[*at] = node
			*at++
		}
		r.nodes, r.spare = r.spare, r.nodes
	}
}

// follow finds the node of the last turn among the new ones: if it is gone, its turn passes to the one behind it.
func (r *ring) follow(was uint64, other bool) {
	if r.last < 0 {
		return
	}
	r.last, _ = slices.BinarySearch(r.nodes, was&^(1<<32-1))
	switch {
	case other || len(r.nodes) == 0:
		r.last = -1
	case r.last == len(r.nodes):
		r.last = 0
	}
}

// index fills the table from leading bits to nodes, with about one node per entry.
func (r *ring) index() {
	width := min(bits.Len(uint(len(r.nodes))), 24)
	r.shift = uint(32 - width)
	r.bucket = slices.Grow(r.bucket[:0], 1<<width)[:1<<width]
	at := 0
	for i := range r.bucket {
		for at < len(r.nodes) && int(r.key(at)>>r.shift) < i {
			at++
		}
		r.bucket[i] = int32(at)
	}
}

// at returns the server of the node nearest to hash; the lower one on a tie. From there the ring is followed past
// avoid and past servers beyond their bound.
func (r *ring) at(b *backend, v *sim.View, hash uint32, avoid sim.ServerID) sim.ServerID {
	n := len(r.nodes)
	if n == 0 {
		return sim.NoServer
	}
	next := int(r.bucket[hash>>r.shift])
	for next < n && r.key(next) < hash {
		next++
	}
	if next == n {
		next = 0
	}
	prev := next - 1
	if prev < 0 {
		prev = n - 1
	}
	if hash-r.key(prev) <= r.key(next)-hash {
		next = prev
	}
	s := r.owner(next)
	for wraps := 0; s == avoid || r.factor > 0 && !r.within(b, v, s); s = r.owner(next) {
		if next++; next == n {
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

// next takes turns over the nodes, in the order of their keys. Full servers are skipped.
func (r *ring) next(b *backend, v *sim.View, avoid sim.ServerID) sim.ServerID {
	avoided, node := sim.NoServer, -1
	for range r.nodes {
		if r.last++; r.last == len(r.nodes) {
			r.last = 0
		}
		s := r.owner(r.last)
		if b.full(v, s) {
			continue
		}
		if s != avoid {
			return s
		}
		avoided, node = s, r.last
	}
	r.last = node
	return avoided
}
