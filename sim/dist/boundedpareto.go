package dist

import (
	"math"

	"stickysim/sim/rng"
)

// BoundedPareto is the Pareto distribution conditioned to stay within [low, high]: heavy-tailed work with a
// largest job. On the logarithmic scale s = ln(x/low) its density is proportional to e^(−alpha·s).
type BoundedPareto struct {
	alpha, low, high float64
	span             float64 // ln(high/low)
	inverse          *inverse
	Unit             Unit
}

// NewBoundedPareto returns the bounded Pareto distribution of tail index 0 < alpha ≤ 100 on 0 < low < high.
func NewBoundedPareto(alpha, low, high float64) (BoundedPareto, error) {
	d := BoundedPareto{alpha: alpha, low: low, high: high, span: math.Log(high / low), inverse: new(inverse)}
	if err := firstError(inRange("alpha", alpha, 0, 100, ""), positive("low", low), positive("high", high)); err != nil {
		return d, err
	}
	if high < low*1.001 {
		return d, wrong("high", "must be above low", "swap them, or write deterministic(...)")
	}
	return d, nil
}

// NewBoundedParetoMean returns the bounded Pareto distribution of tail index alpha, the given mean > 0 and the
// ratio highToLow > 1 of its largest to its smallest value.
func NewBoundedParetoMean(alpha, mean, highToLow float64) (BoundedPareto, error) {
	err := firstError(inRange("alpha", alpha, 0, 100, ""), positive("mean", mean),
		inRange("high_to_low", highToLow, 1.001, 1e12, "the ratio of the largest value to the smallest"))
	if err != nil {
		return BoundedPareto{}, err
	}
	span := math.Log(highToLow)
	low := mean * growth(-alpha, span) / growth(1-alpha, span)
	return NewBoundedPareto(alpha, low, low*highToLow)
}

// growth is ∫₀ᵗ e^(b·s) ds, the integral behind every moment and distribution of the family; b = 0 is its smooth limit.
func growth(b, t float64) float64 {
	if b == 0 {
		return t
	}
	return math.Expm1(b*t) / b
}

// ungrowth is the t with growth(b, t) = area.
func ungrowth(b, area float64) float64 {
	if b == 0 {
		return area
	}
	return math.Log1p(b*area) / b
}

// Sample draws by inversion of one uniform.
func (d BoundedPareto) Sample(k rng.Key) float64 { return draw(k, d.inverse, d) }

func (d BoundedPareto) table() *inverse { return d.inverse }

func (d BoundedPareto) quantile(u float64) float64 { return d.tilted(-d.alpha, u) }

// LengthBiased draws by inversion from the bounded distribution of tail index one lower.
func (d BoundedPareto) LengthBiased(k rng.Key) float64 { return d.tilted(1-d.alpha, k.Float64()) }

// tilted is the u-quantile of the density proportional to e^(b·s).
func (d BoundedPareto) tilted(b, u float64) float64 {
	return min(d.high, d.low*math.Exp(ungrowth(b, u*growth(b, d.span))))
}

// Mean is the expectation.
func (d BoundedPareto) Mean() float64 {
	return d.low * growth(1-d.alpha, d.span) / growth(-d.alpha, d.span)
}

// SCV is the squared coefficient of variation, always finite.
func (d BoundedPareto) SCV() float64 {
	return scv(d.Mean(), d.low*d.low*growth(2-d.alpha, d.span)/growth(-d.alpha, d.span))
}

func (d BoundedPareto) String() string {
	return "pareto(alpha=" + num(d.alpha) + " low=" + d.Unit.Format(d.low) + " high=" + d.Unit.Format(d.high) + ")"
}

// CDF is P(S ≤ x).
func (d BoundedPareto) CDF(x float64) float64 { return d.share(-d.alpha, x) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d BoundedPareto) EquilibriumCDF(x float64) float64 {
	x = max(0, x)
	return equilibrium(x, d.Mean(), d.share(1-d.alpha, x), 1-d.CDF(x))
}

func (d BoundedPareto) share(b, x float64) float64 {
	switch {
	case x <= d.low:
		return 0
	case x >= d.high:
		return 1
	}
	return growth(b, math.Log(x/d.low)) / growth(b, d.span)
}
