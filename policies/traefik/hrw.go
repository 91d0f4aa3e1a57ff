package traefik

import (
	"math"

	"stickysim/policies"
	"stickysim/policies/internal/recall"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// HRW binds a client by the address its connection comes from: weighted rendezvous hashing, the greatest
// weight / -ln(hash/2^64) with hash = FNV-1a 64 of address and server URL, first of equals.
//
// FNV-1a hardly mixes the last bytes into the high bits, so URLs that differ only at the end have nearly equal scores
// and shares far from even; with weights the heaviest of such servers takes all clients.
type HRW struct{}

// New makes an instance.
func (HRW) New(sim.Env) sim.Balancer { return &hrw{} }

var _ = policies.Register("traefik/hrw", HRW{}, policies.Doc{
	Summary: "weighted rendezvous hash of the connection's address",
	Source:  "Traefik services, strategy hrw; pkg/server/service/loadbalancer/hrw/hrw.go",
	Key:     policies.KeyAddress,
	Claims:  policies.Claims{Sticky: true, Minimal: true},
})

// hrw hashes the address and what all URLs begin with once per address. A step of FNV-1a, (h^c)·prime, changes of h none but the low
// byte before it multiplies. So what n bytes of text make of h is h·primeⁿ and a number that follows from the text and h's low byte.
type hrw struct {
	servers []sim.ServerID
	weights []float64
	equal   bool          // all weights are the same
	common  string        // what all URLs begin with
	rest    []byte        // what follows in each, end to end
	ends    []int         // where each rest ends
	powers  []uint64      // of the prime, by server: as many as its rest is long
	added   [256][]uint64 // by low byte, as far as needed: what each rest adds
	text    [64]byte
	picks   recall.Table[sim.ClientID, sim.ServerID]
}

// Rebuild prepares the hashing of the servers that are up.
func (b *hrw) Rebuild(v *sim.View) {
	b.picks.Forget()
	b.servers = append(b.servers[:0], v.Eligible...)
	b.weights, b.rest, b.ends = b.weights[:0], b.rest[:0], b.ends[:0]
	b.equal, b.common = true, ""
	for i, s := range b.servers {
		if url := urlOf(v.Servers[s]); i == 0 {
			b.common = url
		} else {
			b.common = b.common[:shared(b.common, url)]
		}
		b.weights = append(b.weights, v.Weight[s])
		b.equal = b.equal && b.weights[i] == b.weights[0]
	}
	b.powers = b.powers[:0]
	for _, s := range b.servers {
		rest := urlOf(v.Servers[s])[len(b.common):]
		b.rest = append(b.rest, rest...)
		b.ends = append(b.ends, len(b.rest))
		power := uint64(1)
		for range rest {
			power *= fnvPrime
		}
		b.powers = append(b.powers, power)
	}
	for i := range b.added {
		b.added[i] = b.added[i][:0]
	}
}

// adds is what each rest adds to a hash with the given low byte.
func (b *hrw) adds(low byte) []uint64 {
	if len(b.added[low]) == 0 {
		start := 0
		for i, end := range b.ends {
			b.added[low] = append(b.added[low], fnv(uint64(low), b.rest[start:end])-uint64(low)*b.powers[i])
			start = end
		}
	}
	return b.added[low]
}

func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// Prepare implements [sim.Preparer].
func (b *hrw) Prepare(c sim.ClientID, soon *prefetch.Batch) { b.picks.Prepare(c, soon) }

// Reads implements [sim.Reader].
func (b *hrw) Reads() sim.Needs { return sim.NeedsAddr }

// Repeats implements [sim.Repeater].
func (b *hrw) Repeats() bool { return true }

// Pick hashes an address that has been hashed before no second time.
func (b *hrw) Pick(q *sim.Request, _ *sim.View) sim.ServerID {
	address := keys.Number(&q.Addr)
	s, ok := b.picks.Find(q.Client, address)
	if !ok {
		s = b.highest(fnv(fnvOffset, q.Addr.AppendText(b.text[:0])))
		b.picks.Note(q.Client, address, s)
	}
	return s
}

// highest is the server with the highest score for what an address makes of the hash.
func (b *hrw) highest(address uint64) sim.ServerID {
	if len(b.servers) == 0 {
		return sim.NoServer
	}
	begun := fnv(address, b.common)
	adds := b.adds(byte(begun))
	if b.equal {
		return b.servers[b.greatest(begun, adds)]
	}
	best, top := 0, math.Inf(-1)
	for i, power := range b.powers {
		if x := score(begun*power+adds[i], b.weights[i]); x > top {
			best, top = i, x
		}
	}
	return b.servers[best]
}

// greatest is the first with the highest score where weights are equal: scores are ordered like the hashes.
func (b *hrw) greatest(begun uint64, adds []uint64) (best int) {
	most := uint64(0)
	for i, power := range b.powers[:len(adds)] {
		if h := begun*power + adds[i]; h > most && b.above(h, most) {
			best, most = i, h
		}
	}
	return best
}

// above says whether the score of a greater hash is higher. The logarithm is taken only of hashes so close that rounding may merge
// their scores.
//
//go:noinline
func (b *hrw) above(hash, less uint64) bool {
	const near = 1 << 32
	return hash-less > near || score(hash, b.weights[0]) > score(less, b.weights[0])
}

func score(hash uint64, weight float64) float64 {
	return 1 / -math.Log(float64(hash)/(1<<64)) * weight
}

const (
	fnvOffset = 0xcbf29ce484222325
	fnvPrime  = 0x100000001b3
)

func fnv[T string | []byte](h uint64, text T) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h
}
