package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Exp is the exponential distribution: memoryless, the distribution of times between independent rare events.
type Exp struct {
	mean float64
	Unit Unit
}

// NewExp returns the exponential distribution of the given mean > 0.
func NewExp(mean float64) (Exp, error) { return Exp{mean: mean}, positive("mean", mean) }

// Sample draws by the ziggurat method ([rng.Key.Exp]).
func (d Exp) Sample(k rng.Key) float64 { return d.mean * k.Exp() }

// Mean is the expectation.
func (d Exp) Mean() float64 { return d.mean }

// SCV is 1.
func (d Exp) SCV() float64 { return 1 }

func (d Exp) String() string { return "exp(" + d.Unit.Format(d.mean) + ")" }

// CDF is P(S ≤ x).
func (d Exp) CDF(x float64) float64 { return -math.Expm1(-max(0, x) / d.mean) }

// EquilibriumCDF equals CDF: the residual life of a memoryless time is the time itself.
func (d Exp) EquilibriumCDF(x float64) float64 { return d.CDF(x) }

// LengthBiased draws from Erlang-2: the age and the residual life are independent exponentials.
func (d Exp) LengthBiased(k rng.Key) float64 { return d.mean * (k.At(0).Exp() + k.At(1).Exp()) }
