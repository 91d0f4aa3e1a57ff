package reports

import (
	"testing"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/experimenttest"
	"stickysim/sim/stats"
)

// compared is a study of two or more variants by hand: p95 in seconds, and how each compares with the first.
func compared(p95 []float64, decided []bool) *experiment.Result {
	r := &experiment.Result{Baseline: "v0", Confidence: .95}
	for i, v := range p95 {
		name := "v" + string(rune('0'+i))
		e := stats.Estimate{Mean: v, Lo: v - .002, Hi: v + .002, N: 5}
		r.Variants = append(r.Variants, experiment.VariantResult{Name: name, Replications: 5,
			Metrics: []experiment.Metric{{ID: latencyP95.ID(), Unit: "s", Estimate: e}}})
		if i > 0 {
			d := v - p95[0]
			r.Comparisons = append(r.Comparisons, experiment.Comparison{Variant: name, Metric: latencyP95.ID(), Unit: "s",
				Difference: stats.Estimate{Mean: d, Lo: d - .001, Hi: d + .001, N: 5}, Decided: decided[i-1]})
		}
	}
	return r
}

// Nothing is called best that was not shown to be.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		p95     []float64
		decided []bool
		want    string
	}{
		{[]float64{.2, .1}, []bool{true}, "Lowest p95 latency: v1 with 100 ms, against 200 ms for v0 (baseline)."},
		{[]float64{.2, .1}, []bool{false}, "Lowest p95 latency: undecided. No alternative is shown to differ from v0 (baseline) with 200 ms."},
		{[]float64{.1, .2}, []bool{true}, "Lowest p95 latency: v0 (baseline) with 100 ms; v1 is slower."},
		{[]float64{.1, .2, .3}, []bool{true, true}, "Lowest p95 latency: v0 (baseline) with 100 ms; v1 and v2 are slower."},
		{[]float64{.1, .2, .05}, []bool{true, false},
			"Lowest p95 latency: none is shown to beat v0 (baseline) with 100 ms; v1 is slower, v2 is undecided."},
		{[]float64{.3, .2, .05, .1}, []bool{true, false, true}, "Lowest p95 latency: v3 with 100 ms, against 300 ms for v0 (baseline)."},
		{[]float64{.1, .2, .2, .2, .2}, []bool{true, true, true, true}, "Lowest p95 latency: v0 (baseline) with 100 ms; 4 others are slower."},
	} {
		got := newIndex(compared(c.p95, c.decided)).answers()
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%v, decided %v:\n got %q\nwant %q", c.p95, c.decided, got, c.want)
		}
	}
	one := compared([]float64{.2, .1}, []bool{true})
	one.Comparisons = nil
	if got, want := newIndex(one).answers()[0], "Lowest p95 latency: v1 with 100 ms in a single replication, which is too few to decide."; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	if got, want := newIndex(experimenttest.Alone()).answers()[0], "no session lost."; len(got) < len(want) || got[len(got)-len(want):] != want {
		t.Errorf("got %q", got)
	}
}

// Where more than one request in a hundred fails, that is said before the latency of those that were answered.
func TestFailuresComeFirst(t *testing.T) {
	for _, c := range []struct {
		available float64
		want      string
	}{
		{.999, "Lowest p95 latency: v1 with 100 ms, against 200 ms for v0 (baseline)."},
		{.8, "Fewest requests failed: v0 (baseline) with 10; v1 fails more."},
	} {
		r := compared([]float64{.2, .1}, []bool{true})
		for i := range r.Variants {
			v := &r.Variants[i]
			good, bad := 1-float64(i)*(1-c.available), float64(10*(i+1))
			v.Metrics = append(v.Metrics, experiment.Metric{ID: available.ID(), Unit: "ratio", Estimate: stats.Estimate{Mean: good, Lo: good, Hi: good, N: 5}},
				experiment.Metric{ID: failed.ID(), Unit: "1", Estimate: stats.Estimate{Mean: bad, Lo: bad, Hi: bad, N: 5}})
		}
		r.Comparisons = append(r.Comparisons, experiment.Comparison{Variant: "v1", Metric: failed.ID(), Unit: "1", Difference: stats.Estimate{Mean: 10, Lo: 9, Hi: 11, N: 5}, Decided: true})
		if got := newIndex(r).answers()[0]; got != c.want {
			t.Errorf("available %g:\n got %q\nwant %q", c.available, got, c.want)
		}
	}
}
