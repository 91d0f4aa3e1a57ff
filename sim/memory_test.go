package sim

import "testing"

// Nothing is allocated per event: twice the run allocates no more than the samples and bucket blocks of the longer one.
func TestNoAllocationPerEvent(t *testing.T) {
	allocations := func(seconds float64) float64 {
		m := queue(4, 4, FCFS, 1, exp(.1), seconds)
		m.Grid = FromSeconds(seconds)
		m.Populations = []Population{{Name: "users", Users: 500, Think: exp(5), Demand: exp(.1), Cookies: 1, Timeout: fixed(2), Retries: 1}}
		return testing.AllocsPerRun(3, func() { Run(m, 1, 0, Options{}) })
	}
	short, long := allocations(200), allocations(400) // 20,000 and 40,000 requests
	if long > short+200 {
		t.Errorf("a run twice as long allocates %g times, not about %g", long, short)
	}
}
