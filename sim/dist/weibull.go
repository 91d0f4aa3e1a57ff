package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Weibull is the Weibull distribution: times to failure whose hazard falls (shape < 1) or rises (shape > 1).
type Weibull struct {
	shape, mean float64
	scale       float64
	inverse     *inverse
	Unit        Unit
}

// NewWeibull returns the Weibull distribution of shape 0.1 to 1000 and the given mean > 0.
// Its scale is mean/Γ(1+1/shape).
func NewWeibull(shape, mean float64) (Weibull, error) {
	d := Weibull{shape: shape, mean: mean, scale: mean / math.Gamma(1+1/shape), inverse: new(inverse)}
	return d, firstError(inRange("shape", shape, 0.0999, 1000, "1 is exponential, 0.5 is heavy-tailed"), positive("mean", mean))
}

// Sample draws by inversion of one uniform.
func (d Weibull) Sample(k rng.Key) float64 { return draw(k, d.inverse, d) }

func (d Weibull) table() *inverse { return d.inverse }

func (d Weibull) quantile(u float64) float64 { return d.scale * math.Pow(-math.Log1p(-u), 1/d.shape) }

// Mean is the expectation.
func (d Weibull) Mean() float64 { return d.mean }

// SCV is Γ(1+2/shape)/Γ(1+1/shape)² − 1.
func (d Weibull) SCV() float64 {
	one, _ := math.Lgamma(1 + 1/d.shape)
	two, _ := math.Lgamma(1 + 2/d.shape)
	return math.Expm1(two - 2*one)
}

func (d Weibull) String() string {
	return "weibull(shape=" + num(d.shape) + " mean=" + d.Unit.Format(d.mean) + ")"
}

// CDF is P(S ≤ x).
func (d Weibull) CDF(x float64) float64 { return -math.Expm1(-d.hazard(x)) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Weibull) EquilibriumCDF(x float64) float64 {
	h := d.hazard(x)
	return equilibrium(max(0, x), d.mean, gammaCDF(1+1/d.shape, h), math.Exp(-h))
}

// hazard is the cumulative hazard (x/scale)^shape, which is exponential of mean 1 at x = S.
func (d Weibull) hazard(x float64) float64 { return math.Pow(max(0, x)/d.scale, d.shape) }

// LengthBiased draws the cumulative hazard from the gamma distribution of shape 1+1/shape.
func (d Weibull) LengthBiased(k rng.Key) float64 {
	return d.scale * math.Pow(gammaVariate(k, 1+1/d.shape), 1/d.shape)
}
