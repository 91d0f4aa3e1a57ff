package workloads

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// Multiple returns the arrivals of x times as many clients as those of p; 1 is p itself. The clients of a smaller multiple
// are among those of any larger one, and come at the same times, so that loads are compared on the same people.
//
// Up to 1, every client is left out with the same probability, on its own. Beyond, there are further streams like the first,
// the last of them thinned in the same way; where the rate changes with time, planned or at random, it does so in all of them
// at once. So a multiple of a Poisson process of any kind is one of x times the rate. Others lose some of their regularity:
// a renewal process that is thinned, or laid over another, is more like a Poisson process.
func Multiple(p sim.ArrivalProcess, x float64) sim.ArrivalProcess {
	m := multiple{p, x}
	switch planned, ok := p.(sim.PlannedRate); {
	case x == 1:
		return p
	case ok:
		return multipleRate{m, planned}
	}
	return m
}

type multiple struct {
	base sim.ArrivalProcess
	x    float64
}

// Rate is x times that of the base.
func (m multiple) Rate() float64 { return m.x * m.base.Rate() }

func (m multiple) String() string { return m.base.String() + " × " + num(m.x) }

// Start returns the arrivals addressed by k.
func (m multiple) Start(k rng.Key) sim.Arrivals {
	a := &streams{}
	for j := range int(math.Ceil(m.x)) {
		a.all = append(a.all, stream{from: m.stream(k, j), k: k.Stream("kept").At(uint64(j)), share: min(m.x-float64(j), 1)})
	}
	return a
}

// stream is the j-th of the streams. The first is the base; recorded instants and regular ones are the same in all.
func (m multiple) stream(k rng.Key, j int) sim.Arrivals {
	further := k.Stream("further").At(uint64(j))
	switch p := m.base.(type) {
	case Regular:
		_, phase := math.Modf(float64(j) * math.Phi) // spreads any number of streams over the distance
		return &ticks{every: p.every, phase: phase}
	case cox:
		if j > 0 {
			return &thinned{k: further, path: p.path(k.Stream("rate"))}
		}
	}
	if j > 0 {
		k = further
	}
	return m.base.Start(k)
}

// multipleRate is a multiple of a process whose rate is known.
type multipleRate struct {
	multiple
	planned sim.PlannedRate
}

// RateAt is x times that of the base.
func (m multipleRate) RateAt(t sim.Time) float64 { return m.x * m.planned.RateAt(t) }

// Peak is x times that of the base.
func (m multipleRate) Peak() float64 { return m.x * m.planned.Peak() }

// streams merges the arrivals of several streams, each thinned on its own.
type streams struct {
	all    []stream
	began  bool
	number uint64
}

type stream struct {
	from  sim.Arrivals
	k     rng.Key
	share float64  // of its arrivals that are kept
	next  sim.Time // the next of them
	n     uint64   // arrivals so far, those left out included; next is the last of them
}

// advance moves to the first arrival after t that is kept.
func (s *stream) advance(t sim.Time) {
	for {
		t = s.from.Next(t)
		s.n++
		if t >= sim.Never || s.share >= 1 || s.k.At(s.n-1).Float64() < s.share {
			s.next = t
			return
		}
	}
}

// Next is the first arrival of all streams.
func (a *streams) Next(t sim.Time) sim.Time {
	if !a.began {
		a.began = true
		for i := range a.all {
			a.all[i].advance(t)
		}
	}
	first := 0
	for i := range a.all {
		if a.all[i].next < a.all[first].next {
			first = i
		}
	}
	s := &a.all[first]
	at := s.next
	a.number = s.n - 1 + uint64(first)*apart
	if at < sim.Never {
		s.advance(at)
	}
	return at
}

// apart is the distance between the numbers of two streams: their clients have different draws, and, as long as a stream
// has fewer than half a million at a time, different addresses.
const apart = 1<<40 + 1<<19

// Number is the number of the last arrival: of the first stream, its place in the base.
func (a *streams) Number() uint64 { return a.number }
