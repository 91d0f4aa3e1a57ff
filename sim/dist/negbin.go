package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"stickysim/sim/rng"
)

// NegBin is one plus a negative binomial number, so 1, 2, 3, …: session sizes whose mean and spread are free,
// where a geometric distribution fixes the spread. Samples are whole numbers.
type NegBin struct {
	mean, cv float64
	shape    float64 // of the gamma distribution that the Poisson rate follows
	rates    *gammaTable
}

// NewNegBin returns the distribution of 1+N with the given mean > 1 (at most 10⁹) and coefficient of variation, both of
// the whole value 1+N. A negative binomial N spreads more than a Poisson number, so cv must be above
// √(mean−1)/mean, and at most 100.
func NewNegBin(mean, cv float64) (NegBin, error) {
	rest := mean - 1
	d := NegBin{mean: mean, cv: cv, shape: rest * rest / (cv*cv*mean*mean - rest)}
	d.rates = newGammaTable(d.shape)
	if err := inRange("mean", mean, 1, 1e9, "the values are 1, 2, 3, ..."); err != nil {
		return d, err
	}
	least := math.Sqrt(rest) / mean
	hint := "at mean " + num(mean) + " the smallest cv of 1 plus a Poisson number is " + num(math.Ceil(least*1e4)/1e4)
	if err := inRange("cv", cv, least, 100, hint); err != nil {
		return d, err
	}
	if !(d.shape < 1e12) {
		return d, wrong("cv", "is too close to the smallest possible", hint)
	}
	return d, nil
}

// Sample draws a Poisson number whose rate is gamma distributed, and adds 1.
func (d NegBin) Sample(k rng.Key) float64 {
	return 1 + poisson(k.At(1), (d.mean-1)*d.rates.sample(k.At(0)))
}

// Mean is the expectation.
func (d NegBin) Mean() float64 { return d.mean }

// SCV is cv².
func (d NegBin) SCV() float64 { return d.cv * d.cv }

func (d NegBin) String() string { return "negbin(mean=" + num(d.mean) + " cv=" + num(d.cv) + ")" }

// CDF is P(S ≤ x).
func (d NegBin) CDF(x float64) float64 { return d.restCDF(d.shape, math.Floor(x)-1) }

// restCDF is P(N ≤ n) for whole n.
func (d NegBin) restCDF(shape, n float64) float64 {
	if n < 0 {
		return 0
	}
	if math.IsInf(n, 1) {
		return 1
	}
	return mathext.RegIncBeta(shape, n+1, d.shape/(d.shape+d.mean-1))
}

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d NegBin) EquilibriumCDF(x float64) float64 {
	x = max(0, x)
	n := math.Floor(x)
	biased := (d.restCDF(d.shape, n-1) + (d.mean-1)*d.restCDF(d.shape+1, n-2)) / d.mean
	return equilibrium(x, d.mean, biased, 1-d.CDF(x))
}

// LengthBiased draws 1+N with probability 1/mean, else 1+N*, where the length-biased N* is one plus the
// negative binomial of shape one higher.
func (d NegBin) LengthBiased(k rng.Key) float64 {
	if k.Float64()*d.mean < 1 {
		return d.Sample(k)
	}
	return 2 + poisson(k.At(1), (d.mean-1)/d.shape*gammaVariate(k.At(0), d.shape+1))
}
