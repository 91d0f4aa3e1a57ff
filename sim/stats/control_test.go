package stats

import (
	"math"
	"testing"

	"stickysim/sim/rng"
)

// draws are n replications of a figure that is 3 in mean, and of two controls. All are skewed, as sums of a few draws are, and
// with a bend the figure grows faster than the first control, as waits do with load.
func draws(k rng.Key, n int, bend float64) (figure, first, second []float64) {
	for i := range n {
		k := k.At(uint64(i))
		a, b, rest := skewedDraw(k.At(1)), skewedDraw(k.At(2)), skewedDraw(k.At(3))
		figure = append(figure, 3+2*a-b+bend*(a*a-1)+.7*rest)
		first, second = append(first, a), append(second, b+.5*a)
	}
	return figure, first, second
}

// skewedDraw has mean 0, standard deviation 1 and skewness 1.
func skewedDraw(k rng.Key) float64 {
	sum := 0.0
	for i := range uint64(4) {
		sum += k.At(i).Exp() - 1
	}
	return sum / 2
}

// With controls, intervals cover the truth as often as they say, and the mean has no bias, though the coefficients come from
// the same replications, some of which decide them, and the controls act on the figure in a bent line.
func TestControlledIntervalsCover(t *testing.T) {
	for _, n := range []int{FewestControlled, 60} {
		for _, bend := range []float64{0, .4} {
			const tries = 4000
			covered, plainWidth, width := 0, 0.0, 0.0
			var mean, plain Welford
			for try := range tries {
				y, a, b := draws(rng.Root(3).At(uint64(n)).At(uint64(try)), n, bend)
				j := OfMean(y)
				k := j.Controlled(NewControls(a, b))
				e := k.Interval(.95)
				if e.Lo <= 3 && 3 <= e.Hi {
					covered++
				}
				mean.Add(k.Point)
				plain.Add(j.Point)
				plainWidth, width = plainWidth+j.Interval(.95).HalfWidth(), width+e.HalfWidth()
			}
			share, bias := float64(covered)/tries, (mean.Mean()-3)/(mean.SD()/math.Sqrt(tries))
			t.Logf("n = %d, bend %g: covers %.1f %%, bias %.1f standard errors, variance %.2f of the plain mean's, width %.2f", n, bend, 100*share, bias, mean.Variance()/plain.Variance(), width/plainWidth)
			if share < .92 || share > .98 {
				t.Errorf("n = %d, bend %g: 95 %% intervals cover %.1f %%", n, bend, 100*share)
			}
			if math.Abs(bias) > 3.5 {
				t.Errorf("n = %d, bend %g: the mean is %g, %.1f standard errors from 3", n, bend, mean.Mean(), bias)
			}
			if bend == 0 && mean.Variance() > .4*plain.Variance() {
				t.Errorf("n = %d: the variance is %.2f of the plain mean's", n, mean.Variance()/plain.Variance())
			}
		}
	}
}

// Controls that do not vary, follow from each other or are undefined are left out, and with few replications there are none.
func TestControlsThatSayNothing(t *testing.T) {
	y, a, b := draws(rng.Root(4), FewestControlled, 0)
	twice, constant, undefined := make([]float64, len(a)), make([]float64, len(a)), append([]float64{math.NaN()}, a[1:]...)
	for i, v := range a {
		twice[i], constant[i] = 2*v, 5
	}
	j := OfMean(y)
	want := j.Controlled(NewControls(a, b))
	if got := j.Controlled(NewControls(constant, a, twice, undefined, b)); got.Point != want.Point || got.SE() != want.SE() {
		t.Errorf("%g ± %g; with two controls %g ± %g", got.Point, got.SE(), want.Point, want.SE())
	}
	if c := NewControls(a[1:]); c != nil {
		t.Errorf("%d replications have controls", len(a)-1)
	}
	if c := NewControls(constant, undefined); c != nil {
		t.Error("there are controls that say nothing")
	}
	if got := j.Controlled(nil); got.VRF != 0 || got.Point != j.Point {
		t.Error("without controls, a figure changes")
	}
}

// A figure that the controls explain to the last is known exactly: a count to its floor, another figure not at all better.
func TestFigureThatControlsExplain(t *testing.T) {
	_, a, _ := draws(rng.Root(5), FewestControlled, 0)
	count := make([]float64, len(a))
	for i, v := range a {
		count[i] = 900 + 30*v
	}
	j := OfMean(count)
	if k := j.Controlled(NewControls(a)); k.Point != j.Point || k.VRF != 0 {
		t.Errorf("%g, of a plain mean of %g", k.Point, j.Point)
	}
	j.Floor = math.Sqrt(Total(count)) / float64(len(count))
	e := j.Controlled(NewControls(a)).Interval(.95)
	if math.Abs(e.Mean-900) > 1e-9 || e.Kind != KindInterval || math.Abs(e.HalfWidth()/(QuantileT(.975, float64(len(a)-1))*j.Floor)-1) > 1e-9 {
		t.Errorf("%v, want 900 to the floor", e)
	}
}

// Replications drawn from one recording stay so when a constant is added: a margin to a limit is as wide as the figure.
func TestPlusKeepsReplicationsDrawn(t *testing.T) {
	j := OfMean([]float64{1, 2, 4})
	j.Drawn = true
	if a, b := j.SE(), j.Plus(7).SE(); a != b {
		t.Errorf("± %g; with a constant added ± %g", a, b)
	}
}
