package dist

import "stickysim/sim/rng"

// Deterministic always takes the same value.
type Deterministic struct {
	value float64
	Unit  Unit
}

// NewDeterministic returns the constant value ≥ 0.
func NewDeterministic(value float64) (Deterministic, error) {
	if !(value >= 0 && value <= largest) {
		return Deterministic{}, wrong("value", "must be between 0 and "+num(largest)+", got "+num(value), "")
	}
	return Deterministic{value: value}, nil
}

// Sample returns the value.
func (d Deterministic) Sample(rng.Key) float64 { return d.value }

// Mean returns the value.
func (d Deterministic) Mean() float64 { return d.value }

// SCV is 0.
func (d Deterministic) SCV() float64 { return 0 }

func (d Deterministic) String() string { return "deterministic(" + d.Unit.Format(d.value) + ")" }

// CDF is P(S ≤ x): a step at the value.
func (d Deterministic) CDF(x float64) float64 {
	if x < d.value {
		return 0
	}
	return 1
}

// EquilibriumCDF is E[min(S,x)]/E[S].
func (d Deterministic) EquilibriumCDF(x float64) float64 {
	if x >= d.value {
		return 1
	}
	return max(0, x/d.value)
}

// LengthBiased returns the value.
func (d Deterministic) LengthBiased(rng.Key) float64 { return d.value }
