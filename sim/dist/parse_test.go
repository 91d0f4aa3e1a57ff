package dist

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	for _, c := range everyFamily {
		d := parsed(t, c.text, c.unit)
		again := parsed(t, d.String(), c.unit)
		if !reflect.DeepEqual(d, again) {
			t.Errorf("%s: %#v became %#v", c.text, d, again)
		}
		if strings.Contains(d.String(), ",") || strings.Contains(d.String(), ": ") {
			t.Errorf("%s needs quotes in YAML", d)
		}
		if commas := strings.ReplaceAll(d.String(), " ", ", "); !reflect.DeepEqual(d, parsed(t, commas, c.unit)) {
			t.Errorf("%s does not read as %s", commas, d)
		}
	}
}

func TestWrittenAsRead(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"lognormal(mean=40ms, cv=1)", "lognormal(mean=40ms cv=1)"}, {"lognormal( 0.04s ,1 )", "lognormal(mean=40ms cv=1)"}, {"lognormal(mean = 40ms\n cv=1 )", "lognormal(mean=40ms cv=1)"},
		{"5ms", "deterministic(5ms)"}, {"0", "deterministic(0s)"}, {"1h30m", "deterministic(90m)"}, {"exp(10s)", "exp(10s)"},
		{"pareto(alpha=1.5, low=1ms, high=1s)", "pareto(alpha=1.5 low=1ms high=1s)"}, {"pareto(1.5 1ms, 1s)", "pareto(alpha=1.5 low=1ms high=1s)"},
		{"mixture(0.9: exp(1ms), 0.1: 10ms)", "mixture(0.9:exp(1ms) 0.1:deterministic(10ms))"},
		{"uniform(0, 250us)", "uniform(0s 250us)"}, {"exp(3µs)", "exp(3us)"},
	} {
		if got := parsed(t, c.text, Seconds).String(); got != c.want {
			t.Errorf("%s is written %s, want %s", c.text, got, c.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	deep := strings.Repeat("scale(2, ", 20) + "1ms" + strings.Repeat(")", 20)
	for _, c := range []struct {
		text   string
		unit   Unit
		offset int
		want   string
	}{
		{"", Seconds, 0, "expected a distribution"}, {"expo(10s)", Seconds, 0, "did you mean exp?"},
		{"exp(10)", Seconds, 6, "needs a unit"}, {"exp(10 s)", Seconds, 7, "unexpected \"s\""}, {"exp(10x)", Seconds, 6, "unknown unit"},
		{"exp(-1s)", Seconds, 4, "must not be negative"}, {"exp(0)", Seconds, 4, "mean: must be above 0"}, {"exp(NaN)", Seconds, 4, "unknown distribution"},
		{"exp(1e999s)", Seconds, 4, "too large"}, {"exp(1s) x", Seconds, 8, "unexpected"}, {"exp 1s", Seconds, 4, "expected ("},
		{"exp(1s", Seconds, 6, "expected a space or )"}, {"exp()", Seconds, 0, "exp needs mean"}, {"exp(1s, 2s)", Seconds, 8, "too many"},
		{"lognormal(mean=1s, vc=1)", Seconds, 22, `did you mean cv?`}, {"lognormal(mean=1s, mean=2s)", Seconds, 24, "given twice"},
		{"lognormal(mean=1s, cv=0)", Seconds, 22, "no spread is deterministic"}, {"lognormal(mean=1s, cv=10%)", Seconds, 22, "plain number"},
		{"hyperexp(mean=1s, scv=0.5)", Seconds, 22, "must be at least 1"}, {"erlang(k=2.5, mean=1s)", Seconds, 9, "whole number"},
		{"erlang(k=0, mean=1s)", Seconds, 9, "must be above 0"}, {"uniform(2s, 1s)", Seconds, 12, "needs a below b"},
		{"pareto(alpha=1, low=1s)", Seconds, 13, "mean is infinite"}, {"pareto(alpha=2)", Seconds, 0, "do not go together"},
		{"pareto(alpha=2, low=2s, high=1s)", Seconds, 29, "must be above low"}, {"weibull(shape=0, mean=1s)", Seconds, 14, "must be above"},
		{"geometric(mean=70)", Seconds, 0, "counts things"}, {"geometric(mean=0.5)", Count, 15, "at least 1"},
		{"negbin(mean=7.5, cv=0.2)", Count, 20, "smallest cv"}, {"negbin(mean=1, cv=1)", Count, 12, "above 1"},
		{"exp(10s)", Count, 4, "has no unit"}, {"exp(10Kb)", Bytes, 6, "did you mean 10K"}, {"truncexp(mean=7s, cut=1us)", Seconds, 22, "uniform"},
		{"empirical(file.csv)", Seconds, 10, "no files"}, {"empirical()", Seconds, 0, "at least one"}, {"empirical(1: 1ms, 2ms)", Seconds, 18, "weight"},
		{"empirical(1ms, 2: 2ms)", Seconds, 0, "to every value"}, {"empirical(0: 1ms)", Seconds, 0, "weight: must be above 0"},
		{"mixture()", Seconds, 0, "1 to 64 parts"}, {"mixture(exp(1s))", Seconds, 8, "needs a weight"}, {"mixture(1: 2: exp(1s))", Seconds, 12, "expected a space"},
		{"shift(exp(1s), 1s)", Seconds, 0, "a number and a distribution"}, {"scale(0, 1s)", Seconds, 0, "factor: must be above 0"},
		{"scale(2, scale(2, exp(7)))", Seconds, 23, "needs a unit"}, {deep, Seconds, 72, "nested"}, {strings.Repeat("1", 1<<17), Count, 0, "longer"},
		{"exp(exp(1s))", Seconds, 4, "numbers only"}, {"exp(1s,,2s)", Seconds, 7, "expected a value"}, {"mixture(1:exp(1s)1:exp(2s))", Seconds, 17, "expected a space"}, {"uniform(1s 2s", Seconds, 13, "expected a space or )"},
	} {
		d, err := Parse(c.text, c.unit)
		var e *Error
		if !errors.As(err, &e) || d != nil {
			t.Errorf("Parse(%.40q) = %v, %v; want an *Error", c.text, d, err)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || e.Offset != c.offset {
			t.Errorf("Parse(%.40q): offset %d: %v; want offset %d and %q", c.text, e.Offset, err, c.offset, c.want)
		}
	}
}

func TestParseFile(t *testing.T) {
	resolve := func(name string) ([]float64, error) {
		if name != "data/2024 think.csv" {
			return nil, errors.New("no such file " + name)
		}
		return []float64{3, 1, 2}, nil
	}
	d, err := ParseWith("scale(2, empirical(data/2024 think.csv))", Seconds, resolve)
	if err != nil || d.Mean() != 4 || d.String() != "scale(2 empirical(data/2024 think.csv))" {
		t.Fatalf("got %v, %v", d, err)
	}
	again, err := ParseWith(d.String(), Seconds, resolve)
	if err != nil || !reflect.DeepEqual(d, again) {
		t.Errorf("round trip gave %v, %v", again, err)
	}
	if _, err := ParseWith("empirical(2024.csv)", Seconds, resolve); err == nil || !strings.Contains(err.Error(), "column 11: no such file 2024.csv") {
		t.Errorf("missing file: %v", err)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		text  string
		parse func(string) (float64, error)
		want  float64
	}{
		{"40ms", ParseDuration, 0.04}, {"1.5h", ParseDuration, 5400}, {"1h30m", ParseDuration, 5400}, {"2d", ParseDuration, 172800},
		{"1w", ParseDuration, 604800}, {"3ns", ParseDuration, 3e-9}, {"7µs", ParseDuration, 7e-6}, {"7us", ParseDuration, 7e-6}, {"0", ParseDuration, 0},
		{"1e3ms", ParseDuration, 1}, {".5s", ParseDuration, 0.5}, {"50KiB", ParseBytes, 51200}, {"2GB", ParseBytes, 2e9}, {"1.5MiB", ParseBytes, 1572864},
		{"20%", ParsePercent, 0.2}, {"0.2", ParsePercent, 0.2}, {"0.1%", ParsePercent, 0.001},
	} {
		if got, err := c.parse(c.text); err != nil || got != c.want {
			t.Errorf("%s = %g, %v; want %g", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "s", "5", "5 s", "-1s", "+1s", "1x", "1s2", "Inf", "1e300s", "0x1p3s", "1_000s"} {
		if v, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %g, want an error", text, v)
		}
	}
	for _, text := range []string{"", "%", "20%%", "-1%", "half"} {
		if v, err := ParsePercent(text); err == nil {
			t.Errorf("ParsePercent(%q) = %g, want an error", text, v)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range everyFamily {
		f.Add(c.text, uint8(c.unit))
	}
	f.Add("pareto(alpha=1.5, mean=40ms, high_to_low=1000)", uint8(0))
	f.Fuzz(func(t *testing.T, text string, u uint8) {
		unit := Unit(u % 3)
		d, err := Parse(text, unit)
		if err != nil {
			if d != nil || err.Error() == "" {
				t.Fatalf("error with a distribution: %v, %v", d, err)
			}
			return
		}
		again, err := Parse(d.String(), unit)
		if err != nil || !reflect.DeepEqual(d, again) {
			t.Fatalf("%q is written %q, which reads as %v, %v", text, d, again, err)
		}
	})
}
