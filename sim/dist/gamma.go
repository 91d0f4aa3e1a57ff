package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"stickysim/sim/rng"
)

// Gamma is the gamma distribution of shape 1/cv².
type Gamma struct {
	mean, cv float64
	shape    float64
	table    *gammaTable
	Unit     Unit
}

// NewGamma returns the gamma distribution of the given mean > 0 and coefficient of variation
// 0.001 ≤ cv ≤ 100. cv = 1 is exponential.
func NewGamma(mean, cv float64) (Gamma, error) {
	d := Gamma{mean: mean, cv: cv, shape: 1 / (cv * cv)}
	d.table = newGammaTable(d.shape)
	return d, firstError(positive("mean", mean), inRange("cv", cv, 0.000999, 100, "less spread is deterministic(...)"))
}

// Sample draws by inversion of one uniform up to cv 2, by rejection above.
func (d Gamma) Sample(k rng.Key) float64 { return d.mean * d.table.sample(k) }

// Mean is the expectation.
func (d Gamma) Mean() float64 { return d.mean }

// SCV is cv².
func (d Gamma) SCV() float64 { return d.cv * d.cv }

func (d Gamma) String() string {
	return "gamma(mean=" + d.Unit.Format(d.mean) + " cv=" + num(d.cv) + ")"
}

// CDF is P(S ≤ x).
func (d Gamma) CDF(x float64) float64 { return gammaCDF(d.shape, x*d.shape/d.mean) }

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Gamma) EquilibriumCDF(x float64) float64 { return gammaEquilibrium(x, d.mean, d.shape) }

// LengthBiased draws from the gamma distribution of shape one higher.
func (d Gamma) LengthBiased(k rng.Key) float64 { return d.mean / d.shape * gammaVariate(k, d.shape+1) }

// gammaVariate draws a gamma variate of scale 1 by the squeeze of Marsaglia & Tsang (ACM TOMS 26, 2000). Below shape 1 it draws shape+1 and shrinks it by u^(1/shape).
func gammaVariate(k rng.Key, shape float64) float64 {
	if shape < 1 {
		return gammaVariate(k.At(0), shape+1) * math.Pow(k.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for n := uint64(0); ; n += 2 {
		x := k.At(n).Norm()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		u := k.At(n + 1).Float64()
		if u < 1-0.0331*x*x*x*x || math.Log(u) < x*x/2+d*(1-v+math.Log(v)) {
			return d * v
		}
	}
}

func gammaCDF(shape, x float64) float64 {
	if x <= 0 {
		return 0
	}
	if math.IsInf(x, 1) {
		return 1
	}
	return mathext.GammaIncReg(shape, x)
}

func gammaEquilibrium(x, mean, shape float64) float64 {
	if x <= 0 {
		return 0
	}
	y := x * shape / mean
	return equilibrium(x, mean, gammaCDF(shape+1, y), 1-gammaCDF(shape, y))
}
