package sim

import (
	"testing"

	"stickysim/sim/dist"
)

// A fleet that cannot do its work says so, and one that is busy nearly all the time does not.
func TestGrowingQueues(t *testing.T) {
	t.Parallel()
	service, _ := dist.NewExp(.1)
	for rate, want := range map[float64]bool{12: true, 9.5: false, 8: false} {
		m := queue(1, 1, FCFS, rate, service, 1200)
		times := 0
		for seed := range uint64(10) {
			found := false
			for _, w := range Run(m, seed, 0, Options{}).Warnings {
				found = found || w.Code == growingQueues.Name
			}
			if found {
				times++
			}
		}
		if want && times < 8 || !want && times > 0 {
			t.Errorf("at %g requests/s with a capacity of 10/s, it is said in %d of 10 runs", rate, times)
		}
	}
}
