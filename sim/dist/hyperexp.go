package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Hyperexp is the hyperexponential distribution of two phases with balanced means: mostly short times, few
// long ones, each phase carrying half of the expectation (Allen, Probability, Statistics and Queueing Theory).
type Hyperexp struct {
	mean, scv float64
	p1        float64
	fast      float64
	slow      float64
	Unit      Unit
}

// NewHyperexp returns the distribution of the given mean > 0 and squared coefficient of variation
// 1 ≤ scv ≤ 1,000,000.
func NewHyperexp(mean, scv float64) (Hyperexp, error) {
	p1 := (1 + math.Sqrt((scv-1)/(scv+1))) / 2
	p2 := 1 / (scv + 1) / (2 * p1) // p1·p2 = 1/(2(scv+1)), free of cancellation
	d := Hyperexp{mean: mean, scv: scv, p1: p1, fast: mean / (2 * p1), slow: mean / (2 * p2)}
	if scv < 1 {
		return d, wrong("scv", "must be at least 1, got "+num(scv), "below 1 use erlang(k= mean=), whose scv is 1/k, or gamma")
	}
	return d, firstError(positive("mean", mean), inRange("scv", scv, 0, 1e6, ""))
}

// P1 is the probability of the fast phase.
func (d Hyperexp) P1() float64 { return d.p1 }

// Sample chooses a phase and draws its exponential.
func (d Hyperexp) Sample(k rng.Key) float64 {
	mean := d.fast
	if k.Float64() >= d.p1 {
		mean = d.slow
	}
	return mean * k.At(0).Exp()
}

// Mean is the expectation.
func (d Hyperexp) Mean() float64 { return d.mean }

// SCV is the squared coefficient of variation.
func (d Hyperexp) SCV() float64 { return d.scv }

func (d Hyperexp) String() string {
	return "hyperexp(mean=" + d.Unit.Format(d.mean) + " scv=" + num(d.scv) + ")"
}

// CDF is P(S ≤ x).
func (d Hyperexp) CDF(x float64) float64 {
	x = max(0, x)
	return -d.p1*math.Expm1(-x/d.fast) - (1-d.p1)*math.Expm1(-x/d.slow)
}

// EquilibriumCDF is E[min(S,x)]/E[S]: balanced means make it the even mixture of the phases.
func (d Hyperexp) EquilibriumCDF(x float64) float64 {
	x = max(0, x)
	return -(math.Expm1(-x/d.fast) + math.Expm1(-x/d.slow)) / 2
}

// LengthBiased draws either phase with probability ½, then its Erlang-2.
func (d Hyperexp) LengthBiased(k rng.Key) float64 {
	mean := d.fast
	if k.Float64() >= 0.5 {
		mean = d.slow
	}
	return mean * (k.At(0).Exp() + k.At(1).Exp())
}
