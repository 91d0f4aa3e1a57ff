package sim

import (
	"slices"
	"testing"

	"stickysim/sim/diag"
)

// Twice as much work arrives as a server can do: half of it is in flight at the end, and what has been so for more than a
// minute, or a timeout, counts as not answered.
func TestStuckRequests(t *testing.T) {
	m := queue(1, 1, FCFS, 2, fixed(1), 1000)
	m.Warmup = 0
	res := Run(m, 1, 0, Options{})
	stuck := figure(t, res, "requests.sent") - 1000 - 120
	near(t, "stuck", figure(t, res, "requests.stuck"), stuck, 30)
	near(t, "availability", figure(t, res, "availability.requests"), 1000/(1000+stuck), .02)
	if !slices.ContainsFunc(res.Warnings, func(w diag.Warning) bool { return w.Code == stuckRequests.Name }) {
		t.Errorf("the warnings are %v", res.Warnings)
	}

	// With an operation of the store that never ends, only the timeout says how long is too long.
	for _, patient := range []bool{true, false} {
		m = queue(1, 1, FCFS, 2, fixed(.001), 1000)
		m.Warmup = 0
		m.State, m.Populations[0].Stateful = Placement{Kind: Store, Store: StoreStation{Calls: 1, Queue: -1, Hang: true}}, true
		m.Timeline = []Action{{Kind: StoreOutage, At: 950 * Second, Repair: fixed(100)}}
		want := 0.
		if !patient { // each has failed twice, and waits for the third time
			m.Populations[0].Timeout, m.Populations[0].Retries, want = fixed(10), 100, 80
		}
		res = Run(m, 1, 0, Options{})
		near(t, "stuck", figure(t, res, "requests.stuck"), want, want/3)
	}
}
