package sim

import (
	"hash/fnv"
	"testing"
)

// What a run leaves in its workspace shows in no other: all models of the swarm one after the other in one workspace, each
// after another model, have the figures that they have in memory of their own.
func TestWorkspace(t *testing.T) {
	t.Parallel()
	var w Workspace
	sum := func(seed uint64, w *Workspace) uint64 {
		h := fnv.New64a()
		if res := runChecked(t, seed, swarmModel(seed), Options{Log: logs(seed), Workspace: w}); res != nil {
			sumResult(h, res)
		}
		return h.Sum64()
	}
	for seed := uint64(1); seed <= swarmModels; seed += 2 {
		if own, left := sum(seed, nil), sum(seed, &w); own != left {
			t.Errorf("model %d: checksum %#x in memory of its own, %#x in what another run has left", seed, own, left)
		}
	}
	if cap(w.clients) == 0 || w.events == nil {
		t.Error("nothing is left")
	}
}
