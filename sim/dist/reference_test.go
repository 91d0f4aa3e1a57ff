package dist

import (
	"math"
	"sort"
	"testing"

	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

func exactly(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func samples(d Dist, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = d.Sample(rng.Root(43).At(uint64(i)))
	}
	sort.Float64s(out)
	return out
}

// Points V43 of the validation table: samplers parameterised by mean and spread.
func TestReferenceSamplers(t *testing.T) {
	const n = 300_000
	lognormal := parsed(t, "lognormal(mean=1, cv=2)", Count)
	exactly(t, "V43-a law", lognormal.(CDFer).CDF(8.555465054209341), 0.99, 1e-12)
	exactly(t, "V43-a sample p99", samples(lognormal, n)[n*99/100], 8.555465054209341, 0.03)
	pareto := parsed(t, "pareto(alpha=1.5, low=1)", Count)
	exactly(t, "V43-b law", pareto.(CDFer).CDF(4.641588833612778), 0.9, 1e-12)
	exactly(t, "V43-b sample p90", samples(pareto, n)[n*90/100], 4.641588833612778, 0.02)
	hyper := parsed(t, "hyperexp(mean=1, scv=4)", Count)
	exactly(t, "V43-d p1", hyper.(Hyperexp).P1(), 0.8872983346207417, 1e-12)
	exactly(t, "V43-f mean", parsed(t, "truncexp(mean=7s, cut=70s)", Seconds).Mean(), 6.996821860629322, 1e-12)
}

// Points V17 of the validation table: what is left of a session found active at a random time.
func TestReferenceResidualLife(t *testing.T) {
	for _, c := range []struct {
		text string
		mean float64
	}{{"exp(300s)", 300}, {"lognormal(mean=300s, cv=2)", 750}, {"deterministic(300s)", 150}} {
		d := parsed(t, c.text, Seconds)
		exactly(t, c.text, d.Mean()*(1+d.SCV())/2, c.mean, 1e-12)
		var left stats.Welford
		for i := range uint64(1_000_000) {
			total, age := Equilibrium(rng.Root(17).At(i), d)
			left.Add(total - age)
		}
		near(t, c.text+" sampled residual", left, c.mean)
	}
	law := parsed(t, "lognormal(mean=300s, cv=2)", Seconds).(EquilibriumCDFer)
	exactly(t, "V17-e", 1-law.EquilibriumCDF(300), 0.47412676691772115, 1e-12)
	exactly(t, "V17-f", law.EquilibriumCDF(271.8364396082407), 0.5, 1e-12)
}

func TestInfiniteVariance(t *testing.T) {
	d, err := NewPareto(1.5, 1)
	if err != nil || !math.IsInf(d.SCV(), 1) || d.Mean() != 3 {
		t.Errorf("pareto(1.5, 1): mean %g, scv %g, %v", d.Mean(), d.SCV(), err)
	}
}
