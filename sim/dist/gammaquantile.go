package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"stickysim/sim/rng"
)

// gammaTable draws gamma variates of mean 1 and one shape: by inversion where the quantile function is smooth enough
// for a table, by rejection elsewhere.
type gammaTable struct {
	inverse
	shape float64
}

// Shapes that are drawn by inversion. Below the least the quantile function is too steep for a table; above the most,
// the distribution function is no longer precise.
const (
	leastInverted = 0.25
	mostInverted  = 2e6
)

func newGammaTable(shape float64) *gammaTable { return &gammaTable{shape: shape} }

func (g *gammaTable) sample(k rng.Key) float64 {
	if !(g.shape >= leastInverted && g.shape <= mostInverted) {
		return gammaVariate(k, g.shape) / g.shape
	}
	return draw(k, &g.inverse, g)
}

func (g *gammaTable) quantile(u float64) float64 {
	s := newGammaInverse(g.shape)
	return s.quantile(u) / g.shape
}

// series asks for many quantiles, each of which starts the search of the next.
func (g *gammaTable) series() func(u float64) float64 {
	s := newGammaInverse(g.shape)
	return func(u float64) float64 { return s.quantile(u) / g.shape }
}

// gammaInverse finds quantiles of the gamma distribution of scale 1.
type gammaInverse struct {
	shape, lgamma float64
	y             float64 // logarithm of the last quantile, NaN before the first
}

func newGammaInverse(shape float64) gammaInverse {
	lgamma, _ := math.Lgamma(shape)
	return gammaInverse{shape: shape, lgamma: lgamma, y: math.NaN()}
}

// quantile solves for y = ln x by Newton's method: in y both ln P(X ≤ x) and ln P(X > x) are concave, so that every
// step but the first approaches the solution from one side.
func (s *gammaInverse) quantile(u float64) float64 {
	if s.y != s.y {
		s.y = s.guess(u)
	}
	for range 100 {
		x := math.Exp(s.y)
		density := math.Exp(s.shape*s.y - x - s.lgamma) // of y
		step := 0.0
		if u <= 0.5 {
			p := mathext.GammaIncReg(s.shape, x)
			step = p / density * math.Log(u/p)
		} else {
			q := mathext.GammaIncRegComp(s.shape, x)
			step = q / density * math.Log(q/(1-u))
		}
		step = max(-1, min(step, 1)) // a long first step would end where the probability is 0
		s.y += step
		if math.Abs(step) < 1e-6 { // the next would be below 10⁻⁹
			break
		}
	}
	return math.Exp(s.y)
}

// guess is near ln x at the u-quantile: by the cube root that is almost normal (Wilson & Hilferty, PNAS 17,
// 1931), or where that fails by the first term of the distribution function, x^shape/Γ(shape+1).
func (s *gammaInverse) guess(u float64) float64 {
	first := (math.Log(u) + s.lgamma + math.Log(s.shape)) / s.shape
	root := 1 - 1/(9*s.shape) + rng.NormQuantile(u)/(3*math.Sqrt(s.shape))
	if s.shape < 1 && u <= 0.5 || root < 0.2 {
		return min(first, math.Log(s.shape)+1)
	}
	return math.Log(s.shape) + 3*math.Log(root)
}
