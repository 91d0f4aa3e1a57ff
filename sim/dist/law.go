package dist

import (
	"math"

	"stickysim/sim/rng"
)

// CDFer is a distribution that knows P(S ≤ x).
type CDFer interface {
	CDF(x float64) float64
}

// EquilibriumCDFer is a distribution that knows Fe(x) = E[min(S, x)]/E[S]: the distribution of the age, and of the
// residual life, of whatever is found in progress at a random time.
type EquilibriumCDFer interface {
	EquilibriumCDF(x float64) float64
}

// LengthBiaser is a distribution that can draw the whole length of the interval a random time falls into:
// long ones are met more often, with density x·f(x)/E[S].
type LengthBiaser interface {
	LengthBiased(k rng.Key) float64
}

// Equilibrium draws one thing found in progress at a random time in steady state: its total length, and its
// age, uniform on (0, total); total−age is the residual life. The draw is exact for every [LengthBiaser], so
// for all of this package; any other distribution is resampled by length from 256 of its own draws, which
// cuts off the far tail. A distribution of mean 0 gives (0, 0). Source: Cox, Renewal Theory, 1962, section 5.
func Equilibrium(k rng.Key, d Dist) (total, age float64) {
	if !(d.Mean() > 0) {
		return 0, 0
	}
	total = lengthBiased(k.At(0), d)
	return total, total * k.At(1).Float64()
}

func lengthBiased(k rng.Key, d Dist) float64 {
	if b, ok := d.(LengthBiaser); ok {
		return b.LengthBiased(k)
	}
	const draws = 256
	sum, chosen := 0.0, 0.0
	for i := range uint64(draws) {
		x := d.Sample(k.At(2 * i))
		sum += x
		if k.At(2*i+1).Float64()*sum < x {
			chosen = x
		}
	}
	return chosen
}

// cdf is d's distribution function, NaN for a foreign distribution that has none.
func cdf(d Dist, x float64) float64 {
	if c, ok := d.(CDFer); ok {
		return c.CDF(x)
	}
	return math.NaN()
}

// shortfall is E[min(S, x)], NaN for a foreign distribution that has no closed form.
func shortfall(d Dist, x float64) float64 {
	m := d.Mean()
	if m == 0 {
		return 0
	}
	if e, ok := d.(EquilibriumCDFer); ok {
		return m * e.EquilibriumCDF(x)
	}
	return math.NaN()
}

// equilibrium is Fe(x) from the length-biased distribution's distribution function and the survival at x:
// E[min(S,x)] = E[S; S≤x] + x·P(S>x).
func equilibrium(x, mean, biased, survival float64) float64 { return biased + x*survival/mean }

// secondMoment is E[S²].
func secondMoment(d Dist) float64 {
	m := d.Mean()
	if m == 0 {
		return 0
	}
	return m * m * (1 + d.SCV())
}

// scv is the squared coefficient of variation from two moments, never below 0 by rounding.
func scv(mean, second float64) float64 {
	if mean == 0 {
		return 0
	}
	return max(0, second/(mean*mean)-1)
}
