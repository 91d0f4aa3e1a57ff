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
	return &rendezvous{HashKey: c.HashKey, seed: hashSeed(env, "rendezvous"), names: make([]rng.Key, env.Servers)}
}

type rendezvous struct {
	HashKey
	seed  rng.Key
	names []rng.Key // by ServerID: hash of the name
	equal bool
	picks recall.Table[sim.ClientID, sim.ServerID]
}

// Rebuild hashes the names.
func (p *rendezvous) Rebuild(v *sim.View) {
	p.picks.Forget()
	p.equal = equalWeights(v)
	for _, s := range v.Eligible {
		p.names[s] = p.seed.Stream(v.Servers[s].Name)
	}
}

// Prepare implements [sim.Preparer].
func (p *rendezvous) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }

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
	if !p.equal {
		return p.weighted(h, &c)
	}
	best, highest := sim.NoServer, uint64(0)
	for _, s := range v.Eligible {
		if u := p.names[s].At(h).Uint64(); (u > highest || best == sim.NoServer) && c.has(s) {
			best, highest = s, u
		}
	}
	return best
}

// weighted takes the server whose exponential clock of rate weight rings first. With equal weights it agrees with Pick's
// comparison of hashes.
func (p *rendezvous) weighted(h uint64, c *candidates) sim.ServerID {
	best, earliest := sim.NoServer, math.Inf(1)
	for _, s := range c.v.Eligible {
		if !c.has(s) {
			continue
		}
		if t := -math.Log(rng.Key(p.names[s].At(h).Uint64()).Float64()) / c.v.Weight[s]; t < earliest {
			best, earliest = s, t
		}
	}
	return best
}
