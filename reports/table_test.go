package reports

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/experiment/resultjson"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	remake = flag.Bool("remake", false, "simulate testdata/result.json again")
)

func tableOf(t testing.TB, r *experiment.Result, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTable(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func markdownOf(t testing.TB, r *experiment.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// No line of any report is wider than asked for, whatever the names.
func TestWidth(t *testing.T) {
	for name, r := range experimenttest.All() {
		for _, width := range []int{0, 60, 80, 100, 500} {
			limit := Options{Width: width}.width()
			for _, line := range strings.Split(tableOf(t, r, Options{Width: width, Show: []string{Everything}}), "\n") {
				if textWidth(line) > limit || utf8.RuneCountInString(line) > limit {
					t.Errorf("%s, width %d: %d columns: %s", name, width, textWidth(line), line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("%s: the line ends in spaces: %q", name, line)
				}
			}
		}
		for _, line := range strings.Split(markdownOf(t, r), "\n") {
			if textWidth(line) > mostWidth || utf8.RuneCountInString(line) > mostWidth {
				t.Errorf("%s: %d columns of Markdown: %s", name, textWidth(line), line)
			}
		}
	}
}

func TestNothingControlsTheTerminal(t *testing.T) {
	for name, r := range experimenttest.All() {
		if text := tableOf(t, r, Options{Show: []string{Everything}}); strings.ContainsAny(text, "\x1b\t\r\x00") {
			t.Errorf("%s: control characters in the table", name)
		}
	}
}

// Colours change how a report looks and not what it says.
func TestColor(t *testing.T) {
	for name, r := range experimenttest.All() {
		coloured := tableOf(t, r, Options{Color: true, Show: []string{Everything}})
		for _, look := range []string{bold, dim, red, green, yellow, "0"} {
			coloured = strings.ReplaceAll(coloured, "\x1b["+look+"m", "")
		}
		var lines []string
		for _, l := range strings.Split(coloured, "\n") {
			lines = append(lines, strings.TrimRight(l, " "))
		}
		if strings.Join(lines, "\n") != tableOf(t, r, Options{Show: []string{Everything}}) {
			t.Errorf("%s: the coloured report says something else", name)
		}
	}
}

// Every line of a Markdown table has the columns of its head: no name breaks out of its cell.
func TestMarkdownTables(t *testing.T) {
	for name, r := range experimenttest.All() {
		columns := 0
		for _, line := range strings.Split(markdownOf(t, r), "\n") {
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			bare := strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, "")
			n := strings.Count(bare, "|")
			if columns > 0 && n != columns {
				t.Errorf("%s: %d bars where the head has %d: %s", name, n, columns, line)
			}
			columns = n
		}
	}
	if text := markdownOf(t, experimenttest.Broken()); strings.Contains(text, "<b>") || strings.Contains(text, " *name*") {
		t.Error("a name became markup")
	}
}

func TestShortNamesStayApart(t *testing.T) {
	for name, r := range experimenttest.All() {
		for n := 8; n < 60; n++ {
			seen := map[string]bool{}
			for _, s := range shortNames(newIndex(r).names(), n) {
				if textWidth(s) > n {
					t.Errorf("%s: %q is wider than %d", name, s, n)
				}
				if seen[s] {
					t.Errorf("%s: two variants are %q at width %d", name, s, n)
				}
				seen[s] = true
			}
		}
	}
}

func TestFormatEstimate(t *testing.T) {
	nan := math.NaN()
	of := func(mean, half float64) stats.Estimate {
		return stats.Estimate{Mean: mean, Lo: mean - half, Hi: mean + half, N: 5}
	}
	for _, c := range []struct {
		e            stats.Estimate
		metric, want string
	}{
		{of(.0483, .0004), "latency.p95", "48.3 ms ± 0.4"},
		{of(.04831, .00014), "latency.p95", "48.31 ms ± 0.14"},
		{of(.0003, .008), "latency.p95", "0 ms ± 8"},
		{of(-.0003, .008), "latency.p95", "0 ms ± 8"},
		{of(90, 2), "drain.time", "1.50 min ± 0.03"},
		{of(.9998, .00004), "availability.requests", "99.980 % ± 0.004"},
		{of(0, 0), "sessions.lost.ratio", "0 %"},
		{of(1.42, .03), "server.utilization.peak_to_mean", "1.42 ± 0.03"},
		{of(12345, 300), "sessions.lost", "12.3k ± 0.3k"},
		{of(1234, 96), "sessions.lost", "1234 ± 96"},
		{of(5<<20, 1<<20), "server.memory.most", "5.0 MiB ± 1.0"},
		{stats.Estimate{Mean: .0483, Lo: nan, Hi: nan}, "latency.p95", "48.3 ms"},
		{stats.Estimate{Mean: nan, Lo: nan, Hi: nan}, "latency.p95", "n/a"},
		{of(math.Inf(1), 1), "latency.p95", "n/a"},
	} {
		if got := formatEstimate(c.e, scalesOf(metric.Must(c.metric).Kind, metric.Must(c.metric).Unit)); got != c.want {
			t.Errorf("%s of %v = %q; want %q", c.metric, c.e, got, c.want)
		}
	}
}

// A figure as printed lies in its interval's middle: within half a unit of the last digit, which is at most the
// half-width.
func TestDigitsAreSupported(t *testing.T) {
	for half := 1e-5; half < 1e3; half *= 1.37 {
		d := decimals(half)
		if unit := math.Pow(10, -float64(d)); d > 0 && (unit > half || unit < half/20) {
			t.Errorf("a half-width of %g is shown with %d decimals", half, d)
		}
	}
}

// saved is a result kept as a file, so that the golden texts change with the renderers and not with the engine.
func saved(t testing.TB) *experiment.Result {
	t.Helper()
	path := filepath.Join("testdata", "result.json")
	if *remake {
		r := *experimenttest.Three()
		for i := range r.Variants {
			v := &r.Variants[i]
			v.Series, v.First = experiment.SeriesMean{}, slices.Clone(v.First)
			for k := range v.First {
				v.First[k].Utilization = nil
			}
		}
		var text bytes.Buffer
		if err := resultjson.Write(&text, &r); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := resultjson.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGolden(t *testing.T) {
	r := saved(t)
	for name, text := range map[string]string{"screen.txt": tableOf(t, r, Options{}), "table.txt": tableOf(t, r, Options{Show: []string{Everything}}), "narrow.txt": tableOf(t, r, Options{Width: 60, Show: []string{Everything}}),
		"report.md": markdownOf(t, r), "broken.txt": tableOf(t, experimenttest.Broken(), Options{Show: []string{Everything}})} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if text != string(want) {
			t.Errorf("%s differs from the golden file; see the change and run go test -update", name)
		}
	}
}
