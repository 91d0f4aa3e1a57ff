package cloudflare

import (
	"math"
	"slices"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

// steering chooses the endpoint of a new session, or of a request without one (origin_steering.policy).
type steering struct {
	policy string
	seed   rng.Key   // of the hash, equal in all data centers
	names  []rng.Key // in the order of Eligible
	draws  []rng.Key // scratch: of each with the key at hand
	picks  recall.Table[sim.ClientID, sim.ServerID]
	sums   sums    // of what draws are proportional to, in the order of Eligible
	place  []int32 // by ServerID: one more than its place there; 0 = none
	placed []sim.ServerID
	weight []float64 // scratch

	heaviest float64 // the greatest weight
}

func newSteering(policy string, env sim.Env) steering {
	return steering{policy: policy, seed: env.Hash.Stream("cloudflare"), names: make([]rng.Key, 0, env.Servers),
		place: make([]int32, env.Servers), placed: make([]sim.ServerID, 0, env.Servers), weight: make([]float64, 0, env.Servers)}
}

// Rebuild implements [sim.Rebuilder].
func (p *steering) Rebuild(v *sim.View) {
	p.picks.Forget()
	for _, s := range p.placed {
		p.place[s] = 0
	}
	p.names, p.placed = p.names[:0], append(p.placed[:0], v.Eligible...)
	p.sums.reset(len(v.Eligible))
	p.heaviest = 0
	for i, s := range v.Eligible {
		p.names = append(p.names, p.seed.Stream(v.Servers[s].Name))
		p.place[s] = int32(i + 1)
		p.sums.enter(i, p.chance(s, v))
		p.heaviest = max(p.heaviest, v.Weight[s])
	}
	p.sums.build()
	p.draws = append(p.draws[:0], p.names...)
}

// chance is what a draw of s is proportional to.
func (p *steering) chance(s sim.ServerID, v *sim.View) float64 {
	if p.policy == "random" {
		return v.Weight[s]
	}
	return v.Weight[s] / float64(1+v.InFlight[s])
}

// Reads implements [sim.Reader].
func (p *steering) Reads() sim.Needs {
	if p.policy == "hash" {
		return sim.NeedsAddr
	}
	return sim.NeedsDraw
}

// Watches is part of [sim.Watcher].
func (p *steering) Watches() bool { return p.policy != "random" && p.policy != "hash" }

// Began implements [sim.Watcher].
func (p *steering) Began(s sim.ServerID, v *sim.View) {
	if i := p.place[s] - 1; i >= 0 {
		p.sums.set(int(i), p.chance(s, v))
	}
}

// Ended implements [sim.Watcher].
func (p *steering) Ended(s sim.ServerID, _ sim.Outcome, v *sim.View) { p.Began(s, v) }

// Pick implements [sim.Balancer]. Endpoints that failed the request are left out while there are others.
func (p *steering) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if p.policy == "hash" {
		return p.recalled(q, v)
	}
	q.Why = sim.NotSticky
	switch {
	case len(v.Eligible) == 0:
		return sim.NoServer
	case len(q.Tried) > 0:
		return p.untried(q, v)
	}
	return v.Eligible[p.sums.at(q.Draw.Float64()*p.sums.all())]
}

// untried draws among the endpoints that have not failed the request, if there is one.
func (p *steering) untried(q *sim.Request, v *sim.View) sim.ServerID {
	p.weight = p.weight[:0]
	total := 0.0
	for _, s := range v.Eligible {
		w := p.chance(s, v)
		if slices.Contains(q.Tried, s) {
			w = 0
		}
		total += w
		p.weight = append(p.weight, w)
	}
	if total == 0 {
		return v.Eligible[q.Draw.IntN(len(v.Eligible))]
	}
	x, last := q.Draw.Float64()*total, 0
	for i, w := range p.weight {
		if w == 0 {
			continue
		}
		if last = i; x < w {
			break
		}
		x -= w
	}
	return v.Eligible[last]
}

// recalled looks up what hashed has given for an address before.
func (p *steering) recalled(q *sim.Request, v *sim.View) sim.ServerID {
	key := q.Addr.Hash64()
	switch {
	case len(v.Eligible) == 0:
		return sim.NoServer
	case len(q.Tried) > 0:
		return p.hashed(key, q, v)
	}
	s, ok := p.picks.Find(q.Client, key)
	if !ok {
		s = p.hashed(key, q, v)
		p.picks.Note(q.Client, key, s)
	}
	return s
}

// hashed is weighted rendezvous hashing of the address: when an endpoint leaves, only its clients move. Exponential ages with rates in
// proportion to weight: the least belongs to each with its share.
func (p *steering) hashed(key uint64, q *sim.Request, v *sim.View) sim.ServerID {
	rng.Members(p.draws, p.names, key)
	best, least, far := v.Eligible[0], math.Inf(1), rng.Key(math.MaxUint64)
	if len(q.Tried) == 0 {
		d := rng.Least(p.draws)
		far = p.far(p.age(d, v.Eligible[rng.Next(p.draws, 0, d)], v))
	}
	for i := rng.Next(p.draws, 0, far); i >= 0; i = rng.Next(p.draws, i+1, far) {
		s := v.Eligible[i]
		if len(q.Tried) > 0 && slices.Contains(q.Tried, s) {
			continue
		}
		if age := p.age(p.draws[i], s, v); age < least {
			best, least = s, age
			far = p.far(least)
		}
	}
	return best
}

// age is that of an endpoint with the given draw.
func (p *steering) age(draw rng.Key, s sim.ServerID, v *sim.View) float64 {
	return -math.Log(1-draw.Float64()) / v.Weight[s]
}

// far is the greatest draw with which an endpoint can have the given age: one of -log(1-u) is at least u.
func (p *steering) far(age float64) rng.Key {
	if u := age*p.heaviest + 0x1p-50; u < 1 {
		return rng.Key(u * 0x1p64)
	}
	return math.MaxUint64
}

// Repeats implements [sim.Repeater] for the hash.
func (p *balancer) Repeats() bool { return p.policy == "hash" }

// balancer is a load balancer without session affinity.
type balancer struct {
	Failover
	steering
}

// Prepare implements [sim.Preparer]. With affinity, what is hashed is seldom asked for.
func (p *balancer) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }
