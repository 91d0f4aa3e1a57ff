package caddy

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"stickysim/sim"
)

// xxRanking ranks by xxHash64 of dial and key, as Caddy does since 2.7.
//
// Hashing every pair from its bytes is too slow for large fleets. All upstreams whose dials are equally long have the
// key at the same place of the hashed text, so the words that hold nothing but key, and all that xxHash64 derives
// from them alone, are computed once per request and length ([tail]); what remains per upstream is the words with its
// dial and the mixing, for eight upstreams at a time where the processor can.
type xxRanking struct {
	groups  []group
	scratch []byte
	tail    tail
}

// group is the upstreams with dials of one length.
type group struct {
	length  int
	servers []sim.ServerID
	places  []int    // positions among the eligible, for ties
	hashes  []uint64 // of the request at hand
	dials   columns
}

func (x *xxRanking) rebuild(v *sim.View) {
	x.groups = x.groups[:0]
	for place, s := range v.Eligible {
		dial := v.Servers[s].Addr
		g := x.group(len(dial))
		g.servers = append(g.servers, s)
		g.places = append(g.places, place)
		g.hashes = append(g.hashes, 0)
		g.dials.add(dial)
	}
}

func (x *xxRanking) group(length int) *group {
	i := slices.IndexFunc(x.groups, func(g group) bool { return g.length == length })
	if i < 0 {
		i = len(x.groups)
		x.groups = append(x.groups, group{length: length})
	}
	return &x.groups[i]
}

func (x *xxRanking) highest(key []byte, v *sim.View, p *pool) sim.ServerID {
	best, top, first, open := sim.NoServer, uint64(0), 0, p.open(v)
	for i := range x.groups {
		g := &x.groups[i]
		from, to, most := 0, len(g.hashes), x.hash(g, key, v)
		if open { // none is passed over
			if most < top {
				continue
			}
			from = index(g.hashes, most)
			to = from + 1
		}
		for j, h := range g.hashes[from:to] {
			j += from
			if h < top || h == top && (best == sim.NoServer || g.places[j] > first) {
				continue
			}
			if open || p.available(g.servers[j], v) {
				best, top, first = g.servers[j], h, g.places[j]
			}
		}
	}
	return best
}

// index is the first place of one of the hashes.
func index(hashes []uint64, h uint64) int {
	done := 0
	if wide {
		done = len(hashes) &^ (atOnce - 1)
		if at := indexWide(hashes[:done], h); at >= 0 {
			return at
		}
	}
	return done + slices.Index(hashes[done:], h)
}

// hash fills in the hashes of the group, and returns the greatest.
func (x *xxRanking) hash(g *group, key []byte, v *sim.View) (most uint64) {
	x.place(g.length, key)
	if x.tail.prepare(x.scratch, g.length, len(key)) {
		return x.tail.sums(&g.dials, g.hashes)
	}
	for j, s := range g.servers {
		g.hashes[j] = x.slow(v.Servers[s].Addr, len(key))
	}
	return slices.Max(g.hashes)
}

// place lays the key out behind room for a dial, as the hashed text has it, with room to read whole words.
func (x *xxRanking) place(length int, key []byte) {
	if need := length + len(key) + 8; len(x.scratch) < need {
		x.scratch = make([]byte, 2*need)
	}
	clear(x.scratch[:length])
	copy(x.scratch[length:], key)
}

func (x *xxRanking) slow(dial string, key int) uint64 {
	copy(x.scratch, dial)
	return xxhash.Sum64(x.scratch[:len(dial)+key])
}
