package sim

import (
	"cmp"
	"slices"

	"stickysim/sim/rng"
)

// Resampling is what a replication draws anew from a recording, with replacement (the bootstrap: Efron & Tibshirani, 1993).
type Resampling uint8

// The resamplings.
const (
	AsRecorded  Resampling = iota // nothing: every replication replays the recording
	DrawClients                   // as many clients as there are: some come more than once, others not at all
	DrawHours                     // its hours, each with all that its clients did in it
)

// resampled is a recording as it could have been as well, addressed by k.
func (t *Trace) resampled(how Resampling, k rng.Key) *Trace {
	switch {
	case len(t.Requests) == 0:
		return t
	case how == DrawClients:
		return t.drawClients(k)
	case how == DrawHours:
		return t.drawHours(k)
	}
	return t
}

// Hours is the number of parts that the recording is divided into for DrawHours: equal ones, about an hour long.
func (t *Trace) Hours() int { return max(1, int((t.last()+t.Hour/2)/max(t.Hour, 1))) }

// last is when the last request is sent, since the start of the recording.
func (t *Trace) last() Time {
	if len(t.Requests) == 0 {
		return 0
	}
	return t.Requests[len(t.Requests)-1].At
}

// drawClients draws clients. One that is drawn again does what the first does, up to a quarter of an hour earlier or later,
// so that they do not ask in the same instant; what falls off one end of the recording comes at the other.
func (t *Trace) drawClients(k rng.Key) *Trace {
	seen := make([]bool, len(t.Clients))
	behind := map[Addr]int{} // clients by address
	var all []uint32
	for i := range t.Requests {
		if c := t.Requests[i].Client; !seen[c] {
			seen[c] = true
			behind[t.Clients[c].Addr]++
			all = append(all, c)
		}
	}
	times := make([]uint32, len(t.Clients))
	for i := range all {
		times[all[k.At(uint64(i)).IntN(len(all))]]++
	}
	out := *t
	out.Clients, out.Requests = make([]TraceClient, 0, len(all)), make([]TraceRequest, 0, len(t.Requests))
	first := make([]uint32, len(t.Clients))
	for c, n := range times {
		first[c] = uint32(len(out.Clients))
		for again := range n {
			out.Clients = append(out.Clients, t.Clients[c].again(again, behind[t.Clients[c].Addr] > 1))
		}
	}
	span := t.last() + 1
	shifts := k.Stream("shift")
	for i := range t.Requests {
		rq := t.Requests[i]
		for again := range times[rq.Client] {
			draw := rq
			draw.Client = first[rq.Client] + again
			if again > 0 {
				shift := Time((shifts.At(uint64(draw.Client)).Float64() - .5) * float64(t.Hour) / 2)
				draw.At = ((rq.At+shift)%span + span) % span
			}
			out.Requests = append(out.Requests, draw)
		}
	}
	slices.SortStableFunc(out.Requests, func(a, b TraceRequest) int { return cmp.Compare(a.At, b.At) })
	return &out
}

// again is the client that comes in the same way once more: another one, behind the same address if that is shared, and
// otherwise behind one of its own.
func (c TraceClient) again(n uint32, shared bool) TraceClient {
	if n == 0 {
		return c
	}
	k := rng.Root(c.Hash).Stream("again").At(uint64(n))
	c.Hash = k.Uint64()
	if !shared {
		c.Addr = Addr4(0xf0000000 | uint32(k.Stream("address").Uint64()>>36))
	}
	return c
}

// drawHours fills every hour of the recording with one of them.
func (t *Trace) drawHours(k rng.Key) *Trace {
	n := t.Hours()
	length := t.last()/Time(n) + 1
	from := make([]int, n+1) // first request of each hour
	for h := range from {
		from[h], _ = slices.BinarySearchFunc(t.Requests, Time(h)*length, func(rq TraceRequest, at Time) int { return cmp.Compare(rq.At, at) })
	}
	out := *t
	out.Requests = make([]TraceRequest, 0, len(t.Requests))
	for h := range n {
		source := k.At(uint64(h)).IntN(n)
		for _, rq := range t.Requests[from[source]:from[source+1]] {
			rq.At += Time(h-source) * length
			out.Requests = append(out.Requests, rq)
		}
	}
	return &out
}
