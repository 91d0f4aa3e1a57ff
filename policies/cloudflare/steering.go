package cloudflare

import (
	"math"
	"slices"

	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// steering chooses the endpoint of a new session, or of a request without one (origin_steering.policy).
type steering struct {
	policy string
	seed   rng.Key // of the hash, equal in all data centers
	names  []rng.Key
	picks  recall.Table[sim.ClientID, sim.ServerID]
	weight []float64 // scratch: what draws are proportional to, in the order of Eligible
}

func newSteering(policy string, env sim.Env) steering {
	return steering{policy: policy, seed: env.Hash.Stream("cloudflare"), names: make([]rng.Key, env.Servers), weight: make([]float64, 0, env.Servers)}
}

// Rebuild implements [sim.Rebuilder].
func (p *steering) Rebuild(v *sim.View) {
	p.picks.Forget()
	for _, s := range v.Eligible {
		p.names[s] = p.seed.Stream(v.Servers[s].Name)
	}
}

// Pick implements [sim.Balancer]. Endpoints that failed the request are left out while there are others.
func (p *steering) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	return p.choose(p.policy, q, v)
}

func (p *steering) choose(policy string, q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	if policy == "hash" {
		return p.recalled(q, v)
	}
	p.weight = p.weight[:0]
	total := 0.0
	for _, s := range v.Eligible {
		w := v.Weight[s]
		if policy != "random" {
			w /= float64(1 + v.InFlight[s])
		}
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
	if len(q.Tried) > 0 {
		return p.hashed(key, q, v)
	}
	s, ok := p.picks.Find(q.Client, key)
	if !ok {
		s = p.hashed(key, q, v)
		p.picks.Note(q.Client, key, s)
	}
	return s
}

// hashed is weighted rendezvous hashing of the address: when an endpoint leaves, only its clients move.
func (p *steering) hashed(key uint64, q *sim.Request, v *sim.View) sim.ServerID {
	best, least := v.Eligible[0], math.Inf(1)
	for _, s := range v.Eligible {
		if slices.Contains(q.Tried, s) {
			continue
		}
		// Exponential ages with rates in proportion to weight: the least belongs to each with its share.
		if age := -math.Log(1-p.names[s].At(key).Float64()) / v.Weight[s]; age < least {
			best, least = s, age
		}
	}
	return best
}

// balancer is a load balancer without session affinity.
type balancer struct {
	Failover
	steering
}
