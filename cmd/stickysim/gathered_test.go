package main

import (
	"strings"
	"testing"

	"stickysim/reports/outdir"
	"stickysim/sim"
	"stickysim/sim/experiment/replications"
)

// A replication that two folders have is the same in both, or merging refuses both.
func TestGatheredOverlap(t *testing.T) {
	t.Parallel()
	g := &gathered{}
	for i, events := range []int64{7, 7, 8} {
		files := outdir.Files(t.TempDir())
		f, err := replications.Create(files, replications.Key{Scenario: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Save(0, 3, &sim.Result{Replication: 3, Events: events}); err != nil {
			t.Fatal(err)
		}
		g.from = append(g.from, &store{f, files})
		r, err := g.Load(0, 3)
		switch {
		case i < 2 && (err != nil || r == nil || r.Events != 7):
			t.Errorf("%d equal replications: %+v, %v", i+1, r, err)
		case i == 2 && (err == nil || !strings.Contains(err.Error(), "hold different results of the same replication, 00003-0.rep")):
			t.Errorf("different replications: %v", err)
		}
	}
	if missing, err := g.missing(1, 5); err != nil || len(missing) != 4 {
		t.Errorf("missing: %v, %v", missing, err)
	}
}
