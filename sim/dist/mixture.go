package dist

import (
	"strings"

	"stickysim/sim/rng"
)

// Mixture draws from one of several distributions, chosen by weight.
type Mixture struct {
	weights []float64
	parts   []Dist
	choose  []float64 // running share of the weights
	biased  []float64 // running share of the weights times the parts' means
}

// maxParts bounds a mixture, which is searched from the front.
const maxParts = 64

// NewMixture returns the mixture of 1 to 64 parts; weights are relative, each above 0. It is written
// mixture(0.9:exp(1ms) 0.1:exp(10ms)).
func NewMixture(weights []float64, parts []Dist) (*Mixture, error) {
	if len(parts) == 0 || len(parts) > maxParts || len(weights) != len(parts) {
		return nil, wrong("", "needs 1 to 64 parts, a weight for each", "write mixture(0.9:exp(1ms) 0.1:exp(10ms))")
	}
	means := make([]float64, len(parts))
	for i, part := range parts {
		if err := firstError(positive("weight", weights[i]), given(part)); err != nil {
			return nil, err
		}
		means[i] = weights[i] * part.Mean()
	}
	return &Mixture{
		weights: append([]float64(nil), weights...), parts: append([]Dist(nil), parts...),
		choose: running(weights), biased: running(means),
	}, nil
}

// running returns the partial sums of values as shares of their total; the last is 1.
func running(values []float64) []float64 {
	shares := make([]float64, len(values))
	sum := 0.0
	for i, v := range values {
		sum += v
		shares[i] = sum
	}
	if sum > 0 {
		for i := range shares {
			shares[i] /= sum
		}
	}
	shares[len(shares)-1] = 1
	return shares
}

// Sample chooses a part and draws from it.
func (d *Mixture) Sample(k rng.Key) float64 {
	return d.parts[first(d.choose, k.Float64())].Sample(k.At(0))
}

// first returns the first index whose running share exceeds u.
func first(shares []float64, u float64) int {
	i := 0
	for i < len(shares)-1 && shares[i] <= u {
		i++
	}
	return i
}

// over adds up f of the parts by their share.
func (d *Mixture) over(f func(Dist) float64) float64 {
	sum, before := 0.0, 0.0
	for i, part := range d.parts {
		sum += (d.choose[i] - before) * f(part)
		before = d.choose[i]
	}
	return sum
}

// Mean is the expectation.
func (d *Mixture) Mean() float64 { return d.over(Dist.Mean) }

// SCV is the squared coefficient of variation.
func (d *Mixture) SCV() float64 { return scv(d.Mean(), d.over(secondMoment)) }

func (d *Mixture) String() string {
	parts := make([]string, len(d.parts))
	for i, part := range d.parts {
		parts[i] = num(d.weights[i]) + ":" + part.String()
	}
	return "mixture(" + strings.Join(parts, " ") + ")"
}

// CDF is P(S ≤ x); NaN when a part has none.
func (d *Mixture) CDF(x float64) float64 {
	return d.over(func(part Dist) float64 { return cdf(part, x) })
}

// EquilibriumCDF is E[min(S,x)]/E[S]; NaN when a part has none.
func (d *Mixture) EquilibriumCDF(x float64) float64 {
	if d.Mean() == 0 {
		return 1
	}
	return d.over(func(part Dist) float64 { return shortfall(part, x) }) / d.Mean()
}

// LengthBiased chooses a part by weight times mean, then draws from its length-biased distribution.
func (d *Mixture) LengthBiased(k rng.Key) float64 {
	return lengthBiased(k.At(0), d.parts[first(d.biased, k.Float64())])
}
