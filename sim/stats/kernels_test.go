package stats

import (
	"math"
	"reflect"
	"testing"

	"stickysim/sim/rng"
)

func close9(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

func undefined(t *testing.T, what string, values ...float64) {
	t.Helper()
	for _, v := range values {
		if !math.IsNaN(v) {
			t.Errorf("%s = %g, want NaN", what, v)
		}
	}
}

var (
	referenceX = []float64{4.1, 3.9, 4.4, 4.0, 3.7, 4.6, 4.2, 3.8, 4.3, 4.0}
	referenceY = []float64{3.8, 3.7, 4.1, 3.9, 3.2, 4.3, 4.1, 3.5, 4.0, 3.8}
)

// alike is the balance of servers that were in service equally long.
func alike(x ...float64) Balance {
	times := make([]float64, len(x))
	for i := range times {
		times[i] = 60
	}
	return BalanceOf(x, times)
}

// Points V44 of the validation table: balance metrics on fixed vectors.
func TestReferenceBalance(t *testing.T) {
	a, b := alike(220, 205, 198, 192, 185), alike(30, 17.5, 17.5, 17.5, 17.5)
	close9(t, "V44-a jain", a.Jain, 0.99642284199723)
	close9(t, "V44-b gini", a.Gini, 0.0332)
	close9(t, "V44-c peak to mean", a.PeakToMean, 1.1)
	close9(t, "V44-d cv", b.CV, 0.25)
	close9(t, "V44-h jain", b.Jain, 0.9411764705882353)
	close9(t, "jain = 1/(1+cv²)", a.Jain, 1/(1+math.Pow(a.CV, 2)))
	for _, none := range []Balance{alike(), alike(0, 0), BalanceOf([]float64{1}, []float64{0})} {
		undefined(t, "balance of nothing", none.Jain, none.Gini, none.PeakToMean, none.CV)
	}
	if x, one := alike(0, 0, 0, 8), alike(5); x.Jain != 0.25 || x.Gini != 0.75 || x.PeakToMean != 4 || one.Gini != 0 || one.PeakToMean != 1 {
		t.Error("one server with everything, or alone, is off")
	}
}

// A server that was there for a minute counts for a minute; two that follow each other count as one.
func TestBalanceWeighsPresence(t *testing.T) {
	even := BalanceOf([]float64{.5, .5, .5, .5, .1}, []float64{3600, 3600, 3600, 3600, 60})
	if even.CV > .01 || even.Gini > .005 || even.PeakToMean > 1.005 || even.Peak != .5 {
		t.Errorf("four equal servers and one of a minute: %+v", even)
	}
	hot := BalanceOf([]float64{.5, .5, .5, .5, 1}, []float64{3600, 3600, 3600, 3600, 60})
	close9(t, "the hottest hour", hot.Peak, (.5*3540+60)/3600)
	whole, halves := alike(.8, .4, .3), BalanceOf([]float64{.8, .8, .4, .4, .3, .3}, []float64{30, 30, 30, 30, 30, 30})
	close9(t, "mean of halves", halves.Mean, whole.Mean)
	close9(t, "cv of halves", halves.CV, whole.CV)
	close9(t, "gini of halves", halves.Gini, whole.Gini)
	close9(t, "peak of halves", halves.Peak, whole.Peak)
}

// Points V45 of the validation table: the kernels of output analysis.
func TestReferenceKernels(t *testing.T) {
	close9(t, "V45-a half-width", TInterval(referenceX, 0.95).HalfWidth(), 0.19950350930520439)
	close9(t, "V45-b paired half-width", TInterval(differences(referenceX, referenceY), 0.95).HalfWidth(), 0.08396772022553305)
	close9(t, "V45-d t", QuantileT(0.995, 19), 2.860934606449914)
	if got, _ := Holm([]float64{.001, .013, .014, .04, .2}, 0.05); !reflect.DeepEqual(got, []bool{true, false, false, false, false}) {
		t.Errorf("V45-f Holm %v", got)
	}
	_, upper := ClopperPearson(0, 3000, 0.95)
	close9(t, "V45-h upper", upper, 0.0012288708038254992)
	if d, ok := MSER5(transient()); d != 30 || !ok {
		t.Errorf("V45-j MSER-5 = %d, %v", d, ok)
	}
}

// transient falls for 20 observations, then repeats a pattern whose batch means are all equal.
func transient() []float64 {
	x := make([]float64, 200)
	for i := range x {
		if x[i] = 20 - .9*float64(i); i >= 20 {
			x[i] = 2 + .1*float64(7*i%5)
		}
	}
	return x
}

func TestMSER5(t *testing.T) {
	noisy := transient()
	for i := range noisy {
		noisy[i] += 0.3 * rng.Root(4).At(uint64(i)).Norm()
	}
	if d, ok := MSER5(noisy); d != 20 || !ok {
		t.Errorf("with noise the transient ends at %d, %v, want 20", d, ok)
	}
	trend := make([]float64, 100)
	for i := range trend {
		trend[i] = float64(i)
	}
	if d, ok := MSER5(trend); d != 50 || ok {
		t.Errorf("a trend gave %d, %v, want the bound and not ok", d, ok)
	}
	if d, ok := MSER5(make([]float64, 50)); d != 0 || !ok {
		t.Errorf("a constant gave %d, %v", d, ok)
	}
	if _, ok := MSER5(make([]float64, 9)); ok {
		t.Error("nine observations are too few")
	}
}

func TestTIntervalEdges(t *testing.T) {
	for _, values := range [][]float64{nil, {3}} {
		if e := TInterval(values, 0.95); e.Defined() || e.N != len(values) || len(e.Warnings) != 1 {
			t.Errorf("%v: %+v", values, e)
		}
	}
	if e := TInterval([]float64{3}, 0.95); e.Mean != 3 {
		t.Errorf("the mean of one value is %g", e.Mean)
	}
	if e := TInterval([]float64{1, math.NaN(), 2}, 0.95); e.Defined() || len(e.Warnings) != 1 {
		t.Errorf("NaN: %+v", e)
	}
	if e := TInterval([]float64{1, 1, 1, 1, 1, 50}, 0.95); len(e.Warnings) != 1 {
		t.Errorf("skewed: %+v", e)
	}
	if e := TInterval([]float64{2, 2, 2}, 0.95); e.Lo != 2 || e.Hi != 2 || len(e.Warnings) != 0 || !Precise(e, 0.01) {
		t.Errorf("constant: %+v", e)
	}
	undefined(t, "t quantile", QuantileT(0, 3), QuantileT(1, 3), QuantileT(0.5, 0), QuantileT(math.NaN(), 3))
	if Precise(TInterval(nil, 0.95), 0.1) || !Precise(TInterval(referenceX, 0.95), 0.06) || Precise(TInterval(referenceX, 0.95), 0.05) {
		t.Error("Precise misjudges")
	}
}

// A 95 % interval covers the truth about 95 times in 100: 4000 tries have a standard error of 0.34 points.
func TestIntervalsCover(t *testing.T) {
	const tries = 4000
	mean, ratio := 0, 0
	for i := range uint64(tries) {
		x, num, den := make([]float64, 10), make([]float64, 20), make([]float64, 20)
		for j := range x {
			x[j] = 5 + rng.Root(45).At(i).At(uint64(j)).Norm()
		}
		for j := range num {
			k := rng.Root(46).At(i).At(uint64(j))
			den[j] = 50 + 10*k.At(0).Norm()
			num[j] = 0.3*den[j] + k.At(1).Norm()
		}
		if e := TInterval(x, 0.95); e.Lo <= 5 && 5 <= e.Hi {
			mean++
		}
		if e := OfRatio(num, den).Interval(0.95); e.Lo <= 0.3 && 0.3 <= e.Hi {
			ratio++
		}
	}
	for _, hits := range []int{mean, ratio} {
		if share := float64(hits) / tries; math.Abs(share-0.95) > 0.014 {
			t.Errorf("coverage %.3f, want 0.95", share)
		}
	}
}

func TestOfRatio(t *testing.T) {
	e := OfRatio([]float64{1, 2, 3}, []float64{10, 20, 30}).Interval(0.95)
	if math.Abs(e.Mean-0.1) > 1e-15 || e.HalfWidth() > 1e-15 || e.N != 3 {
		t.Errorf("a constant ratio: %+v", e)
	}
	// By hand: leaving one out gives 5/2, 4/2, 3/2, so se² = 2/3·(1/4+0+1/4) = 1/3.
	e = OfRatio([]float64{1, 2, 3}, []float64{1, 1, 1}).Interval(0.95)
	close9(t, "ratio", e.Mean, 2)
	close9(t, "ratio half-width", e.HalfWidth(), QuantileT(0.975, 2)*math.Sqrt(1.0/3))
	for _, den := range [][]float64{{0, 0, 0}, {0, 0, 4}} {
		if e := OfRatio([]float64{1, 1, 1}, den).Interval(0.95); e.Defined() || len(e.Warnings) == 0 {
			t.Errorf("denominators %v: %+v", den, e)
		}
	}
	if e := OfRatio(nil, nil).Interval(0.95); e.Defined() {
		t.Errorf("nothing over nothing: %+v", e)
	}
}

func TestHolmAndClopperPearson(t *testing.T) {
	got, _ := Holm([]float64{math.NaN(), 0.04, 0.001, 0.01}, 0.05)
	if !reflect.DeepEqual(got, []bool{false, true, true, true}) {
		t.Errorf("Holm with NaN: %v", got)
	}
	if none, _ := Holm(nil, 0.05); len(none) != 0 {
		t.Error("Holm of nothing")
	}
	lo, hi := ClopperPearson(5, 10, 0.95) // printed tables: 0.1871 to 0.8129
	if math.Abs(lo-0.1871) > 5e-5 || math.Abs(hi-0.8129) > 5e-5 {
		t.Errorf("5 of 10: %g to %g", lo, hi)
	}
	if lo, hi := ClopperPearson(10, 10, 0.95); math.Abs(lo-math.Pow(0.025, 0.1)) > 1e-12 || hi != 1 {
		t.Errorf("10 of 10: %g to %g", lo, hi)
	}
	lo, hi = ClopperPearson(0, 0, 0.95)
	undefined(t, "0 of 0", lo, hi)
}

func TestBatches(t *testing.T) {
	if got := BatchMeans([]float64{99, 1, 3, 5, 7}, 2); !reflect.DeepEqual(got, []float64{2, 6}) {
		t.Errorf("BatchMeans = %v", got)
	}
	if BatchMeans(nil, 3) != nil || BatchMeans([]float64{1}, 0) != nil || Lag1([]float64{2, 2, 2}) != 0 {
		t.Error("edges of batches")
	}
	close9(t, "lag 1", Lag1([]float64{1, 2, 3, 4}), 0.25)
	undefined(t, "lag 1 of one", Lag1([]float64{1}))
	white, drift := make([]float64, 6000), make([]float64, 6000)
	for i := range white {
		white[i] = rng.Root(7).At(uint64(i)).Norm()
		drift[i] = white[i] + float64(i)/100
	}
	if e := BatchInterval(white, 0.99); !(e.Lo < 0 && 0 < e.Hi) || len(e.Warnings) != 0 {
		t.Errorf("white noise: %+v", e)
	}
	if e := BatchInterval(drift, 0.99); len(e.Warnings) != 1 {
		t.Errorf("drift: %+v", e)
	}
	if e := BatchInterval([]float64{1, 2}, 0.99); e.Defined() {
		t.Errorf("two values: %+v", e)
	}
}

func TestSequential(t *testing.T) {
	if got := Looks(10, 100); !reflect.DeepEqual(got, []int{10, 14, 20, 28, 40, 56, 80, 100}) {
		t.Errorf("Looks = %v", got)
	}
	if got := Looks(1, 5); !reflect.DeepEqual(got, []int{1, 2, 4, 5}) {
		t.Errorf("Looks(1, 5) = %v", got)
	}
	if Looks(5, 4) != nil || Looks(0, 4) != nil || len(Looks(4, 4)) != 1 {
		t.Error("edges of Looks")
	}
	spent := 0.0
	for k := 1; k < 10_000; k++ {
		spent += LookAlpha(0.05, k)
	}
	if spent > 0.05 || spent < 0.0499 {
		t.Errorf("alpha spent %g", spent)
	}
}

func TestSomeAgainstNone(t *testing.T) {
	for _, c := range []struct {
		x, y  []float64
		pairs int
	}{
		{[]float64{0, 0, 0}, []float64{1, 0, 9}, 2},
		{[]float64{1, 0, 9}, []float64{0, 0, 0}, 2},
		{[]float64{0, 0}, []float64{0, 0}, 0},
		{[]float64{0, 1}, []float64{1, 0}, 0},
		{[]float64{0, 0}, []float64{1, -1}, 0},
		{[]float64{0, math.NaN()}, []float64{1, 1}, 0},
	} {
		if pairs, ok := SomeAgainstNone(c.x, c.y); pairs != c.pairs || ok != (c.pairs > 0) {
			t.Errorf("SomeAgainstNone(%v, %v) = %d, %v, want %d", c.x, c.y, pairs, ok, c.pairs)
		}
	}
	// The test decides at the first number of replications that it is said to need, and not before.
	for some := 1; some <= 10; some++ {
		for _, alpha := range []float64{.05, .005} {
			n := SignTestNeeds(some, 10, alpha, 1000)
			if at := func(n int) float64 { return math.Exp2(1 - float64(n*some)/10) }; at(n) > alpha || at(n-1) <= alpha {
				t.Errorf("%d of 10: %d replications are said to decide at %g", some, n, alpha)
			}
		}
	}
}
