package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// RandomChoose samples Choose available upstreams and takes the one with the fewest requests in flight; an idle one
// wins at once, ties are broken at random. Cost: O(choose), and O(servers) while some upstream may be unavailable.
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
	order  []int32 // by place: the place itself, but during a draw
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
		sample = r.fill(sample, q, v, p)
	}
	return leastRequests(sample, q, v, r.old)
}

// rebuild makes room for the places of all upstreams.
func (r *randomChoose) rebuild(v *sim.View) {
	for len(r.order) < len(v.Eligible) {
		r.order = append(r.order, int32(len(r.order)))
	}
}

// fill draws a sample as Caddy's reservoir sampling (Algorithm R) over the available upstreams does, without a look at each of
// them: all samples are equally likely; the first upstreams, which begin in the sample, keep their places in it, and the others
// take the rest in any order.
func (r *randomChoose) fill(sample []sim.ServerID, q *sim.Request, v *sim.View, p *pool) []sim.ServerID {
	n := p.count(v)
	size := min(n, len(sample))
	sample = sample[:size]
	for i := range sample {
		sample[i] = sim.NoServer
	}
	// The first steps of a shuffle, undone afterwards.
	for i := range size {
		j := i + q.Draw.At(uint64(i)).IntN(n-i)
		r.order[i], r.order[j] = r.order[j], r.order[i]
	}
	for _, place := range r.order[:size] {
		if int(place) < size {
			sample[place] = p.at(int(place), v)
		}
	}
	free := 0
	for _, place := range r.order[:size] {
		if int(place) < size {
			continue
		}
		for sample[free] != sim.NoServer {
			free++
		}
		sample[free] = p.at(int(place), v)
	}
	for i := size - 1; i >= 0; i-- {
		j := i + q.Draw.At(uint64(i)).IntN(n-i)
		r.order[i], r.order[j] = r.order[j], r.order[i]
	}
	return sample
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
