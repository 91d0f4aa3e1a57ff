package policies

import (
	"math"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = Register("bounded-load", BoundedLoad{Epsilon: 0.25, Replicas: 100, HashKey: HashKey{Key: "hash"}}, Doc{
	Summary: "hash ring on which no server exceeds (1 + epsilon) times the mean load",
	Also:    []string{"chbl", "bounded", "consistent-hash-bounded-loads"},
	Detail: "A server takes a request only while its requests in flight stay within ceil((1+epsilon) · mean), including this " +
		"request; the mean is weighted. A request whose server is full takes the next server on the ring that has room. Spilled " +
		"clients are not remembered: they return as soon as their server has room. A retry prefers an untried server to the bound. " +
		"O(1/epsilon²) expected per request.",
	Source: "Mirrokni, Thorup, Zadimoghaddam 2018 (SODA), arXiv 1608.01350",
	Key:    KeyHash,
	Claims: Claims{Sticky: true, LoadBound: 1.25},
})

// BoundedLoad is consistent hashing with bounded loads.
//
// Freshness: requests in flight are exact for this instance and blind to the others', so the bound holds per instance.
type BoundedLoad struct {
	Epsilon  float64 `yaml:"epsilon" check:"min=0.01,max=1000000" doc:"how far a server's load may exceed the mean: 0.25 = 25 %"`
	Replicas int     `yaml:"replicas" check:"min=1,max=100000" doc:"points of a server per unit of weight (virtual nodes)"`
	HashKey
}

// New makes an instance.
func (c BoundedLoad) New(env sim.Env) sim.Balancer {
	return &boundedLoad{
		BoundedLoad: c,
		ring:        ring{seed: hashSeed(env, "ring")},
		eligible:    make(eligibility, env.Servers),
	}
}

type boundedLoad struct {
	BoundedLoad
	ring     ring
	eligible eligibility
	first    recall.Table[sim.ClientID, int32] // where on the ring the search begins
	inFlight int                               // on eligible servers
	weight   float64                           // of eligible servers
}

// Rebuild implements [sim.Rebuilder].
func (p *boundedLoad) Rebuild(v *sim.View) {
	p.first.Forget()
	p.ring.rebuild(p.Replicas, v)
	p.eligible.rebuild(v)
	p.inFlight, p.weight = 0, 0
	for _, s := range v.Eligible {
		p.inFlight += int(v.InFlight[s])
		p.weight += v.Weight[s]
	}
}

// Prepare implements [sim.Preparer].
func (p *boundedLoad) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.first.Prepare(c, soon) }

// Pick implements [sim.Balancer].
func (p *boundedLoad) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	if c.n == 0 {
		return sim.NoServer
	}
	fallback := sim.NoServer
	perWeight := (1 + p.Epsilon) * float64(p.inFlight+1) / p.weight
	h := p.of(q)
	first, ok := p.first.Find(q.Client, h)
	if !ok {
		first = int32(p.ring.find(h))
		p.first.Note(q.Client, h, first)
	}
	for i, n := int(first), 0; n < len(p.ring.points); i, n = p.ring.next(i), n+1 {
		s := p.ring.owners[i]
		if !p.eligible[s] || !c.has(s) {
			continue
		}
		if float64(v.InFlight[s]) < math.Ceil(perWeight*v.Weight[s]) {
			return s
		}
		if fallback == sim.NoServer {
			fallback = s
		}
	}
	return fallback // only on retries: among all eligible servers one is within the bound
}

// Began implements [sim.Watcher].
func (p *boundedLoad) Began(s sim.ServerID, _ *sim.View) {
	if p.eligible[s] {
		p.inFlight++
	}
}

// Ended implements [sim.Watcher].
func (p *boundedLoad) Ended(s sim.ServerID, _ sim.Outcome, _ *sim.View) {
	if p.eligible[s] {
		p.inFlight--
	}
}
