package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Lognormal is the distribution whose logarithm is normal: the usual fit of service and think times.
type Lognormal struct {
	mean, cv  float64
	mu, sigma float64
	inverse   *inverse
	Unit      Unit
}

// NewLognormal returns the lognormal distribution of the given mean > 0 and coefficient of variation
// 0 < cv ≤ 1000: sigma² = ln(1+cv²), mu = ln mean − sigma²/2.
func NewLognormal(mean, cv float64) (Lognormal, error) {
	variance := math.Log1p(cv * cv)
	d := Lognormal{mean: mean, cv: cv, mu: math.Log(mean) - variance/2, sigma: math.Sqrt(variance), inverse: new(inverse)}
	return d, firstError(positive("mean", mean), spread(cv, 1000))
}

// spread checks a coefficient of variation.
func spread(cv, most float64) error {
	return inRange("cv", cv, 0, most, "no spread is deterministic(...)")
}

// Sample draws by inversion of one uniform.
func (d Lognormal) Sample(k rng.Key) float64 { return draw(k, d.inverse, d) }

func (d Lognormal) table() *inverse { return d.inverse }

func (d Lognormal) quantile(u float64) float64 { return math.Exp(d.mu + d.sigma*rng.NormQuantile(u)) }

// Mean is the expectation.
func (d Lognormal) Mean() float64 { return d.mean }

// SCV is cv².
func (d Lognormal) SCV() float64 { return d.cv * d.cv }

func (d Lognormal) String() string {
	return "lognormal(mean=" + d.Unit.Format(d.mean) + " cv=" + num(d.cv) + ")"
}

// CDF is P(S ≤ x).
func (d Lognormal) CDF(x float64) float64 { return normCDF(d.score(x)) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Lognormal) EquilibriumCDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	z := d.score(x)
	return equilibrium(x, d.mean, normCDF(z-d.sigma), normCDF(-z))
}

// LengthBiased draws from the lognormal distribution with mu + sigma².
func (d Lognormal) LengthBiased(k rng.Key) float64 {
	return math.Exp(d.mu + d.sigma*(d.sigma+k.Norm()))
}

func (d Lognormal) score(x float64) float64 { return (math.Log(max(0, x)) - d.mu) / d.sigma }

func normCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
