package reports

import (
	"strings"
	"testing"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// alternative is one by hand: figures per replication by the name of the metric.
type alternative struct {
	name   string
	values map[string][]float64
}

// handmade is a study of alternatives, the first of which is the baseline; a metric is compared unless it is in open.
func handmade(open string, list ...alternative) *experiment.Result {
	r := &experiment.Result{Schema: experiment.Schema, Name: "handmade", Baseline: list[0].name, Confidence: .95, Duration: 60}
	for i, a := range list {
		v := experiment.VariantResult{Name: a.name, State: "local"}
		for _, f := range metric.All() {
			values, given := a.values[f.Name]
			if !given {
				continue
			}
			v.Replications = len(values)
			v.Metrics = append(v.Metrics, experiment.Metric{ID: f.ID(), Unit: f.Unit, Estimate: stats.TInterval(values, .95), Values: values})
			if i > 0 && len(values) > 1 {
				r.Comparisons = append(r.Comparisons, experiment.Comparison{Variant: a.name, Metric: f.ID(), Unit: f.Unit, Decided: f.Name != open})
			}
		}
		r.Variants = append(r.Variants, v)
	}
	return r
}

func three(v ...float64) []float64 { return v }

// Nothing is called best that was not shown to be, and none is praised for the latency of the few requests it answers.
func TestVerdict(t *testing.T) {
	p95 := func(v ...float64) map[string][]float64 { return map[string][]float64{"latency.p95": v} }
	with := func(m map[string][]float64, name string, v ...float64) map[string][]float64 { m[name] = v; return m }
	slow, fast := three(.200, .201, .199), three(.100, .101, .099)
	for _, c := range []struct {
		name string
		res  *experiment.Result
		want string
	}{
		{"faster", handmade("", alternative{"a", p95(slow...)}, alternative{"b", p95(fast...)}), "Lowest p95: b with 100 ms."},
		{"undecided", handmade("latency.p95", alternative{"a", p95(slow...)}, alternative{"b", p95(fast...)}), "No difference is shown in p95: 100 ms to 200 ms."},
		{"alike", handmade("", alternative{"a", p95(.1, .1, .1)}, alternative{"b", p95(.101, .101, .101)}), "No difference in p95: 100 ms to 101 ms."},
		{"alike by chance", handmade("latency.p95", alternative{"a", p95(.1, .2, .1)}, alternative{"b", p95(.1, .1, .201)}), "No difference is shown in p95: 133 ms to 134 ms."},
		{"no losses", handmade("", alternative{"a", with(p95(slow...), "visits.hit.ratio", 0, 0, 0)}, alternative{"b", with(p95(fast...), "visits.hit.ratio", 0, 0, 0)}),
			"No visit is lost. Lowest p95: b with 100 ms."},
		{"none against hundreds, whatever the test says", handmade("visits.hit.ratio", alternative{"a", map[string][]float64{"visits.hit.ratio": {0, 0, 0}}},
			alternative{"b", map[string][]float64{"visits.hit.ratio": {.1, .9, .2}}}), "Fewest lost visits: a with none."},
		{"the fast one fails", handmade("", alternative{"a", with(with(p95(slow...), "availability.requests", 1, 1, 1), "requests.failed", 0, 0, 0)},
			alternative{"b", with(with(p95(fast...), "availability.requests", .2, .21, .2), "requests.failed", 800, 790, 800)}),
			"Fewest failed requests: a with none. Lowest p95: a with 200 ms. b is not judged by p95: too many of its requests fail."},
		{"no traffic", handmade("", alternative{"a", map[string][]float64{"requests.sent": {0, 0}}}), "No request was sent, so there is nothing to judge."},
		{"a single replication", handmade("", alternative{"a", p95(.2)}, alternative{"b", p95(.1)}), "In a single replication, which decides nothing: Lowest p95: b with 100 ms."},
		{"alone", handmade("", alternative{"a", with(with(p95(slow...), "availability.requests", 1, 1, 1), "visits.hit.ratio", .1, .1, .1)}),
			"a: p95 is 200 ms, no request fails, 10 % of visits are lost."},
	} {
		if got := strings.Join(newIndex(c.res).verdict(), " "); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// The order is that of failures, losses and latency, in this order of importance.
func TestOrder(t *testing.T) {
	of := func(name string, available, lost, p95 float64) alternative {
		return alternative{name, map[string][]float64{"availability.requests": {available}, "visits.hit.ratio": {lost}, "latency.p95": {p95}}}
	}
	x := newIndex(handmade("", of("fails", .5, 0, .01), of("loses", 1, .3, .02), of("slow", .995, .001, .5), of("best", 1, 0, .4), of("loses-as-much", 1, .31, .03)))
	var got []string
	for _, v := range x.order() {
		got = append(got, x.names()[v])
	}
	if want := "best slow loses loses-as-much fails"; strings.Join(got, " ") != want {
		t.Errorf("got %v; want %s", got, want)
	}
}

// Where clients had not come back when the run ended, it is not said that none has lost its visit.
func TestLossesThatTheRunDoesNotSee(t *testing.T) {
	none := map[string][]float64{"visits.hit.ratio": {0, 0}, "latency.p95": {1, 1}}
	for _, list := range [][]alternative{{{"a", none}}, {{"a", none}, {"b", none}}} {
		r := handmade("", list...)
		r.Warnings = []diag.Warning{{Code: "losses-unseen", Severity: diag.Caution, Message: "x"}}
		text := strings.Join(newIndex(r).verdict(), " ")
		if !strings.Contains(text, "isit is seen to be lost") {
			t.Errorf("%d alternatives: %s", len(list), text)
		}
	}
}
