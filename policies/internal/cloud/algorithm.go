package cloud

import (
	"math"
	"slices"

	"stickysim/policies/internal/least"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// Algorithm names a way of spreading requests that carry no affinity.
type Algorithm string

// The algorithms, in Amazon's words.
const (
	RoundRobin       Algorithm = "round_robin"                // in turn, from a drawn place; by weight while weights differ (slow start)
	LeastOutstanding Algorithm = "least_outstanding_requests" // fewest requests in flight, ties drawn; weights ignored
	WeightedRandom   Algorithm = "weighted_random"            // drawn, in proportion to weight
)

// New returns a balancer over the eligible servers. It avoids servers that failed the request before while others
// are left. LeastOutstanding costs O(log servers) per pick, turns by unequal weights too, draws by them O(servers), the rest O(1).
func (a Algorithm) New(env sim.Env) *Balancer {
	return &Balancer{
		algorithm: a, turn: env.Rand.Uint64() >> 1, targets: make([]sim.ServerID, 0, env.Servers),
	}
}

// Balancer spreads requests by an [Algorithm].
type Balancer struct {
	FailOpen  bool // while no server is healthy, all are used that do not drain
	algorithm Algorithm
	targets   []sim.ServerID
	opened    bool // targets are unhealthy
	turn      uint64
	equal     bool
	total     float64
	loads     least.Index[sim.ServerID] // for LeastOutstanding
	turns     least.Turns               // for RoundRobin with unequal weights
}

// Rebuild implements [sim.Rebuilder].
func (b *Balancer) Rebuild(v *sim.View) {
	b.targets = append(b.targets[:0], v.Eligible...)
	if b.opened = b.FailOpen && !anyUp(v); b.opened {
		for _, s := range v.Members {
			if v.Status[s] == sim.Down && v.Weight[s] > 0 {
				b.targets = append(b.targets, s)
			}
		}
	}
	b.equal, b.total = true, 0
	for _, s := range b.targets {
		b.equal = b.equal && v.Weight[s] == v.Weight[b.targets[0]]
		b.total += v.Weight[s]
	}
	if b.algorithm == RoundRobin && !b.equal {
		b.turns.Fill(len(b.targets), func(i int) least.Place { return least.Place{Weight: v.Weight[b.targets[i]]} })
	}
	if b.algorithm == LeastOutstanding {
		b.loads.Fill(b.targets, func(s sim.ServerID) (load, share float64) { return float64(v.InFlight[s]), 1 })
	}
}

// Reads implements [sim.Reader].
func (b *Balancer) Reads() sim.Needs { return sim.NeedsDraw }

// Watches is part of [sim.Watcher].
func (b *Balancer) Watches() bool { return b.algorithm == LeastOutstanding }

// Began implements [sim.Watcher].
func (b *Balancer) Began(s sim.ServerID, v *sim.View) { b.loads.Move(s, float64(v.InFlight[s])) }

// Ended implements [sim.Watcher].
func (b *Balancer) Ended(s sim.ServerID, _ sim.Outcome, v *sim.View) { b.Began(s, v) }

func anyUp(v *sim.View) bool {
	for _, s := range v.Members {
		if v.Status[s] == sim.Up {
			return true
		}
	}
	return false
}

// FailsOpen implements [sim.FailOpener].
func (b *Balancer) FailsOpen() bool { return b.FailOpen }

// takes reports whether s takes the requests that affinity sends there.
func (b *Balancer) takes(s sim.ServerID, v *sim.View) bool {
	return v.Status[s] == sim.Up || b.opened && v.Status[s] == sim.Down
}

// Pick implements [sim.Balancer].
func (b *Balancer) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	if len(b.targets) == 0 {
		return sim.NoServer
	}
	s := b.choose(q, v, 0)
	// A round of turns visits every server; twenty draws almost surely find another one.
	for again := 1; slices.Contains(q.Tried, s) && again <= len(b.targets)+20; again++ {
		s = b.choose(q, v, again)
	}
	return s
}

func (b *Balancer) choose(q *sim.Request, v *sim.View, again int) sim.ServerID {
	draw := q.Draw.At(uint64(again))
	switch {
	case b.algorithm == LeastOutstanding:
		return b.least(q, v, draw)
	case b.algorithm == WeightedRandom && b.equal:
		return b.targets[draw.IntN(len(b.targets))]
	case b.algorithm == WeightedRandom:
		return b.weighted(v, draw)
	case b.equal:
		b.turn++
		return b.targets[b.turn%uint64(len(b.targets))]
	}
	return b.smooth()
}

// least returns one of the servers with the fewest requests in flight, those tried before left out while others are.
func (b *Balancer) least(q *sim.Request, v *sim.View, draw rng.Key) sim.ServerID {
	if len(q.Tried) == 0 {
		return b.loads.At(float64(draw.IntN(int(b.loads.Share()))))
	}
	return b.leastUntried(q, v, draw)
}

// leastUntried is least for retries. It looks at every target.
func (b *Balancer) leastUntried(q *sim.Request, v *sim.View, draw rng.Key) sim.ServerID {
	fewest, ties := int32(math.MaxInt32), 0
	for _, s := range b.targets {
		n := v.InFlight[s]
		if n > fewest || slices.Contains(q.Tried, s) {
			continue
		}
		if n < fewest {
			fewest, ties = n, 0
		}
		ties++
	}
	if ties == 0 {
		return b.targets[draw.IntN(len(b.targets))]
	}
	k := draw.IntN(ties)
	for _, s := range b.targets {
		if v.InFlight[s] != fewest || slices.Contains(q.Tried, s) {
			continue
		}
		if k--; k < 0 {
			return s
		}
	}
	panic("cloud: a tie got lost")
}

func (b *Balancer) weighted(v *sim.View, draw rng.Key) sim.ServerID {
	x := draw.Float64() * b.total
	for _, s := range b.targets {
		if x -= v.Weight[s]; x < 0 {
			return s
		}
	}
	return b.targets[len(b.targets)-1]
}

// smooth is smooth weighted round robin: every server earns its weight, the richest pays for all.
func (b *Balancer) smooth() sim.ServerID {
	b.turns.Round()
	best, _ := b.turns.Best()
	b.turns.Pay(best, b.total)
	return b.targets[best]
}
