package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// RandomChoose samples Choose available upstreams and takes the one with the fewest requests in flight; an idle one
// wins at once, ties are broken at random. Cost: O(servers).
//
// The sample keeps the order of its places, and the first idle one wins: in a fleet without load the first upstream
// gets twice its share (with a sample of two) and the second nothing.
//
// Old versions sample by position in the pool, so upstreams behind unavailable ones are taken less often, and keep
// every upstream that was once the best of the sample as a candidate, so the busier of two often wins.
type RandomChoose struct {
	Proxy
	Version string `yaml:"version" check:"oneof=new|old" doc:"new, or old: with the flaws of Caddy before mid 2026"`
	Choose  int    `yaml:"choose" check:"min=2,max=1000" doc:"upstreams in the sample"`
}

// New makes an instance.
func (c RandomChoose) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Proxy, env, newRandomChoose(c.Choose, c.Version))
}

var _ = policies.Register("caddy/random_choose", RandomChoose{Proxy: defaults, Version: "new", Choose: 2}, policies.Doc{
	Summary: "the least loaded of a few upstreams sampled at random",
	Source:  "Caddy lb_policy random_choose; selectionpolicies.go, RandomChoiceSelection",
	Claims:  policies.Claims{Sample: 2, Limit: true},
})

type randomChoose struct {
	sample []sim.ServerID
	old    bool
}

func newRandomChoose(n int, version string) *randomChoose {
	return &randomChoose{sample: make([]sim.ServerID, n), old: version == "old"}
}

func (r *randomChoose) choose(q *sim.Request, v *sim.View, p *pool) sim.ServerID {
	q.Why = sim.NotSticky
	sample := r.sample[:min(len(r.sample), len(v.Members))]
	if r.old {
		fillByPosition(sample, q, v, p)
	} else {
		sample = fill(sample, q, v, p)
	}
	return leastRequests(sample, q, v, r.old)
}

// fill is reservoir sampling (Algorithm R) over the available upstreams.
func fill(sample []sim.ServerID, q *sim.Request, v *sim.View, p *pool) []sim.ServerID {
	open, seen := p.open(v), 0
	for _, s := range v.Eligible {
		if !open && !p.available(s, v) {
			continue
		}
		seen++
		if seen <= len(sample) {
			sample[seen-1] = s
		} else if j := q.Draw.At(uint64(seen)).IntN(seen); j < len(sample) {
			sample[j] = s
		}
	}
	return sample[:min(seen, len(sample))]
}

// fillByPosition is the sampling of old versions: it counts unavailable upstreams too, and leaves places empty.
func fillByPosition(sample []sim.ServerID, q *sim.Request, v *sim.View, p *pool) {
	for i := range sample {
		sample[i] = sim.NoServer
	}
	for i, s := range v.Members {
		if !p.takes(s, v) {
			continue
		}
		if j := q.Draw.At(uint64(i)).IntN(i + 1); j < len(sample) {
			sample[j] = s
		}
	}
}

// leastRequests picks from the sample, which it overwrites with the candidates.
func leastRequests(sample []sim.ServerID, q *sim.Request, v *sim.View, keepStale bool) sim.ServerID {
	n, least := 0, int32(-1)
	for _, s := range sample {
		if s == sim.NoServer {
			continue
		}
		load := v.InFlight[s]
		if load == 0 {
			return s
		}
		if least >= 0 && load > least {
			continue
		}
		if load != least && !keepStale {
			n = 0
		}
		least = load
		sample[n] = s
		n++
	}
	if n == 0 {
		return sim.NoServer
	}
	return sample[q.Draw.IntN(n)]
}
