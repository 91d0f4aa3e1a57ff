package dist

import (
	"math"
	"strconv"

	"stickysim/sim/rng"
)

// Erlang is the sum of k exponential stages: more regular than one exponential, cv = 1/√k.
type Erlang struct {
	k     int
	mean  float64
	table *gammaTable
	Unit  Unit
}

// NewErlang returns the Erlang distribution of 1 ≤ k ≤ 1,000,000 stages and the given total mean > 0.
func NewErlang(k int, mean float64) (Erlang, error) {
	return Erlang{k: k, mean: mean, table: newGammaTable(float64(k))}, firstError(inRange("k", float64(k), 0, 1e6, "a whole number of stages"), positive("mean", mean))
}

// Sample draws the sum of the stages by inversion of one uniform.
func (d Erlang) Sample(k rng.Key) float64 { return d.mean * d.table.sample(k) }

// stages draws the sum of n exponentials of mean 1; a long sum costs less as a gamma variate.
func stages(k rng.Key, n int) float64 {
	if n > 12 {
		return gammaVariate(k, float64(n))
	}
	sum := 0.0
	for i := range n {
		sum += k.At(uint64(i)).Exp()
	}
	return sum
}

// Mean is the expectation.
func (d Erlang) Mean() float64 { return d.mean }

// SCV is 1/k.
func (d Erlang) SCV() float64 { return 1 / float64(d.k) }

func (d Erlang) String() string {
	return "erlang(k=" + strconv.Itoa(d.k) + " mean=" + d.Unit.Format(d.mean) + ")"
}

// CDF is P(S ≤ x).
func (d Erlang) CDF(x float64) float64 {
	return gammaCDF(float64(d.k), math.Max(0, x)*float64(d.k)/d.mean)
}

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Erlang) EquilibriumCDF(x float64) float64 {
	return gammaEquilibrium(x, d.mean, float64(d.k))
}

// LengthBiased draws from the distribution with one stage more.
func (d Erlang) LengthBiased(k rng.Key) float64 { return d.mean / float64(d.k) * stages(k, d.k+1) }
