package experiment

import (
	"slices"
	"testing"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
)

// An alternative is judged by an objective that names it, or is about all, or compares another with it.
func TestUnjudged(t *testing.T) {
	p95 := metric.Must("latency.p95").ID()
	study := func(list ...Objective) *Study {
		return &Study{Baseline: 1, Objectives: list, Warnings: []diag.Warning{{Alternative: "b"}, {}}, Variants: []Variant{
			{Name: "a", Model: &sim.Model{}}, {Name: "b", Model: &sim.Model{}}, {Name: "c", Model: &sim.Model{}}}}
	}
	of := func(policy string) Term { return Term{Metric: p95, Policy: policy} }
	limit := of("c")
	for _, c := range []struct {
		list []Objective
		want []string
	}{
		{[]Objective{{Subject: of("")}}, nil},
		{[]Objective{{Subject: of("a")}}, []string{"b", "c"}},
		{[]Objective{{Subject: of("a"), Limit: Limit{Of: &limit, Factor: 1}}}, []string{"b"}},
		{[]Objective{{Subject: of("a"), Limit: Limit{Of: &limit, Factor: 1, Saved: true}}}, []string{"b", "c"}},
		{[]Objective{{Subject: of(""), On: []string{"b"}}}, []string{"a", "c"}},
		{nil, []string{"a", "b", "c"}},
	} {
		if got := study(c.list...).Unjudged(); !slices.Equal(got, c.want) {
			t.Errorf("%v: unjudged are %v, want %v", c.list, got, c.want)
		}
	}
	s := study()
	s.LeaveOut([]string{"b"})
	if len(s.Variants) != 2 || s.Variants[1].Name != "c" || s.Baseline != 0 || len(s.Warnings) != 1 {
		t.Errorf("without b: %d alternatives, baseline %d, warnings %v", len(s.Variants), s.Baseline, s.Warnings)
	}
}
