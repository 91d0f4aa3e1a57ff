package dist

import (
	"math"
	"testing"

	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// everyFamily has one or more members of each family, as scenarios write them.
var everyFamily = []struct {
	text string
	unit Unit
}{
	{"deterministic(5ms)", Seconds}, {"exp(10s)", Seconds}, {"lognormal(mean=40ms, cv=1)", Seconds},
	{"lognormal(mean=300, cv=0.7)", Count}, {"gamma(mean=2s, cv=0.5)", Seconds}, {"gamma(mean=2s, cv=1.6)", Seconds},
	{"erlang(k=4, mean=100ms)", Seconds}, {"erlang(k=40, mean=100ms)", Seconds}, {"hyperexp(mean=100ms, scv=4)", Seconds},
	{"weibull(shape=0.7, mean=1h)", Seconds}, {"weibull(shape=3, mean=1s)", Seconds}, {"pareto(alpha=4.5, low=1ms)", Seconds},
	{"pareto(alpha=5, mean=8KiB)", Bytes}, {"pareto(alpha=1.5, low=1ms, high=20ms)", Seconds},
	{"pareto(alpha=1, low=1ms, high=20ms)", Seconds}, {"pareto(alpha=2, mean=40ms, high_to_low=30)", Seconds},
	{"uniform(1s, 3s)", Seconds}, {"uniform(0, 10)", Count}, {"geometric(mean=70)", Count}, {"geometric(mean=1)", Count},
	{"negbin(mean=7.5, cv=0.9)", Count}, {"negbin(mean=600, cv=0.7)", Count}, {"negbin(mean=2, cv=0.6)", Count},
	{"truncexp(mean=7s, cut=70s)", Seconds}, {"truncexp(mean=7s, cut=2s)", Seconds}, {"truncexp(mean=1s, cut=1.5s)", Seconds},
	{"empirical(1ms, 2ms, 2ms, 9ms)", Seconds}, {"empirical(0.5: 0B, 3: 1KiB, 1: 2MB)", Bytes},
	{"mixture(0.9: exp(1ms), 0.1: exp(10ms))", Seconds}, {"mixture(3: 5ms, 1: uniform(1ms, 2ms), 2: gamma(mean=3ms, cv=2))", Seconds},
	{"shift(30s, exp(5s))", Seconds}, {"scale(1.5, lognormal(mean=50ms, cv=1.5))", Seconds},
	{"scale(2, shift(1ms, mixture(1: exp(1ms), 1: 2ms)))", Seconds},
}

func parsed(t testing.TB, text string, unit Unit) Dist {
	t.Helper()
	d, err := Parse(text, unit)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return d
}

// near checks a sample mean within 4.5 standard errors: about one false alarm in 150,000 at a free seed.
func near(t *testing.T, what string, w stats.Welford, want float64) {
	t.Helper()
	n := float64(w.Count())
	band := 4.5*math.Sqrt(w.Variance()/n) + 1e-12*math.Abs(want)
	if math.Abs(w.Mean()-want) > band {
		t.Errorf("%s = %g, want %g ± %g", what, w.Mean(), want, band)
	}
}

// share checks the frequency of an event against its probability, however near that is to 0 or 1.
func share(t *testing.T, what string, w stats.Welford, want float64) {
	t.Helper()
	n := float64(w.Count())
	if band := 4.5*math.Sqrt(want*(1-want)/n) + 10/n; !(math.Abs(w.Mean()-want) <= band) {
		t.Errorf("%s = %g, want %g ± %g", what, w.Mean(), want, band)
	}
}

func TestMomentsAndLaw(t *testing.T) {
	const draws = 300_000
	for n, c := range everyFamily {
		d := parsed(t, c.text, c.unit)
		key := rng.Root(uint64(n)).Stream("moments")
		var values, squares stats.Welford
		var below [3]stats.Welford
		points := [3]float64{0.5 * d.Mean(), d.Mean(), 2.5 * d.Mean()}
		for i := range uint64(draws) {
			x := d.Sample(key.At(i))
			if !(x >= 0) || c.unit == Count && (c.text[0] == 'g' || c.text[0] == 'n') && (x < 1 || x != math.Trunc(x)) {
				t.Fatalf("%s: sample %g", c.text, x)
			}
			values.Add(x)
			squares.Add(math.Pow(x-d.Mean(), 2))
			for j, p := range points {
				below[j].Add(indicator(x <= p*(1+1e-12)))
			}
		}
		near(t, c.text+" mean", values, d.Mean())
		near(t, c.text+" variance", squares, d.SCV()*d.Mean()*d.Mean())
		for j, p := range points {
			share(t, c.text+" CDF", below[j], d.(CDFer).CDF(p*(1+1e-12)))
		}
	}
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// The age and the residual life must both follow Fe, have mean E[S²]/(2E[S]), and the total twice that.
func TestEquilibrium(t *testing.T) {
	const draws = 100_000
	for n, c := range everyFamily {
		d := parsed(t, c.text, c.unit)
		key := rng.Root(uint64(n)).Stream("equilibrium")
		residual := d.Mean() * (1 + d.SCV()) / 2
		var ages, left stats.Welford
		var below [3]stats.Welford
		points := [3]float64{0.3 * residual, residual, 2 * residual}
		for i := range uint64(draws) {
			total, age := Equilibrium(key.At(i), d)
			if !(age > 0 && age < total) {
				t.Fatalf("%s: age %g of %g", c.text, age, total)
			}
			ages.Add(age)
			left.Add(total - age)
			for j, p := range points {
				below[j].Add(indicator(total-age <= p))
			}
		}
		near(t, c.text+" age", ages, residual)
		near(t, c.text+" residual", left, residual)
		for j, p := range points {
			share(t, c.text+" Fe", below[j], d.(EquilibriumCDFer).EquilibriumCDF(p))
		}
	}
}

// Fe is the integral of the survival function over the mean, whatever the family.
func TestEquilibriumCDFIntegratesSurvival(t *testing.T) {
	for _, c := range everyFamily {
		d := parsed(t, c.text, c.unit)
		const steps = 40_000
		top := 3 * d.Mean()
		area := 0.0
		for i := range steps {
			area += (1 - d.(CDFer).CDF(top*(float64(i)+0.5)/steps)) * top / steps
		}
		if got := d.(EquilibriumCDFer).EquilibriumCDF(top); math.Abs(got-area/d.Mean()) > 2e-4 {
			t.Errorf("%s: Fe(3 means) = %.6f, integral %.6f", c.text, got, area/d.Mean())
		}
		if got := d.(EquilibriumCDFer).EquilibriumCDF(-1); got != 0 {
			t.Errorf("%s: Fe(-1) = %g", c.text, got)
		}
	}
}

// foreign hides everything but the Dist methods.
type foreign struct{ Dist }

func TestEquilibriumOfForeignDist(t *testing.T) {
	d, _ := NewUniform(1, 3)
	var total stats.Welford
	for i := range uint64(20_000) {
		x, _ := Equilibrium(rng.Root(5).At(i), foreign{d})
		total.Add(x)
	}
	want := d.Mean() * (1 + d.SCV())
	if math.Abs(total.Mean()-want) > 0.02 {
		t.Errorf("mean length %g, want %g", total.Mean(), want)
	}
	if x, age := Equilibrium(rng.Root(5), Deterministic{}); x != 0 || age != 0 {
		t.Errorf("zero length: %g %g", x, age)
	}
}

func TestSamplingDoesNotAllocate(t *testing.T) {
	for _, c := range everyFamily {
		d := parsed(t, c.text, c.unit)
		key := rng.Root(1)
		if n := testing.AllocsPerRun(50, func() { key++; d.Sample(key); Equilibrium(key, d) }); n != 0 {
			t.Errorf("%s: %g allocations", c.text, n)
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for _, c := range everyFamily {
		d := parsed(b, c.text, c.unit)
		b.Run("dist="+c.text, func(b *testing.B) {
			key := rng.Root(1)
			for b.Loop() {
				key++
				d.Sample(key)
			}
		})
	}
}
