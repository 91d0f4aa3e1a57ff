package stats

import (
	"math"
	"testing"

	"stickysim/sim/rng"
)

func TestWelford(t *testing.T) {
	w := moments([]float64{2, 4, 4, 4, 5, 5, 7, 9}) // mean 5, Σ(x−5)² = 32, Σ(x−5)³ = 42
	close9(t, "mean", w.Mean(), 5)
	close9(t, "variance", w.Variance(), 32.0/7)
	close9(t, "skewness", w.Skewness(), (42.0/8)/math.Pow(4, 1.5))
	far := moments([]float64{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16})
	close9(t, "variance far from zero", far.Variance(), 30)
	undefined(t, "empty", Welford{}.Mean(), Welford{}.Variance(), Welford{}.SD(), Welford{}.Skewness())
	one := moments([]float64{3})
	undefined(t, "one", one.Variance(), one.Skewness())
	if moments([]float64{3, 3}).Skewness() != 0 {
		t.Error("equal values have no skewness")
	}
}

func TestWelfordMerge(t *testing.T) {
	var whole, left, right, sum Welford
	for i := range uint64(1000) {
		x := rng.Root(2).At(i).Exp()
		whole.Add(x)
		if i < 300 {
			left.Add(x)
		} else {
			right.Add(x)
		}
	}
	sum.Merge(right)
	sum.Merge(Welford{})
	sum.Merge(left)
	close9(t, "mean", sum.Mean(), whole.Mean())
	close9(t, "variance", sum.Variance(), whole.Variance())
	close9(t, "skewness", sum.Skewness(), whole.Skewness())
	if sum.Count() != 1000 {
		t.Errorf("count %d", sum.Count())
	}
}

func TestSum(t *testing.T) {
	if got := Total([]float64{1, 1e100, 1, -1e100}); got != 2 {
		t.Errorf("Total = %g, want 2", got)
	}
	tenth := make([]float64, 1_000_000)
	for i := range tenth {
		tenth[i] = 0.1
	}
	if got := Total(tenth); got != 100_000 {
		t.Errorf("a million tenths are %.12g", got)
	}
	if got := Total([]float64{1, math.Inf(1)}); !math.IsInf(got, 1) {
		t.Errorf("infinite sum = %g", got)
	}
	undefined(t, "sum with NaN", Total([]float64{1, math.NaN()}))
}

func TestVarianceReduction(t *testing.T) {
	if got := VarianceReduction(referenceX, referenceY); !(got > 5) {
		t.Errorf("paired samples gained %g", got)
	}
	if !math.IsInf(VarianceReduction([]float64{1, 2}, []float64{3, 4}), 1) {
		t.Error("a constant difference gains without bound")
	}
	undefined(t, "one pair", VarianceReduction([]float64{1}, []float64{2}))
}
