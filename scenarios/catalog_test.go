package scenarios

import (
	"strings"
	"testing"

	_ "stickysim/policies/all"
	"stickysim/sim"
)

// Every entry of the catalogue compiles without a remark, says what it asks, and runs.
func TestCatalog(t *testing.T) {
	t.Parallel()
	for _, e := range List() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
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
				if r := sim.Run(&m, 1, 0, sim.Options{}); r.Events == 0 {
					t.Errorf("%s: nothing happens in a minute", v.Name)
				}
				if u := b.Load[i].Utilization(); !(u > 0 && u < 0.95) {
					t.Errorf("%s: utilization %.3g before anything is simulated", v.Name, u)
				}
			}
		})
	}
}

func TestOpenAndSource(t *testing.T) {
	t.Parallel()
	if _, _, err := Open("nat-hotspt"); err == nil || !strings.Contains(err.Error(), `did you mean "nat-hotspot"?`) {
		t.Errorf("a misspelt name gives %v", err)
	}
	text, files, err := Source("replay-example")
	if err != nil || len(files) != 1 || files[0] != "access.log" || !strings.HasPrefix(string(text), "# yaml-language-server: $schema="+SchemaName+"\nversion: 1") {
		t.Errorf("Source = %.20q, %v, %v", text, files, err)
	}
	if List()[0].Name != "nat-hotspot" {
		t.Error("nat-hotspot is not the first entry")
	}
}
