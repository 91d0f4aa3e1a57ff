package workloads

import (
	"math"

	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

// capped is min(S, cap), as when a gateway ends connections at its limit.
type capped struct {
	cap float64 // seconds
	of  closedForm
}

// closedForm is a distribution with a closed form, as those of sim/dist are.
type closedForm interface {
	dist.Dist
	dist.CDFer
	dist.EquilibriumCDFer
}

// Sample draws and cuts.
func (d capped) Sample(k rng.Key) float64 { return min(d.cap, d.of.Sample(k)) }

// Mean is E[min(S, cap)].
func (d capped) Mean() float64 { return d.of.Mean() * d.of.EquilibriumCDF(d.cap) }

// SCV integrates E[min(S, cap)²] = 2∫x·P(S>x)dx by Simpson's rule over [0, cap].
func (d capped) SCV() float64 {
	const steps = 2000
	h, sum := d.cap/steps, 0.0
	for i := 0; i <= steps; i++ {
		x := float64(i) * h
		weight := 2 + 2*float64(i%2)
		if i == 0 || i == steps {
			weight = 1
		}
		sum += weight * x * (1 - d.of.CDF(x))
	}
	mean := d.Mean()
	return max(0, 2*sum*h/3/(mean*mean)-1)
}

func (d capped) String() string {
	return "cap(" + dist.Seconds.Format(d.cap) + " " + d.of.String() + ")"
}

// CDF is P(min(S, cap) ≤ x).
func (d capped) CDF(x float64) float64 {
	if x >= d.cap {
		return 1
	}
	return d.of.CDF(x)
}

// EquilibriumCDF is E[min(S, cap, x)]/E[min(S, cap)].
func (d capped) EquilibriumCDF(x float64) float64 {
	return math.Min(1, d.of.EquilibriumCDF(min(x, d.cap))/d.of.EquilibriumCDF(d.cap))
}

// LengthBiased accepts a draw of the cut distribution with probability draw/cap.
func (d capped) LengthBiased(k rng.Key) float64 {
	for n := uint64(0); ; n++ {
		if x := d.Sample(k.At(2 * n)); k.At(2*n+1).Float64()*d.cap < x {
			return x
		}
	}
}
