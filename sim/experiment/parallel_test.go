package experiment

import (
	"testing"

	"stickysim/sim"
)

// Threads that find nothing left to do end, whatever the order in which they and the caller come to know.
func TestParallelEnds(t *testing.T) {
	for range 20_000 {
		x := &execution{options: Options{Jobs: 4}}
		taken := 0
		err := x.parallel(5, func(int, *sim.Workspace) (*sim.Result, error) { return &sim.Result{}, nil }, func(i int, _ *sim.Result) {
			if i != taken {
				t.Fatalf("result %d came after %d others", i, taken)
			}
			taken++
		})
		if err != nil || taken != 5 {
			t.Fatalf("%d of 5 results, error %v", taken, err)
		}
	}
}
