package workloads

import (
	"errors"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/rng"
)

func TestParseRoundTrip(t *testing.T) {
	for _, text := range spelled {
		if got := parse(t, text).String(); normal(got) != normal(text) {
			t.Errorf("%s reads back as %s", text, got)
		}
		if strings.Contains(text, ",") || strings.Contains(text, ": ") {
			t.Errorf("%s needs quotes in YAML", text)
		}
		commas := strings.ReplaceAll(text, " ", ", ")
		if got := parse(t, commas).String(); normal(got) != normal(text) {
			t.Errorf("%s reads as %s, want %s", commas, got, text)
		}
	}
	for text, want := range map[string]string{
		"2/s":                                         "poisson(2/s)",
		" poisson( rate = 120/min )":                  "poisson(2/s)",
		"poisson(0.1/min)":                            "poisson(6/h)",
		"sinusoid(2/s)":                               "sinusoid(mean=2/s amplitude=0.6 period=1d phase=0s)",
		"sinusoid(2/s, 60%, 12h)":                     "sinusoid(mean=2/s amplitude=0.6 period=12h phase=0s)",
		"flash(2/s, for=10m, at=1h)":                  "flash(poisson(2/s) at=1h factor=5 ramp=1m for=10m)",
		"flash( poisson (2/s)\n at = 1h for=10m)":     "flash(poisson(2/s) at=1h factor=5 ramp=1m for=10m)",
		"mmpp(30/s : (0 0.1/s), 5/s: ( 0.05/s , 0 ))": "mmpp(30/s:(0 6/min) 5/s:(3/min 0))",
		"steps(repeat=1d, 0s: 5/d)":                   "steps(0s:5/d repeat=1d)",
	} {
		if got := parse(t, text).String(); normal(got) != normal(want) {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// normal undoes the choice among equal spellings of a time.
func normal(text string) string {
	return strings.NewReplacer("24h", "1d", "60s", "1m").Replace(text)
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "column 1: expected an arrival process"},
		{"poison(2/s)", "column 1: unknown arrival process \"poison\" (did you mean poisson?"},
		{"poisson", "column 1: expected an arrival process, got \"poisson\" (write poisson(2/s))"},
		{"poisson()", "column 1: poisson needs rate (write poisson(2/s))"},
		{"poisson(2)", "column 9: rate: a rate needs a unit, got \"2\" (write 2/s"},
		{"poisson(2/sec)", "column 9: rate: unknown unit \"sec\" (known: s, min, h, d, m)"},
		{"poisson(-2/s)", "column 9: rate: must not be negative"},
		{"poisson(0/s)", "column 9: rate: must be above 0"},
		{"poisson(1e99/s)", "column 9: rate: is too large"},
		{"poisson(NaN/s)", "column 9: rate: must be a rate"},
		{"poisson(2/s", "column 12: expected )"},
		{"poisson(2/s))", "column 13: unexpected \")\""},
		{"poisson(2/s, 3/s)", "column 14: unexpected \"3/s\" in poisson"},
		{"poisson(2/s, rate=3/s)", "column 9: unexpected \"2/s\""},
		{"poisson(rate=2/s, rate=3/s)", "column 24: rate is given twice"},
		{"poisson(2/s,)", "column 13: expected a value"},
		{"poisson(rat=2/s)", "column 13: poisson has no parameter \"rat\" (did you mean rate?"},
		{"sinusoid(2/s, amplitud=0.5)", "column 24: sinusoid has no parameter \"amplitud\" (did you mean amplitude?"},
		{"sinusoid(2/s, amplitude=1.5)", "column 25: amplitude: must be from 0 to 1, got 1.5"},
		{"regular(every=0s)", "column 15: every: must be from 1us"},
		{"renewal(expp(1s))", "column 9: unknown distribution \"expp\" (did you mean exp?"},
		{"renewal(exp(mean=1))", "a duration needs a unit"},
		{"renewal(pareto(alpha=1, low=1s))", "column 22: alpha: must be above 1"},
		{"renewal(empirical(x.csv))", "no files can be read here"},
		{"renewal(0s)", "gap: must have a mean"},
		{"mmpp(1/s: 10s)", "column 1: needs 2 to 64 states"},
		{"mmpp(1/s: 10s, 2/s: (0, 1/s))", "column 1: give every state"},
		{"mmpp(0/s: 10s, 0/s: 1s)", "needs a rate above 0"},
		{"mmpp(1/s: 10s, 2: 1s)", "column 16: rate: a rate needs a unit"},
		{"mmpp(1/s: (0, 0), 1/s: (1/s, 0))", "column 6: state 1: is never left"},
		{"mmpp(1/s: (0, 1/s), 1/s: (1/s))", "column 21: state 2: needs 2 switching rates"},
		{"mmpp(1/h: 1us, 2/h: 1us)", "hold: makes more than 100000 switches"},
		{"steps()", "column 1: needs 1 to 10000 points"},
		{"steps(5s: 1/s)", "column 7: point 1: time the first point must be at 0s"},
		{"steps(0s: 1/s, 0s: 2/s)", "column 16: point 2: time must be after 0s"},
		{"steps(0s: 1/s, 5s: 2)", "column 20: rate: a rate needs a unit"},
		{"steps(0s: 1/s, 5: 2/s)", "column 17: time: a duration needs a unit"},
		{"steps(0s: 1/s, 24h)", "column 16: unexpected \"24h\""},
		{"steps(0s: 1/s, 5s: 2/s, repeat=5s)", "column 32: repeat: must lie behind the last point"},
		{"steps(0s: 0/s)", "needs a rate above 0"},
		{"ramp(0s: 0/s, 1s: 1e-9/s, 2s: 0/s, repeat=2s)", "repeat: gives more than 100000 points"},
		{"flash(at=1s, for=1s)", "column 1: flash needs a process"},
		{"flash(poisson(2/s))", "column 1: flash needs at"},
		{"flash(regular(1s), at=1s, for=1s)", "column 7: process: has no rate that can be multiplied"},
		{"flash(poisson(2/s), at=1s, for=1s, factor=-1)", "column 43: factor: must not be negative"},
		{"flash(poisson(1e6/s), at=1s, for=1s)", "gives a peak above"},
		{"flash(poisson(2), at=1s, for=1s)", "column 15: rate: a rate needs a unit"},
		{strings.Repeat("flash(", 9) + "2/s" + strings.Repeat(", at=1s, for=1s, factor=1)", 9), "is nested more than 8 deep"},
		{"times()", "needs at least one time"},
		{"times(1s, 0s)", "column 11: time 2: must not be before 1s"},
		{"times(1s, 5)", "column 12: time: a duration needs a unit"},
		{"times(file.csv)", "column 7: no files can be read here"},
		{"times(nr=5)", "times has no parameter \"nr\""},
		{strings.Repeat("(", 2<<20), "is longer than"},
	} {
		_, err := ParseArrivals(c.text, nil)
		var e *dist.Error
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%.60q: %v", c.text, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%.60q: %v, want %s", c.text, err, c.want)
		case c.want != "" && !errors.As(err, &e):
			t.Errorf("%.60q: %T", c.text, err)
		}
	}
}

func TestFiles(t *testing.T) {
	resolve := func(name string) ([]float64, error) {
		if name != "a.csv" {
			return nil, errors.New("no such file")
		}
		return []float64{1, 2, 3}, nil
	}
	for _, text := range []string{"times(a.csv)", "renewal(empirical(a.csv))"} {
		p, err := ParseArrivals(text, resolve)
		if err != nil || p.String() != text || p.Start(1).Next(0) <= 0 {
			t.Errorf("%s: %v %v", text, p, err)
		}
	}
	if _, err := ParseArrivals("times(b.csv)", resolve); err == nil || err.Error() != "column 7: no such file" {
		t.Error(err)
	}
}

func TestRateFormat(t *testing.T) {
	for _, rate := range []float64{0, 1, 2, 0.1, 1.0 / 3, 1.0 / 60, 0.1 / 60, 1.0 / 3600, 1.0 / 86400, 1e6, 123456.789, 1e-12} {
		text := FormatRate(rate)
		if got, err := ParseRate(text); err != nil || got != rate {
			t.Errorf("%v is written %q and reads back as %v, %v", rate, text, got, err)
		}
	}
	if got := FormatRate(1.0 / 60); got != "1/min" {
		t.Error(got)
	}
}

// Whatever parses can be written, read back as the same, and started, in bounded time.
func FuzzParseArrivals(f *testing.F) {
	for _, text := range everyProcess() {
		f.Add(text)
	}
	f.Add("times(:)")
	f.Add("steps(0s:1/s,1ns:0/s,repeat=1h)")
	f.Add("flash(mmpp(0/s:1us,1/s:9s),at=0s,for=1s,factor=1000)")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseArrivals(text, nil)
		if err != nil {
			if e := (*dist.Error)(nil); !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := ParseArrivals(p.String(), nil)
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q is written %q and reads back as %v, %v", text, p, again, err)
		}
		if !(p.Rate() >= 0 && p.Rate() <= mostRate*1.000001) {
			t.Fatalf("%q: rate %v", text, p.Rate())
		}
		a, b := p.Start(rng.Root(1)), again.Start(rng.Root(1))
		for n, last := 0, sim.Time(0); n < 20 && last < sim.Never; n++ {
			next := a.Next(last)
			if next < last || next != b.Next(last) {
				t.Fatalf("%q: %v after %v", text, next, last)
			}
			last = next
		}
	})
}
