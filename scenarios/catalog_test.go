package scenarios

import (
	"testing"

	_ "stickysim/policies/all"
	"stickysim/sim"
)

// Every entry of the catalogue compiles without a remark, says what it asks, and runs.
func TestCatalog(t *testing.T) {
	for _, e := range List() {
		t.Run(e.Name, func(t *testing.T) {
			if e.Description == "" || e.Question == "" {
				t.Errorf("description %q, question %q; both are needed", e.Description, e.Question)
			}
			spec, files, err := Open(e.Name)
			if err != nil {
				t.Fatal(err)
			}
			b := Build(spec, files)
			for _, p := range b.Problems {
				t.Error(p)
			}
			if b.Study == nil {
				return
			}
			if b.Study.Name != e.Name {
				t.Errorf("the scenario calls itself %s", b.Study.Name)
			}
			for i, v := range b.Study.Variants {
				m := *v.Model
				m.Warmup, m.Duration = 0, sim.Minute
				for _, p := range sim.Run(&m, 1, 0, sim.Options{}).Metrics {
					_ = p
				}
				t.Logf("%s: %.3g erlangs of %.3g, utilization %.3g", v.Name, b.Load[i].Erlangs, b.Load[i].Capacity, b.Load[i].Utilization())
			}
		})
	}
}
