package workloads

import (
	"math"
	"slices"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/rng"
)

func parse(t testing.TB, text string) sim.ArrivalProcess {
	t.Helper()
	p, err := ParseArrivals(text, func(string) ([]float64, error) { return []float64{0, 1.5, 7}, nil })
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// counts returns the numbers of arrivals in [from, to) over runs.
func counts(p sim.ArrivalProcess, from, to sim.Time, runs int) []float64 {
	return countsFrom(p, 0, from, to, runs)
}

// countsFrom is counts in runs that begin at start.
func countsFrom(p sim.ArrivalProcess, start, from, to sim.Time, runs int) []float64 {
	n := make([]float64, runs)
	for r := range n {
		a := p.Start(rng.Root(1).At(uint64(r)))
		for t := a.Next(start); t < to; t = a.Next(t) {
			if t >= from {
				n[r]++
			}
		}
	}
	return n
}

func meanVar(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}

// within checks a sample mean against a reference at 4 standard errors: a false alarm in 16,000.
func within(t *testing.T, what string, x []float64, want float64) {
	t.Helper()
	mean, variance := meanVar(x)
	if half := 4*math.Sqrt(variance/float64(len(x))) + 1e-9; math.Abs(mean-want) > half {
		t.Errorf("%s: %.6g, want %.6g ± %.2g", what, mean, want, half)
	}
}

// spread checks a sample variance against a reference: its relative standard error is √(2/(n−1)) for near-normal counts.
func spread(t *testing.T, what string, x []float64, want float64) {
	t.Helper()
	_, variance := meanVar(x)
	if half := 4 * math.Sqrt(2/float64(len(x)-1)); math.Abs(variance/want-1) > half {
		t.Errorf("%s: variance %.6g, want %.6g ± %.0f %%", what, variance, want, 100*half)
	}
}

func TestMeanCounts(t *testing.T) {
	for _, c := range []struct {
		text     string
		from, to float64 // seconds
		want     float64
	}{
		{"poisson(2/s)", 0, 100, 200},
		{"120/min", 50, 100, 100},
		{"regular(every=300ms)", 0, 100, 333},
		{"renewal(lognormal(mean=500ms, cv=3))", 0, 10, 20},
		{"renewal(10s)", 0, 5, 0.5},
		{"mmpp(30/s: 10s, 5/s: 20s)", 0, 3, 40},
		{"mmpp(30/s: 10s, 5/s: 20s)", 60, 63, 40},
		{"mmpp(9/s: (0, 1/s, 1/s), 0/s: (2/s, 0, 0), 3/s: (1/s, 1/s, 0))", 0, 10, 10*9*4.0/9 + 10*3*2.0/9},
		{"sinusoid(mean=1/s, amplitude=0.5, period=100s)", 0, 25, 25 + 50/(2*math.Pi)},
		{"sinusoid(mean=1/s, amplitude=1, period=100s, phase=25s)", 0, 50, 50},
		{"steps(0s: 2/s, 10s: 0/s, 20s: 10/s)", 5, 25, 60},
		{"steps(0s: 0/s, 10s: 4/s, repeat=20s)", 30, 75, 100},
		{"ramp(0s: 0/s, 10s: 4/s)", 0, 20, 60},
		{"ramp(0s: 0/s, 10s: 4/s)", 0, 5, 5},
		{"ramp(0s: 4/s, 10s: 0/s, repeat=10s)", 20, 35, 35},
		{"flash(poisson(2/s), at=10s, factor=5, ramp=10s, for=10s)", 10, 40, 60 + 8*20},
		{"flash(poisson(2/s), at=10s, factor=5, ramp=10s, for=10s)", 40, 90, 100},
		{"flash(poisson(2/s), at=10s, factor=0, ramp=0s, for=10s)", 5, 25, 20},
		{"flash(steps(0s: 0/s, 15s: 2/s), at=10s, factor=3, ramp=10s, for=10s)", 10, 20, 2*5 + 2*2*3.75},
		{"times(1s, 1s, 2s, 9s)", 1, 5, 3},
	} {
		x := counts(parse(t, c.text), sim.FromSeconds(c.from), sim.FromSeconds(c.to), 2000)
		within(t, c.text, x, c.want)
	}
}

// Periodic processes go on into the warm-up; others have their first rate there. A run that begins in the warm-up sees
// the same rate after time 0 as one that begins at 0.
func TestWarmupIsNegativeTime(t *testing.T) {
	for _, c := range []struct {
		text            string
		start, from, to float64 // seconds
		want            float64
	}{
		{"poisson(2/s)", -100, -100, 0, 200},
		{"regular(every=300ms)", -100, -100, 0, 333},
		{"regular(every=300ms)", -100, 0, 100, 334},
		{"renewal(10s)", -100, -50, 0, 5},
		{"mmpp(30/s: 10s, 5/s: 20s)", -40, -40, -37, 40},
		{"sinusoid(mean=1/s, amplitude=0.5, period=100s)", -80, -75, -50, 25 + 50/(2*math.Pi)},
		{"sinusoid(mean=1/s, amplitude=0.5, period=100s)", -80, 0, 25, 25 + 50/(2*math.Pi)},
		{"steps(0s: 2/s, 10s: 0/s, 20s: 10/s)", -30, -30, 0, 60},
		{"steps(0s: 2/s, 10s: 0/s, 20s: 10/s)", -30, 5, 25, 60},
		{"steps(0s: 0/s, 10s: 4/s, repeat=20s)", -50, -45, 0, 100},
		{"steps(0s: 0/s, 10s: 4/s, repeat=20s)", -50, 5, 30, 40},
		{"ramp(0s: 3/s, 10s: 4/s)", -20, -20, 0, 60},
		{"ramp(0s: 0/s, 10s: 4/s)", -20, 0, 20, 60},
		{"ramp(0s: 4/s, 10s: 0/s, repeat=10s)", -17, -10, -5, 15},
		{"flash(poisson(2/s), at=10s, factor=5, ramp=10s, for=10s)", -30, -30, 0, 60},
		{"flash(poisson(2/s), at=10s, factor=5, ramp=10s, for=10s)", -30, 10, 40, 60 + 8*20},
		{"times(1s, 1s, 2s, 9s)", -5, -5, 5, 3},
	} {
		x := countsFrom(parse(t, c.text), sim.Instant(c.start), sim.Instant(c.from), sim.Instant(c.to), 2000)
		within(t, c.text, x, c.want)
	}
}

// The count of a nonhomogeneous Poisson process has its mean as variance: ∫₀⁶ʰ 10(1+0.6 sin(2πt/day)) dt = 298505.9.
func TestSinusoidDayCounts(t *testing.T) {
	x := counts(parse(t, "sinusoid(mean=10/s, amplitude=0.6, period=24h)"), 0, 6*sim.Hour, 60)
	within(t, "mean", x, 298505.9)
	spread(t, "variance", x, 298505.9)
}

// Var N(t) = λ̄t + 2(λ1−λ2)²r1r2/r³·(t−(1−e^−rt)/r) for a stationary start; 99566.96 at 60 s.
func TestMMPPCountVariance(t *testing.T) {
	for _, text := range []string{"mmpp(30/s: 10s, 5/s: 20s)", "mmpp(30/s: (0, 0.1/s), 5/s: (0.05/s, 0))"} {
		x := counts(parse(t, text), 0, sim.Minute, 5000)
		within(t, text, x, 800)
		spread(t, text, x, 99566.96)
	}
}

// In M_t/M/∞ the number present is Poisson of mean l0·E(1+β(sin γt−k cos γt)/(1+k²)), k = γE, once started long before.
func TestSinusoidInfiniteServers(t *testing.T) {
	const period, life, at = 3600.0, 300.0, 900.0
	p := parse(t, "sinusoid(mean=2/s, amplitude=0.5, period=1h)")
	begin := 2 * sim.Hour // e^−27 of the start is left
	now := begin + sim.FromSeconds(at)
	x := make([]float64, 150)
	for r := range x {
		k := rng.Root(7).At(uint64(r))
		a, n := p.Start(k), uint64(0)
		for t := a.Next(0); t < now; t = a.Next(t) {
			if n++; t+sim.FromSeconds(life*k.Stream("life").At(n).Exp()) > now {
				x[r]++
			}
		}
	}
	within(t, "mean", x, 835.4500)
	spread(t, "variance", x, 835.4500)
}

func TestRates(t *testing.T) {
	for text, want := range map[string]float64{
		"poisson(7200/h)":                                          2,
		"regular(every=250ms)":                                     4,
		"renewal(mixture(0.5: 1s, 0.5: 3s))":                       0.5,
		"mmpp(30/s: 10s, 5/s: 20s)":                                40.0 / 3,
		"mmpp(30/s: (0, 0.1/s), 5/s: (0.05/s, 0))":                 40.0 / 3,
		"sinusoid(mean=2/s)":                                       2,
		"steps(0s: 2/s, 30m: 10/s)":                                10,
		"steps(0s: 2/s, 30m: 10/s, repeat=1h)":                     6,
		"ramp(0s: 2/s, 30m: 10/s, repeat=1h)":                      8,
		"flash(poisson(3/s), at=30m, factor=5, ramp=60s, for=10m)": 3,
		"times(0s, 5s, 10s)":                                       0.3,
		"times(0s, 0s)":                                            0,
	} {
		if got := parse(t, text).Rate(); math.Abs(got-want) > 1e-12*want {
			t.Errorf("%s: rate %v, want %v", text, got, want)
		}
	}
}

var spelled = []string{
	"poisson(2/s)", "regular(every=500ms)", "renewal(erlang(k=5 mean=500ms))", "renewal(empirical(0s 1s))",
	"mmpp(30/s:10s 5/s:20s)", "mmpp(30/s:(0 6/min) 5/s:(3/min 0))", "sinusoid(mean=2/s amplitude=0.6 period=24h phase=6h)",
	"steps(0s:2/s 30m:10/s repeat=1h)", "ramp(0s:2/s 30m:10/s)", "times(0s 1.5s 7s)",
	"flash(poisson(2/s) at=30m factor=5 ramp=60s for=10m)",
	"flash(flash(mmpp(3/s:10s 0/s:20s) at=0s factor=0 ramp=0s for=1s) at=30m factor=0.5 ramp=60s for=10m)",
}

// everyProcess is each registered process as its examples write it, and further spellings.
func everyProcess() []string {
	all := slices.Clone(spelled)
	for _, p := range Processes() {
		all = append(all, p.Examples...)
	}
	return all
}

// A registered process explains itself, and reads its examples.
func TestProcesses(t *testing.T) {
	for _, p := range Processes() {
		if p.Name == "" || p.Summary == "" || len(p.Examples) == 0 {
			t.Errorf("%+v says too little", p)
		}
		for _, text := range p.Examples {
			if got := parse(t, text); !strings.HasPrefix(got.String(), p.Name+"(") || parse(t, got.String()).String() != got.String() {
				t.Errorf("%s: example %s reads as %s", p.Name, text, got)
			}
		}
	}
}

// Arrivals never go back, are the same for the same address, differ for another, and cost no memory each.
func TestArrivalsContract(t *testing.T) {
	for _, text := range everyProcess() {
		p := parse(t, text)
		a, again, other := p.Start(rng.Root(3)), p.Start(rng.Root(3)), p.Start(rng.Root(4))
		last, same := sim.Time(0), true
		for range 500 {
			next := a.Next(last)
			if next < last || next > sim.Never {
				t.Fatalf("%s: %v after %v", text, next, last)
			}
			if got := again.Next(last); got != next {
				t.Fatalf("%s: %v and %v at one address", text, next, got)
			}
			same = same && other.Next(last) == next
			last = next
		}
		if name, _, _ := strings.Cut(text, "("); same != processes[name].Fixed {
			t.Errorf("%s: two addresses give equal arrivals: %v", text, same)
		}
		if n := testing.AllocsPerRun(100, func() { last = a.Next(last) }); n != 0 {
			t.Errorf("%s: %v allocations per arrival", text, n)
		}
	}
}

func TestArrivalsEnd(t *testing.T) {
	for _, text := range []string{"times(1s)", "steps(0s: 1/s, 10s: 0/s)", "ramp(0s: 1/s, 10s: 0/s)", "poisson(1e-12/s)"} {
		a := parse(t, text).Start(rng.Root(1))
		last := sim.Time(0)
		for n := 0; last < sim.Never; n++ {
			if last = a.Next(last); n > 100 {
				t.Fatalf("%s does not end", text)
			}
		}
		if last != sim.Never || a.Next(last) != sim.Never {
			t.Errorf("%s: ends with %v", text, last)
		}
	}
}

// A crowd changes nothing before it begins: the same users come, whatever the factor.
func TestFlashKeepsWhatWasBefore(t *testing.T) {
	for _, base := range []string{"poisson(2/s)", "mmpp(30/s: 10s, 5/s: 20s)", "sinusoid(mean=2/s, period=10m)"} {
		p := parse(t, base).(cox)
		plain := startCox(p, rng.Root(5))
		flash, err := NewFlash(p, 600, 5, 60, 600)
		if err != nil {
			t.Fatal(err)
		}
		crowd := flash.Start(rng.Root(5))
		x, y := plain.Next(0), crowd.Next(0)
		for ; x < 600*sim.Second; x, y = plain.Next(x), crowd.Next(y) {
			if x != y {
				t.Fatalf("%s: %v and %v", base, x, y)
			}
		}
	}
}

func TestStationaryLaw(t *testing.T) {
	rates := [][]float64{{0, 1, 2}, {3, 0, 1e-9}, {0, 5, 0}}
	weights, ok := stationary(rates)
	if !ok {
		t.Fatal("not irreducible")
	}
	for j := range weights { // balance: flow in = flow out
		in, out := 0.0, 0.0
		for i := range weights {
			in += weights[i] * rates[i][j]
			out += weights[j] * rates[j][i]
		}
		if math.Abs(in-out) > 1e-12*out {
			t.Errorf("state %d: %v in, %v out", j, in, out)
		}
	}
	for _, bad := range [][][]float64{{{0, 1}, {0, 0}}, {{0, 0}, {1, 0}}, {{0, 1, 0}, {1, 0, 0}, {1, 0, 0}}} {
		if _, ok := stationary(bad); ok {
			t.Errorf("%v passes as irreducible", bad)
		}
	}
}
