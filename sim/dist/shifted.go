package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Shifted is a distribution that starts at a constant: a boot that takes 30 s and then some.
type Shifted struct {
	shift float64
	dist  Dist
	Unit  Unit
}

// NewShifted returns shift + d for shift ≥ 0, written shift(30s exp(5s)).
func NewShifted(shift float64, d Dist) (Shifted, error) {
	s := Shifted{shift: shift, dist: d}
	if !(shift >= 0 && shift <= largest) {
		return s, wrong("by", "must be between 0 and "+num(largest)+", got "+num(shift), "")
	}
	return s, given(d)
}

// Sample adds the shift to the part's sample at the same address.
func (d Shifted) Sample(k rng.Key) float64 { return d.shift + d.dist.Sample(k) }

// Mean is the expectation.
func (d Shifted) Mean() float64 { return d.shift + d.dist.Mean() }

// SCV is the part's, shrunk by the larger mean.
func (d Shifted) SCV() float64 {
	part := d.dist.Mean()
	if part == 0 {
		return 0
	}
	return d.dist.SCV() * math.Pow(part/d.Mean(), 2)
}

func (d Shifted) String() string {
	return "shift(" + d.Unit.Format(d.shift) + " " + d.dist.String() + ")"
}

// CDF is P(S ≤ x); NaN when the part has none.
func (d Shifted) CDF(x float64) float64 { return cdf(d.dist, x-d.shift) }

// EquilibriumCDF is E[min(S,x)]/E[S]; NaN when the part has none.
func (d Shifted) EquilibriumCDF(x float64) float64 {
	switch {
	case d.Mean() == 0:
		return 1
	case x <= d.shift:
		return max(0, x) / d.Mean()
	}
	return (d.shift + shortfall(d.dist, x-d.shift)) / d.Mean()
}

// LengthBiased biases the part only as often as the part, not the shift, was met.
func (d Shifted) LengthBiased(k rng.Key) float64 {
	if k.Float64()*d.Mean() < d.shift {
		return d.shift + d.dist.Sample(k.At(0))
	}
	return d.shift + lengthBiased(k.At(0), d.dist)
}
