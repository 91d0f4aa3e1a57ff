package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Pareto is the Pareto distribution (type I): P(S > x) = (low/x)^alpha above low.
type Pareto struct {
	alpha, low float64
	inverse    *inverse
	Unit       Unit
}

// NewPareto returns the Pareto distribution of tail index alpha above 1 (the mean is infinite otherwise) and at
// most 1000, and smallest value low > 0.
func NewPareto(alpha, low float64) (Pareto, error) {
	const hint = "the mean is infinite at 1 and below; give high= to bound the tail"
	return Pareto{alpha: alpha, low: low, inverse: new(inverse)}, firstError(inRange("alpha", alpha, 1, 1000, hint), positive("low", low))
}

// NewParetoMean returns the Pareto distribution of tail index alpha > 1 and the given mean > 0.
func NewParetoMean(alpha, mean float64) (Pareto, error) {
	d, err := NewPareto(alpha, mean*(alpha-1)/alpha)
	return d, firstError(positive("mean", mean), err)
}

// Sample draws by inversion of one uniform.
func (d Pareto) Sample(k rng.Key) float64 { return draw(k, d.inverse, d) }

func (d Pareto) table() *inverse { return d.inverse }

func (d Pareto) quantile(u float64) float64 { return d.low * math.Exp(-math.Log1p(-u)/d.alpha) }

// Mean is the expectation.
func (d Pareto) Mean() float64 { return d.low * d.alpha / (d.alpha - 1) }

// SCV is 1/(alpha(alpha−2)), +Inf for alpha ≤ 2.
func (d Pareto) SCV() float64 {
	if d.alpha <= 2 {
		return math.Inf(1)
	}
	return 1 / (d.alpha * (d.alpha - 2))
}

func (d Pareto) String() string {
	return "pareto(alpha=" + num(d.alpha) + " low=" + d.Unit.Format(d.low) + ")"
}

// CDF is P(S ≤ x).
func (d Pareto) CDF(x float64) float64 {
	if x <= d.low {
		return 0
	}
	return -math.Expm1(-d.alpha * math.Log(x/d.low))
}

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Pareto) EquilibriumCDF(x float64) float64 {
	if x <= d.low {
		return max(0, x) / d.Mean()
	}
	return 1 - math.Pow(x/d.low, 1-d.alpha)/d.alpha
}

// LengthBiased draws from the Pareto distribution of tail index one lower.
func (d Pareto) LengthBiased(k rng.Key) float64 { return d.low * math.Exp(k.Exp()/(d.alpha-1)) }
