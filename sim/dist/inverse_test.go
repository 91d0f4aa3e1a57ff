package dist

import (
	"math"
	"testing"

	"stickysim/sim/rng"
)

// steep adds distributions whose quantile functions bend more than those of everyFamily.
var steep = []string{
	"lognormal(mean=1s cv=1000)", "lognormal(mean=1s cv=0.001)", "weibull(shape=0.1 mean=1s)", "weibull(shape=1000 mean=1s)",
	"pareto(alpha=1.01 low=1s)", "pareto(alpha=0.1 low=1ms high=1000s)", "pareto(alpha=100 low=1s high=100s)",
	"gamma(mean=1s cv=2)", "gamma(mean=1s cv=0.001)", "erlang(k=1000000 mean=1s)", "truncexp(mean=900s cut=1s)", "truncexp(mean=1s cut=1000s)",
}

// inverted is the quantile function of d and its table; nil for a distribution that is not drawn by inversion.
func inverted(d Dist) (quantiler, *inverse) {
	switch d := d.(type) {
	case Lognormal:
		return d, d.inverse
	case Weibull:
		return d, d.inverse
	case Pareto:
		return d, d.inverse
	case BoundedPareto:
		return d, d.inverse
	case TruncExp:
		return d, d.inverse
	case Gamma:
		return d.table, &d.table.inverse
	case Erlang:
		return d.table, &d.table.inverse
	}
	return nil, nil
}

func eachInverted(t *testing.T, check func(text string, d Dist, q quantiler, v *inverse)) {
	texts := steep
	for _, c := range everyFamily {
		if c.unit == Seconds {
			texts = append(texts, c.text)
		}
	}
	tables := 0
	for _, text := range texts {
		d := parsed(t, text, Seconds)
		if q, v := inverted(d); q != nil {
			d.Sample(rng.Root(1)) // the first draw makes the table
			check(text, d, q, v)
			tables++
		}
	}
	if tables < len(steep)+7 {
		t.Errorf("only %d distributions are drawn by inversion", tables)
	}
}

// Draws by the table are within 10⁻⁶ of the quantile function, rise with the uniform, and keep the mean.
func TestTableIsTheQuantileFunction(t *testing.T) {
	const points = 20_000
	eachInverted(t, func(text string, d Dist, q quantiler, v *inverse) {
		last, off, sum, worst := 0.0, 0.0, 0.0, 0.0
		for i := range points {
			u := (float64(i) + 0.5) / points
			want := q.quantile(u)
			got := v.at(u)
			if got != got {
				got = want
			}
			if got < last*(1-1e-14) {
				t.Fatalf("%s: the quantile of %g is %g, below the one before", text, u, got)
			}
			last, off, sum = got, off+got-want, sum+want
			worst = max(worst, math.Abs(got/want-1))
		}
		if !(worst <= 1e-6) {
			t.Errorf("%s: a draw is off by a share of %.1e", text, worst)
		}
		if !(math.Abs(off) <= 1e-7*sum) {
			t.Errorf("%s: the mean is off by a share of %.1e", text, off/sum)
		}
	})
}

// The tables hold nearly all draws of every distribution in everyFamily, and none beyond their ends.
func TestTableHasExactEnds(t *testing.T) {
	eachInverted(t, func(text string, d Dist, q quantiler, v *inverse) {
		for _, u := range []float64{0x1p-53, 1e-9, 0x1p-13 * (1 - 1e-9), 1 - 0x1p-13*(1-1e-9), 1 - 1e-9, 1 - 0x1p-53} {
			if x := v.at(u); x == x {
				t.Errorf("%s: the table holds the quantile of %g", text, u)
			}
			if x := q.quantile(u); !(x > 0) || math.IsInf(x, 1) {
				t.Errorf("%s: the quantile of %g is %g", text, u, x)
			}
		}
		misses := 0
		for i := range 4096 {
			if x := v.at((float64(i) + 0.5) / 4096); x != x {
				misses++
			}
		}
		if text != steep[0] && text != steep[2] && text != steep[5] && misses > 8 {
			t.Errorf("%s: the table lacks %d of 4096 draws", text, misses)
		}
	})
}

// The quantile function inverts the distribution function, at both ends too.
func TestQuantileInvertsTheLaw(t *testing.T) {
	eachInverted(t, func(text string, d Dist, q quantiler, v *inverse) {
		scale := 1.0
		switch d := d.(type) {
		case Gamma:
			scale = d.mean
		case Erlang:
			scale = d.mean
		}
		for _, u := range []float64{1e-9, 1e-4, 0.01, 0.3, 0.49, 0.51, 0.9, 0.999, 1 - 1e-7} {
			x := q.quantile(u) * scale
			if back := d.(CDFer).CDF(x); !(math.Abs(back-u) <= 1e-7*min(u, 1-u)+1e-15) {
				t.Errorf("%s: the quantile of %g is %g, which has %g below it", text, u, x, back)
			}
		}
	})
}

// Making a table costs little more than asking for its values.
func BenchmarkTable(b *testing.B) {
	for _, text := range []string{"lognormal(mean=1s cv=1)", "weibull(shape=0.7 mean=1s)", "gamma(mean=1s cv=0.5)", "gamma(mean=1s cv=1.6)"} {
		b.Run(text, func(b *testing.B) {
			q, _ := inverted(parsed(b, text, Seconds))
			for b.Loop() {
				tabulated(quantiles(q))
			}
		})
	}
}
