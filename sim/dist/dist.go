// Package dist holds the distributions of service demands, think times, session sizes and gaps.
//
// A distribution is parameters and nothing else; it draws from an address ([rng.Key]), so a sample is a pure
// function of (distribution, address). Durations are in seconds, sizes in bytes, counts in units: a
// distribution's [Unit] changes how it is written, never what it samples.
//
// Every family of this package has closed forms: [CDFer], [EquilibriumCDFer] and [LengthBiaser].
//
// Floor 1.
package dist

import "stickysim/sim/rng"

// Dist is a distribution on [0, ∞).
type Dist interface {
	// Sample returns the variate at address k. Equal addresses give equal variates.
	Sample(k rng.Key) float64
	// Mean is the expectation.
	Mean() float64
	// SCV is the squared coefficient of variation, variance/mean²; +Inf where the variance is infinite.
	SCV() float64
	// String is the distribution as a scenario writes it; Parse(String()) gives an equal distribution.
	String() string
}
