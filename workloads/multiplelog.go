package workloads

import (
	"cmp"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// MultipleOf returns a log of x times as many clients; 1 is t itself. The clients of a smaller multiple are among those of any
// larger one. Up to 1, whole clients are left out; at least one stays. Beyond, clients come twice or more: the further ones
// are other people, at addresses of their own, who do the same up to a minute later. What they would do after the end of the
// log they do at its start.
func MultipleOf(t *sim.Trace, x float64) *sim.Trace {
	if x == 1 || len(t.Requests) == 0 {
		return t
	}
	out := *t
	out.Clients, out.Requests = nil, nil
	out.Origin.Scale *= x
	k := rng.Root(0).Stream("multiple")
	clients := len(t.Clients)
	span := t.Requests[len(t.Requests)-1].At + 1
	for j := range int(math.Ceil(x)) {
		copies := k.At(uint64(j))
		kept := shares(t, copies)
		share := x - float64(j)
		if j == 0 {
			share = max(share, slices.Min(kept))
		}
		for _, c := range t.Clients {
			out.Clients = append(out.Clients, again(c, j))
		}
		for _, q := range t.Requests {
			if kept[q.Client] > share {
				continue
			}
			if j > 0 {
				q.At = (q.At + sim.FromSeconds(60*copies.At(uint64(q.Client)).Stream("late").Float64())) % span
				q.Client += uint32(j * clients)
			}
			out.Requests = append(out.Requests, q)
		}
	}
	slices.SortStableFunc(out.Requests, func(a, b sim.TraceRequest) int { return cmp.Compare(a.At, b.At) })
	return &out
}

// shares are the smallest multiples that clients are part of; 1 for those without requests.
func shares(t *sim.Trace, copies rng.Key) []float64 {
	least := make([]float64, len(t.Clients))
	for i := range least {
		least[i] = 1
	}
	for _, q := range t.Requests {
		if least[q.Client] == 1 {
			least[q.Client] = copies.At(uint64(q.Client)).Stream("kept").Float64()
		}
	}
	return least
}

// again is another client like c, the j-th; 0 is c itself. Those who share an address do so each time.
func again(c sim.TraceClient, j int) sim.TraceClient {
	if j == 0 {
		return c
	}
	k := rng.Root(uint64(j))
	for _, b := range c.Addr {
		k = k.At(uint64(b))
	}
	return sim.TraceClient{Addr: sim.Addr4(uint32(k.Uint64())), Hash: rng.Root(c.Hash).At(uint64(j)).Uint64()}
}
