package workloads

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

var _ = registerProcess(Process{
	Name:     "sinusoid",
	Also:     []string{"diurnal", "daily", "day-night", "sine"},
	Summary:  "a daily rhythm",
	Params:   []string{"mean", "amplitude", "period", "phase"},
	Examples: []string{"sinusoid(mean=2/s amplitude=0.6 period=24h phase=6h)"},
	build:    buildSinusoid,
})

// Sinusoid is a Poisson process with a daily rhythm: rate(t) = mean·(1 + amplitude·sin(2π(t−phase)/period)).
type Sinusoid struct{ mean, amplitude, period, phase float64 }

// NewSinusoid returns the process of the given mean rate per second, amplitude from 0 to 1 as a share of the mean,
// period and phase in seconds: at phase the rate is the mean and rising. Written
// sinusoid(mean=2/s amplitude=0.6 period=24h phase=6h); amplitude 0.6, period 24h and phase 0s are the defaults.
func NewSinusoid(mean, amplitude, period, phase float64) (Sinusoid, error) {
	p := Sinusoid{mean, amplitude, period, phase}
	if err := checkRate("mean", mean, leastRate); err != nil {
		return p, err
	}
	if !(amplitude >= 0 && amplitude <= 1) {
		return p, faulty("amplitude", "must be from 0 to 1, got "+num(amplitude), "it is a share of the mean; above 1 the rate would turn negative")
	}
	if err := checkSeconds("period", period, 1e-3); err != nil {
		return p, err
	}
	if err := checkSeconds("phase", phase, 0); err != nil {
		return p, err
	}
	if p.Peak() > mostRate {
		return p, faulty("mean", "has a peak above "+FormatRate(mostRate), "")
	}
	return p, nil
}

// Rate is the mean over a period.
func (p Sinusoid) Rate() float64 { return p.mean }

func (p Sinusoid) String() string {
	return "sinusoid(mean=" + FormatRate(p.mean) + " amplitude=" + num(p.amplitude) +
		" period=" + dist.Seconds.Format(p.period) + " phase=" + dist.Seconds.Format(p.phase) + ")"
}

// Start returns the arrivals addressed by k.
func (p Sinusoid) Start(k rng.Key) sim.Arrivals { return startCox(p, k) }

// Peak is the highest rate.
func (p Sinusoid) Peak() float64 { return p.mean * (1 + p.amplitude) }

func (p Sinusoid) path(rng.Key) path { return p }

func (p Sinusoid) piece(sim.Time) (sim.Time, float64) { return sim.Never, p.Peak() }

func (p Sinusoid) rate(t sim.Time) float64 { return p.RateAt(t) }

// RateAt is the rate at t.
func (p Sinusoid) RateAt(t sim.Time) float64 {
	return p.mean * (1 + p.amplitude*math.Sin(2*math.Pi*(t.Seconds()-p.phase)/p.period))
}

func buildSinusoid(c *call) (sim.ArrivalProcess, error) {
	return NewSinusoid(c.rate("mean", needed), c.share("amplitude", 0.6), c.seconds("period", 86400), c.seconds("phase", 0))
}
