package workloads

import (
	"cmp"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// MultipleOf returns a log of x times as many clients; 1 is t itself. The clients of a smaller multiple are among those of any
// larger one. Up to 1, whole clients are left out. Beyond, clients come twice or more: the further ones are other people, at
// addresses of their own, who do the same within the next minute; what they would do after the end of the log is left out.
func MultipleOf(t *sim.Trace, x float64) *sim.Trace {
	if x == 1 {
		return t
	}
	out := &sim.Trace{Begin: t.Begin, Gap: t.Gap}
	k := rng.Root(0).Stream("multiple")
	clients := len(t.Clients)
	for j := range int(math.Ceil(x)) {
		copies := k.At(uint64(j))
		share := x - float64(j)
		for _, c := range t.Clients {
			out.Clients = append(out.Clients, again(c, j))
		}
		for _, q := range t.Requests {
			who := copies.At(uint64(q.Client))
			if share < 1 && who.Stream("kept").Float64() >= share {
				continue
			}
			if j > 0 {
				q.At += sim.FromSeconds(60 * who.Stream("late").Float64())
			}
			if last := t.Requests[len(t.Requests)-1].At; q.At <= last {
				q.Client += uint32(j * clients)
				out.Requests = append(out.Requests, q)
			}
		}
	}
	slices.SortStableFunc(out.Requests, func(a, b sim.TraceRequest) int { return cmp.Compare(a.At, b.At) })
	return out
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
