package caddy

import "stickysim/sim"

// fnvRanking ranks by FNV-1a 32 of key and dial, as Caddy 2.6 did. The hash of the key and of what all dials begin
// with is computed once per request.
type fnvRanking struct {
	servers []sim.ServerID
	common  []byte // what all dials begin with
	rest    []byte // what follows in each, end to end
	ends    []int  // where each rest ends
}

const (
	fnvOffset = 0x811c9dc5
	fnvPrime  = 0x01000193
)

func (f *fnvRanking) rebuild(v *sim.View) {
	f.servers = append(f.servers[:0], v.Eligible...)
	f.common, f.rest, f.ends = f.common[:0], f.rest[:0], f.ends[:0]
	for i, s := range f.servers {
		dial := v.Servers[s].Addr
		if i == 0 {
			f.common = append(f.common, dial...)
		}
		n := 0
		for n < len(f.common) && n < len(dial) && f.common[n] == dial[n] {
			n++
		}
		f.common = f.common[:n]
	}
	for _, s := range f.servers {
		f.rest = append(f.rest, v.Servers[s].Addr[len(f.common):]...)
		f.ends = append(f.ends, len(f.rest))
	}
}

func (f *fnvRanking) highest(key []byte, v *sim.View, p *pool) sim.ServerID {
	begun := fnv(fnv(fnvOffset, key), f.common)
	best, top, open, start := sim.NoServer, uint32(0), p.open(v), 0
	for i, s := range f.servers {
		end := f.ends[i]
		h := fnv(begun, f.rest[start:end])
		start = end
		// The comparison is Caddy's: a hash of 0 never wins.
		if h > top && (open || p.available(s, v)) {
			best, top = s, h
		}
	}
	return best
}

func fnv(h uint32, text []byte) uint32 {
	for _, c := range text {
		h = (h ^ uint32(c)) * fnvPrime
	}
	return h
}
