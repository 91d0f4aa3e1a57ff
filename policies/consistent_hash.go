package policies

import (
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = Register("consistent-hash", ConsistentHash{Replicas: 100, HashKey: HashKey{Key: "hash"}}, Doc{
	Summary: "hash ring: only the clients of a leaving server move",
	Also:    []string{"ketama", "ring-hash", "ringhash", "ring", "chash", "hash", "consistent"},
	Detail: "Each server has `replicas` points per unit of weight on a ring, drawn from the seed. A key goes to the first usable " +
		"server at or after its place. Shares vary by about 1/√replicas. O(1) per request. A ring has at most a million " +
		"points; larger rings are scaled down.",
	Source: "Karger et al. 1997 (STOC)",
	Key:    KeyHash,
	Claims: Claims{Sticky: true, Minimal: true},
})

// ConsistentHash is the hash ring.
type ConsistentHash struct {
	Replicas int `yaml:"replicas" check:"min=1,max=100000" doc:"points of a server per unit of weight (virtual nodes)"`
	HashKey
}

// New makes an instance.
func (c ConsistentHash) New(env sim.Env) sim.Balancer {
	return &consistentHash{
		ConsistentHash: c,
		ring:           ring{seed: hashSeed(env, "ring")},
		eligible:       make(eligibility, env.Servers),
	}
}

type consistentHash struct {
	ConsistentHash
	ring     ring
	eligible eligibility
	picks    recall.Table[sim.ClientID, sim.ServerID]
}

// Rebuild implements [sim.Rebuilder].
func (p *consistentHash) Rebuild(v *sim.View) {
	p.picks.Forget()
	p.ring.rebuild(p.Replicas, v)
	p.eligible.rebuild(v)
}

// Prepare implements [sim.Preparer].
func (p *consistentHash) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }

// Repeats implements [sim.Repeater].
func (p *consistentHash) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *consistentHash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	h := p.of(q)
	if len(q.Tried) > 0 {
		return p.walk(h, q, v)
	}
	s, ok := p.picks.Find(q.Client, h)
	if !ok {
		s = p.walk(h, q, v)
		p.picks.Note(q.Client, h, s)
	}
	return s
}

func (p *consistentHash) walk(h uint64, q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	if c.n == 0 {
		return sim.NoServer
	}
	for i := p.ring.find(h); ; i = p.ring.next(i) {
		if s := p.ring.owners[i]; p.eligible[s] && c.has(s) {
			return s
		}
	}
}
