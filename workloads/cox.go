package workloads

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

// cox is a Poisson process whose rate changes with time, by plan (nonhomogeneous) or at random (Cox, or doubly stochastic).
// [Flash] can multiply its rate.
type cox interface {
	sim.ArrivalProcess
	// path returns the course of the rate in one run.
	path(k rng.Key) path
	sim.PlannedRate
}

// path is the course of a rate, followed forward in time: a sequence of pieces, each with an upper bound.
type path interface {
	// piece moves to the piece that holds t and returns its end and the highest rate within it.
	piece(t sim.Time) (until sim.Time, most float64)
	// rate is the rate at t, which lies in the current piece.
	rate(t sim.Time) float64
}

// thinned draws arrivals by thinning (Lewis & Shedler, Naval Research Logistics Quarterly 26, 1979), piece by piece:
// candidates come at the piece's highest rate, and each is an arrival with probability rate/highest. A candidate
// beyond the piece is dropped and the next piece starts anew, which the exponential's lack of memory allows.
type thinned struct {
	k    rng.Key
	path path
	n    uint64 // candidates so far
}

func (a *thinned) Next(t sim.Time) sim.Time {
	for t < sim.Never {
		until, most := a.path.piece(t)
		if most <= 0 {
			t = until
			continue
		}
		k := a.k.At(a.n)
		a.n++
		at := after(t, k.Exp()/most)
		if at >= until {
			t = until
			continue
		}
		if rate := a.path.rate(at); rate >= most || k.At(0).Float64()*most < rate {
			return at
		}
		t = at
	}
	return sim.Never
}

// startCox returns the arrivals of p addressed by k. The rate's own draws and those of the arrivals do not meet.
func startCox(p cox, k rng.Key) sim.Arrivals {
	return &thinned{k: k.Stream("candidates"), path: p.path(k.Stream("rate"))}
}
