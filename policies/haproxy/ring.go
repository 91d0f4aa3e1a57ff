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
	factor        int            // bounded load: percent of the mean; 0 = no bound
	keys          []uint32       // of the nodes, ascending
	owner         []sim.ServerID // of the nodes
	bucket        []int32        // by the leading bits of a key: the first node there or behind
	shift         uint
	last          int // node that had the last turn; -1 = none
	backup        bool
	packed, spare []uint64
}

func newRing(factor int) *ring { return &ring{factor: factor, last: -1} }

func (r *ring) rebuild(b *backend, _ *sim.View) {
	backup := b.act == 0
	if len(b.changes) == 0 && !b.fresh && backup == r.backup {
		return
	}
	r.packed = r.packed[:0]
	for _, s := range b.inUse() {
		x := &b.srv[s]
		for node := range min(x.weight, maxNodes) {
			key := avalanche(uint32(x.number*maxNodes + node))
			r.packed = append(r.packed, uint64(key)<<32|uint64(s))
		}
	}
	r.sort()
	r.follow(backup != r.backup)
	r.backup = backup
	r.keys, r.owner = r.keys[:0], r.owner[:0]
	for _, p := range r.packed {
		r.keys = append(r.keys, uint32(p>>32))
		r.owner = append(r.owner, sim.ServerID(uint32(p)))
	}
	r.index()
}

// sort orders the packed nodes by key, eleven bits at a time.
func (r *ring) sort() {
	r.spare = slices.Grow(r.spare[:0], len(r.packed))[:len(r.packed)]
	for shift := 32; shift < 64; shift += 11 {
		var start [2048]int
		for _, p := range r.packed {
			start[p>>shift&2047]++
		}
		sum := 0
		for i, n := range start {
			start[i], sum = sum, sum+n
		}
		for _, p := range r.packed {
			at := &start[p>>shift&2047]
			r.spare[*at] = p
			*at++
		}
		r.packed, r.spare = r.spare, r.packed
	}
}

// follow finds the last turn's node among the new ones: if it is gone, its turn passes to the one behind it.
func (r *ring) follow(other bool) {
	if r.last < 0 {
		return
	}
	key := r.keys[r.last]
	at, _ := slices.BinarySearchFunc(r.packed, key, func(p uint64, key uint32) int {
		return int(int64(p>>32) - int64(key))
	})
	switch {
	case other || len(r.packed) == 0:
		at = -1
	case at == len(r.packed):
		at = 0
	}
	r.last = at
}

// index fills the table from leading bits to nodes, with about one node per entry.
func (r *ring) index() {
	width := min(bits.Len(uint(len(r.keys))), 24)
	r.shift = uint(32 - width)
	r.bucket = slices.Grow(r.bucket[:0], 1<<width)[:1<<width]
	at := 0
	for i := range r.bucket {
		for at < len(r.keys) && int(r.keys[at]>>r.shift) < i {
			at++
		}
		r.bucket[i] = int32(at)
	}
}

// at returns the server of the node nearest to hash; the lower one on a tie. From there the ring is followed past
// avoid and past servers beyond their bound.
func (r *ring) at(b *backend, v *sim.View, hash uint32, avoid sim.ServerID) sim.ServerID {
	n := len(r.keys)
	if n == 0 {
		return sim.NoServer
	}
	next := int(r.bucket[hash>>r.shift])
	for next < n && r.keys[next] < hash {
		next++
	}
	if next == n {
		next = 0
	}
	prev := next - 1
	if prev < 0 {
		prev = n - 1
	}
	if hash-r.keys[prev] <= r.keys[next]-hash {
		next = prev
	}
	s := r.owner[next]
	for wraps := 0; s == avoid || r.factor > 0 && !r.within(b, v, s); s = r.owner[next] {
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
// of all requests including this one, at least 1 (Mirrokni, Thorup & Zadimoghaddam, arXiv 1608.01350).
func (r *ring) within(b *backend, v *sim.View, s sim.ServerID) bool {
	x := &b.srv[s]
	all := ((b.served+1)*r.factor + 99) / 100
	each, rest := all/b.total, all%b.total
	most := x.weight*each + (x.share+x.weight)*rest/b.total - x.share*rest/b.total
	return int(v.InFlight[s]) < max(1, most)
}

// next takes turns over the nodes, in the order of their keys. Full servers are skipped.
func (r *ring) next(b *backend, v *sim.View, avoid sim.ServerID) sim.ServerID {
	avoided, node := sim.NoServer, -1
	for range r.keys {
		if r.last++; r.last == len(r.keys) {
			r.last = 0
		}
		s := r.owner[r.last]
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
