package reports

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"stickysim/sim/diag"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/stats"
)

// The first screen fits a terminal of 25 lines and 80 columns, whatever the result.
func TestScreenFits(t *testing.T) {
	results := experimenttest.All()
	for _, n := range []int{1, 2, 6, 11, 40} {
		var list []alternative
		for i := range n {
			list = append(list, alternative{fmt.Sprintf("haproxy/stick-table-%d: {key: src, expire: 30m}", i),
				map[string][]float64{"latency.p95": {float64(i), float64(i) + .5}, "visits.hit.ratio": {0, float64(i) / 100}, "server.utilization.max": {.9, .95}}})
		}
		r := handmade("latency.p95", list...)
		r.Question = strings.Repeat("What does it cost, and who pays? ", 20)
		for i := range 30 {
			r.Warnings = append(r.Warnings, diag.Warning{Code: "x", Severity: diag.Severe, Place: fmt.Sprint("timeline[", i, "].at"), Message: strings.Repeat("something is wrong ", 20)})
		}
		results[fmt.Sprint(n, " alternatives")] = r
	}
	for name, r := range results {
		text := tableOf(t, r, Options{})
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) > screenLines {
			t.Errorf("%s: %d lines:\n%s", name, len(lines), text)
		}
		for _, l := range lines {
			if textWidth(l) > screenWidth {
				t.Errorf("%s: %d columns: %s", name, textWidth(l), l)
			}
		}
		if n := len(r.Variants); n > mostOnScreen && !strings.Contains(text, fmt.Sprintf("… %d more", n-mostOnScreen+1)) {
			t.Errorf("%s: the rest is not counted:\n%s", name, text)
		}
		if len(r.Warnings) > 1 && !strings.Contains(text, "--show warnings") {
			t.Errorf("%s: the other warnings are not counted:\n%s", name, text)
		}
	}
}

// Every section can be asked for, and only it is added.
func TestShow(t *testing.T) {
	r := saved(t)
	screen := tableOf(t, r, Options{Width: 100})
	screen = screen[:strings.Index(screen, "More: ")]
	all := tableOf(t, r, Options{Width: 100, Show: []string{Everything}})
	for _, s := range Sections() {
		text := tableOf(t, r, Options{Width: 100, Show: []string{s.Name}})
		added, ok := strings.CutPrefix(text, screen)
		if !ok || len(added) < 20 || !strings.Contains(all, added) {
			t.Errorf("--show %s adds %q", s.Name, added)
		}
	}
}

var figures = regexp.MustCompile(`^(< )?-?\d+(\.\d+)?(e\+\d+)?( [^ ]+)?$`)

// A column has one unit and one number of decimals, and about three significant digits; zero is said in words.
func TestColumns(t *testing.T) {
	for _, list := range [][]float64{{.245, .258, 3.22, 3.154, .412}, {.008, 19}, {1e-6, 2e-6}, {0, 0}, {0, .0004, .9578}, {.0289e-2, .233e-2}, {1, 1, 1}, {5e-7, 7200}, {.999, 1}} {
		for _, scales := range [][]scale{timeScales, percent, countScales} {
			var es []stats.Estimate
			for _, v := range list {
				es = append(es, stats.Estimate{Mean: v, Lo: v * .9, Hi: v * 1.1, N: 5})
			}
			col := newColumn(es, scales, none)
			unit, decimals := "", -1
			for i, e := range es {
				text, around := col.cell(e)
				if list[i] == 0 {
					if text != none {
						t.Errorf("%v: zero is %q", list, text)
					}
					continue
				}
				if !figures.MatchString(text) {
					t.Fatalf("%v: %q", list, text)
				}
				number, u, _ := strings.Cut(strings.TrimPrefix(text, "< "), " ")
				_, after, _ := strings.Cut(number, ".")
				if decimals >= 0 && (u != unit || len(after) != decimals) {
					t.Errorf("%v: %q beside unit %q and %d decimals", list, text, unit, decimals)
				}
				unit, decimals = u, len(after)
				if digits := strings.Trim(strings.ReplaceAll(number, ".", ""), "0"); len(digits) > 5 {
					t.Errorf("%v: %q has too many digits", list, text)
				}
				if around != "" && !strings.HasPrefix(around, "± ") {
					t.Errorf("%v: %q", list, around)
				}
			}
		}
	}
	tight := stats.Estimate{Mean: 1, Lo: .99, Hi: 1.01, N: 5}
	if _, around := newColumn([]stats.Estimate{tight}, timeScales, none).cell(tight); around != "" {
		t.Errorf("an interval of a hundredth is shown: %s", around)
	}
	zero := stats.Estimate{Mean: 0, Lo: 0, Hi: .008, N: 5, Kind: stats.KindBound}
	if _, around := newColumn([]stats.Estimate{zero}, percent, none).cell(zero); around != "≤ 0.8 %" {
		t.Errorf("the bound of none is %q", around)
	}
	undefinedToo := stats.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	for _, c := range []struct {
		e    stats.Estimate
		want string
	}{
		{stats.Estimate{Mean: .297, Lo: 0, Hi: .816, Kind: stats.KindInterval, N: 4}, "[0.0, 81.6]"}, // ± 40.8 would lead below 0
		{stats.Estimate{Mean: .95, Lo: .6, Hi: 1, Kind: stats.KindInterval, N: 4}, "[60.0, 100.0]"},
		{stats.Estimate{Mean: .5, Lo: .2, Hi: .8, Kind: stats.KindInterval, N: 4}, "± 30.0"},
		{stats.Estimate{Mean: 3e-7, Lo: 0, Hi: 9e-7, Kind: stats.KindRange, N: 3}, ""}, // (0.00 to 0.00) says nothing
	} {
		if _, around := newColumn([]stats.Estimate{c.e, {Mean: .125}}, percent, none).cell(c.e); around != c.want {
			t.Errorf("around %g: %q, want %q", c.e.Mean, around, c.want)
		}
	}
	if text, _ := newColumn([]stats.Estimate{undefinedToo}, percent, none).cell(undefinedToo); text != undefined {
		t.Errorf("an undefined figure is %q", text)
	}
}

// The first screen names the hot alternative, and the event and the cause of losses.
func TestStoryNames(t *testing.T) {
	r := experimenttest.Three()
	text := strings.Join(strings.Fields(tableOf(t, r, Options{})), " ")
	for _, want := range []string{"hot-hash", "LOST VISITS", "HOTTEST", "crashed at 4m10s"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the first screen:\n%s", want, text)
		}
	}
}

// A busy fleet that does its work is not called one that cannot.
func TestBusyIsNotOverloaded(t *testing.T) {
	const cannot = "it cannot do the work"
	for _, c := range []struct {
		mean float64
		warn string
		in   int // of 2 replications; 0: it is not about single ones
		says bool
	}{{.953, "", 0, false}, {.953, "growing-queues", 2, true}, {.953, "growing-queues", 1, false}, {.953, "overload", 0, true}, {.998, "", 0, true}, {.9, "overload", 0, false}} {
		r := handmade("latency.p95", alternative{"a", map[string][]float64{"latency.p95": {1, 2}, "server.utilization.mean": {c.mean, c.mean}}})
		if c.warn != "" {
			r.Warnings = []diag.Warning{{Code: c.warn, Severity: diag.Severe, Alternative: "a", Message: "x", Replications: c.in}}
		}
		var texts []string
		for _, s := range overloaded(newIndex(r)) {
			texts = append(texts, s.text)
		}
		if text := strings.Join(texts, " "); strings.Contains(text, cannot) != c.says || len(texts) == 0 != (c.mean < saturated) {
			t.Errorf("%+v: %s", c, text)
		}
	}
}
