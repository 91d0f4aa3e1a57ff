package workloads

import (
	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "poisson",
	Also:     []string{"rate", "arrival-rate", "constant-arrival-rate", "open"},
	Summary:  "independent users, each as likely to come now as at any other time",
	Params:   []string{"rate"},
	Examples: []string{"poisson(2/s)"},
	build:    func(c *call) (sim.ArrivalProcess, error) { return NewPoisson(c.rate("rate", needed)) },
})

// Poisson is the Poisson process: independent users, each as likely to come now as at any other time.
type Poisson struct{ rate float64 }

// NewPoisson returns the Poisson process of the given rate per second, at most 10⁶. Written poisson(2/s).
func NewPoisson(rate float64) (Poisson, error) {
	return Poisson{rate}, checkRate("rate", rate, leastRate)
}

// Rate is the rate per second.
func (p Poisson) Rate() float64 { return p.rate }

func (p Poisson) String() string { return "poisson(" + FormatRate(p.rate) + ")" }

// Start returns the arrivals addressed by k.
func (p Poisson) Start(k rng.Key) sim.Arrivals { return &poissonArrivals{k: k, mean: 1 / p.rate} }

type poissonArrivals struct {
	k    rng.Key
	mean float64 // seconds between arrivals
	n    uint64
}

func (a *poissonArrivals) Next(t sim.Time) sim.Time {
	gap := a.k.At(a.n).Exp() * a.mean
	a.n++
	return after(t, gap)
}

// after is the instant gap seconds behind t, or Never.
func after(t sim.Time, gap float64) sim.Time { return min(t+sim.FromSeconds(gap), sim.Never) }

// RateAt is the rate.
func (p Poisson) RateAt(sim.Time) float64 { return p.rate }

// Peak is the rate.
func (p Poisson) Peak() float64 { return p.rate }

func (p Poisson) path(rng.Key) path { return constant(p.rate) }

// constant is the path of a rate that never changes.
type constant float64

func (c constant) piece(sim.Time) (sim.Time, float64) { return sim.Never, float64(c) }
func (c constant) rate(sim.Time) float64              { return float64(c) }
