package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Geometric is the number of trials up to the first success, 1, 2, 3, …: the number of requests of a session
// whose user is as likely to leave after each. Samples are whole numbers.
type Geometric struct {
	mean  float64
	scale float64 // −1/ln(1−1/mean)
}

// NewGeometric returns the geometric distribution of the given mean ≥ 1.
func NewGeometric(mean float64) (Geometric, error) {
	d := Geometric{mean: mean, scale: -1 / math.Log1p(-1/mean)}
	if mean < 1 {
		return d, wrong("mean", "must be at least 1, got "+num(mean), "the values are 1, 2, 3, ...")
	}
	return d, positive("mean", mean)
}

// Sample rounds one exponential up.
func (d Geometric) Sample(k rng.Key) float64 { return 1 + math.Floor(d.scale*k.Exp()) }

// Mean is the expectation.
func (d Geometric) Mean() float64 { return d.mean }

// SCV is 1 − 1/mean.
func (d Geometric) SCV() float64 { return 1 - 1/d.mean }

func (d Geometric) String() string { return "geometric(mean=" + num(d.mean) + ")" }

// CDF is P(S ≤ x).
func (d Geometric) CDF(x float64) float64 { return 1 - d.survival(math.Floor(x)) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Geometric) EquilibriumCDF(x float64) float64 {
	n := math.Floor(max(0, x))
	return 1 - d.survival(n)*(1-(max(0, x)-n)/d.mean)
}

// survival is P(S > n) for whole n.
func (d Geometric) survival(n float64) float64 {
	if n < 1 {
		return 1
	}
	return math.Exp(-n / d.scale)
}

// LengthBiased draws the sum of two geometrics less one.
func (d Geometric) LengthBiased(k rng.Key) float64 {
	return d.Sample(k.At(0)) + d.Sample(k.At(1)) - 1
}
