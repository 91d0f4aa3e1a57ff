package policies

import (
	"math"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

var _ = Register("rendezvous", Rendezvous{HashKey: HashKey{Key: "hash"}}, Doc{
	Summary: "highest random weight: each key ranks all servers, the first usable one takes it",
	Also:    []string{"hrw", "highest-random-weight"},
	Detail: "Shares are exact in expectation, and in proportion to weight; only a leaving server's clients move, evenly " +
		"to all others. O(servers) for a client's first request after a change of the fleet.",
	Source: "Thaler, Ravishankar 1998 (IEEE/ACM ToN 6); weights: Schindelhauer, Schomaker 2005",
	Key:    KeyHash,
	Claims: Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true},
})

// Rendezvous is highest-random-weight hashing.
type Rendezvous struct{ HashKey }

// New makes an instance.
func (c Rendezvous) New(env sim.Env) sim.Balancer {
	return &rendezvous{HashKey: c.HashKey, seed: hashSeed(env, "rendezvous"), names: make([]rng.Key, 0, env.Servers)}
}

type rendezvous struct {
	HashKey
	seed  rng.Key
	names []rng.Key // hashes of the names, in the order of Eligible
	equal bool
	hash  []rng.Key // scratch: of each name with the key at hand
	picks recall.Table[sim.ClientID, sim.ServerID]

	heaviest float64 // the greatest weight
}

// Rebuild hashes the names.
func (p *rendezvous) Rebuild(v *sim.View) {
	p.picks.Forget()
	p.equal = equalWeights(v)
	p.names, p.heaviest = p.names[:0], 0
	for _, s := range v.Eligible {
		p.names = append(p.names, p.seed.Stream(v.Servers[s].Name))
		p.heaviest = max(p.heaviest, v.Weight[s])
	}
	p.hash = append(p.hash[:0], p.names...)
}

// Prepare implements [sim.Preparer].
func (p *rendezvous) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }

// Repeats implements [sim.Repeater].
func (p *rendezvous) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *rendezvous) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	h := p.of(q)
	if len(q.Tried) > 0 {
		return p.highest(h, q, v)
	}
	s, ok := p.picks.Find(q.Client, h)
	if !ok {
		s = p.highest(h, q, v)
		p.picks.Note(q.Client, h, s)
	}
	return s
}

func (p *rendezvous) highest(h uint64, q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	if c.n == 0 {
		return sim.NoServer
	}
	rng.Members(p.hash, p.names, h)
	rng.Uint64s(p.hash, p.hash)
	switch {
	case !p.equal:
		return p.weighted(&c)
	case len(c.tried) == 0:
		return v.Eligible[rng.First(p.hash)]
	}
	best, highest := sim.NoServer, rng.Key(0)
	for i, u := range p.hash {
		if (u > highest || best < 0) && c.has(v.Eligible[i]) {
			best, highest = v.Eligible[i], u
		}
	}
	return best
}

// weighted takes the server whose exponential clock of rate weight rings first. With equal weights it agrees with Pick's
// comparison of hashes. A clock of -log(u) rings no sooner than 1-u, so most need no logarithm.
func (p *rendezvous) weighted(c *candidates) sim.ServerID {
	best, earliest, near := sim.NoServer, math.Inf(1), rng.Key(0)
	for i, u := range p.hash {
		s := c.v.Eligible[i]
		if u < near || !c.has(s) {
			continue
		}
		if t := -math.Log(u.Float64()) / c.v.Weight[s]; t < earliest {
			best, earliest = s, t
			if u := 1 - earliest*p.heaviest - 0x1p-50; u > 0 {
				near = rng.Key(u * 0x1p64)
			}
		}
	}
	return best
}
