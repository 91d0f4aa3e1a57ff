package dist

import "stickysim/sim/rng"

// Scaled is a distribution stretched by a factor: a slower server, a heavier class.
type Scaled struct {
	factor float64
	dist   Dist
}

// NewScaled returns factor·d for factor > 0, written scale(1.5 exp(10ms)).
func NewScaled(factor float64, d Dist) (Scaled, error) {
	return Scaled{factor, d}, firstError(positive("factor", factor), given(d))
}

// given reports a missing part.
func given(d Dist) error {
	if d == nil {
		return wrong("dist", "is missing", "write a distribution such as exp(10ms)")
	}
	return nil
}

// Sample stretches the part's sample at the same address.
func (d Scaled) Sample(k rng.Key) float64 { return d.factor * d.dist.Sample(k) }

// Mean is the expectation.
func (d Scaled) Mean() float64 { return d.factor * d.dist.Mean() }

// SCV is the part's.
func (d Scaled) SCV() float64 { return d.dist.SCV() }

func (d Scaled) String() string { return "scale(" + num(d.factor) + " " + d.dist.String() + ")" }

// CDF is P(S ≤ x); NaN when the part has none.
func (d Scaled) CDF(x float64) float64 { return cdf(d.dist, x/d.factor) }

// EquilibriumCDF is E[min(S,x)]/E[S]; NaN when the part has none.
func (d Scaled) EquilibriumCDF(x float64) float64 {
	if d.Mean() == 0 {
		return 1
	}
	return shortfall(d.dist, x/d.factor) / d.dist.Mean()
}

// LengthBiased stretches the part's.
func (d Scaled) LengthBiased(k rng.Key) float64 { return d.factor * lengthBiased(k, d.dist) }
