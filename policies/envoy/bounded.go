package envoy

import (
	"errors"
	"math"

	"stickysim/sim"
)

// bounded is the hash_balance_factor of Envoy's hash policies: consistent hashing with bounded loads. A host with
// more requests in flight than its slots is passed over for the others in an order that is random but the same for
// the same key; when all are over, the least overloaded one is taken.
//
// Source: envoy common/thread_aware_lb_impl.cc; Mirrokni et al. 2018 (arXiv 1608.01350), Chen et al. (arXiv 1908.08762).
// Cost: O(hosts) per pick while factor > 0.
type bounded struct {
	factor  int // percent; 0 = lookup alone
	lookup  func(h uint64, attempt int) sim.ServerID
	list    []sim.ServerID
	weights []float64 // of list, sum 1
	place   []int32   // of a server in list
	order   []int32   // scratch
	random  mersenne
}

func newBounded(factor, servers int, lookup func(uint64, int) sim.ServerID) bounded {
	return bounded{
		factor: factor, lookup: lookup, weights: make([]float64, 0, servers),
		place: make([]int32, servers), order: make([]int32, servers),
	}
}

func checkFactor(f int) error {
	if f != 0 && f < 100 {
		return errors.New("hash_balance_factor: must be 0 or at least 100 (percent)")
	}
	return nil
}

// setHosts takes over the hosts in use and returns the least of their normalised weights.
func (b *bounded) setHosts(list []sim.ServerID, v *sim.View) (least float64) {
	sum := 0.0
	for _, s := range list {
		sum += v.Weight[s]
	}
	b.list, b.weights, least = list, b.weights[:0], 1
	for i, s := range list {
		w := v.Weight[s] / sum
		b.weights = append(b.weights, w)
		b.place[s] = int32(i)
		least = min(least, w)
	}
	return least
}

// pick looks h up, again for retries that meet hosts that failed, and applies the bound.
func (b *bounded) pick(h uint64, q *sim.Request, hosts *hosts, v *sim.View) sim.ServerID {
	for attempt := 0; ; attempt++ {
		s := b.lookup(h, attempt)
		if s >= 0 && b.factor > 0 {
			s = b.within(h, s, v)
		}
		if s < 0 || !hosts.again(q, s, attempt) {
			return s
		}
	}
}

func (b *bounded) within(h uint64, first sim.ServerID, v *sim.View) sim.ServerID {
	active := 0
	for _, s := range v.Members {
		active += int(v.InFlight[s])
	}
	slots := ((active+1)*b.factor + 99) / 100
	best, least := first, b.overload(first, slots, v)
	if least <= 1 {
		return first
	}
	n := len(b.list)
	for i := range b.order[:n] {
		b.order[i] = int32(i)
	}
	b.random.seed(uint32(h))
	for i := range b.order[:n] {
		j := i + b.random.intN(n-i)
		b.order[i], b.order[j] = b.order[j], b.order[i]
		s := b.list[b.order[i]]
		if s == first {
			continue
		}
		load := b.overload(s, slots, v)
		if load <= 1 {
			return s
		}
		if load < least {
			best, least = s, load
		}
	}
	return best
}

// overload is the requests in flight of s over its share of the slots.
func (b *bounded) overload(s sim.ServerID, slots int, v *sim.View) float64 {
	return float64(v.InFlight[s]) / max(1, math.Ceil(float64(slots)*b.weights[b.place[s]]))
}
