package dist

import (
	"math"

	"stickysim/sim/rng"
)

// Uniform is the uniform distribution on [a, b].
type Uniform struct {
	a, b float64
	Unit Unit
}

// NewUniform returns the uniform distribution on 0 ≤ a < b.
func NewUniform(a, b float64) (Uniform, error) {
	d := Uniform{a: a, b: b}
	if !(a >= 0) {
		return d, wrong("a", "must not be negative, got "+num(a), "")
	}
	return d, inRange("b", b, a, largest, "uniform(a b) needs a below b")
}

// Sample draws by inversion of one uniform.
func (d Uniform) Sample(k rng.Key) float64 { return d.a + (d.b-d.a)*k.Float64() }

// Mean is the expectation.
func (d Uniform) Mean() float64 { return (d.a + d.b) / 2 }

// SCV is ((b−a)/(a+b))²/3.
func (d Uniform) SCV() float64 {
	r := (d.b - d.a) / (d.a + d.b)
	return r * r / 3
}

func (d Uniform) String() string {
	return "uniform(" + d.Unit.Format(d.a) + " " + d.Unit.Format(d.b) + ")"
}

// CDF is P(S ≤ x).
func (d Uniform) CDF(x float64) float64 { return min(1, max(0, (x-d.a)/(d.b-d.a))) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Uniform) EquilibriumCDF(x float64) float64 {
	x = max(0, min(x, d.b))
	over := max(0, x-d.a)
	return (x - over*over/(2*(d.b-d.a))) / d.Mean()
}

// LengthBiased draws by inversion from the density proportional to x on [a, b].
func (d Uniform) LengthBiased(k rng.Key) float64 {
	return math.Sqrt(d.a*d.a + k.Float64()*(d.b-d.a)*(d.b+d.a))
}
