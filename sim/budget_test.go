package sim

import (
	"math"
	"testing"
)

// One minute in which a quarter of the requests fail is a burn of 250 while it lasts, and less in longer windows; windows
// that hold too little, or that are longer than the run, are undefined.
func TestBurnRate(t *testing.T) {
	const minutes = 90
	w, total := newBurnWatch(minutes*Minute), outcomes{7, 3}
	w.add(total)
	for i := range minutes * minuteTicks {
		bad := int64(0)
		if i/minuteTicks == 40 {
			bad = 250
		}
		total = outcomes{total.good + 1000 - bad, total.bad + bad}
		w.add(total)
	}
	if w.worst[0].ever != .05 || w.worst[1].ever != 250./60000 || !math.IsNaN(w.worst[2].ever) || w.worst[0].sum != .05 || w.worst[0].hour != 0 {
		t.Errorf("worst shares of failures: %v", w.worst)
	}
	few := newBurnWatch(5 * Minute)
	few.add(outcomes{})
	for i := range 5 * minuteTicks {
		few.add(outcomes{int64(3 * (i + 1)), int64(i / 4)})
	}
	if !math.IsNaN(few.worst[0].ever) {
		t.Errorf("97 requests are enough for a burn rate of %g", few.worst[0].ever)
	}
}

// The books of the budget are those of the requests.
func TestBudgetSpent(t *testing.T) {
	m := queue(4, 2, FCFS, 40, exp(.05), 1200)
	m.SLO = .99
	m.Health = Health{Interval: 10 * Second, Dead: Refusing, Fall: 3, Rise: 1}
	m.Timeline = []Action{{Kind: Crash, At: 300 * Second, Targets: []ServerID{0}, Repair: fixed(120), Zone: -1}}
	res := Run(m, 1, 0, Options{})
	failed, good := figure(t, res, "requests.failed"), figure(t, res, "requests.good")
	if failed < 200 {
		t.Fatalf("only %g requests failed", failed)
	}
	near(t, "budget spent", figure(t, res, "budget.spent"), failed/(failed+good)/.01, 1e-3)
	// A quarter of the requests of about 25 s fail, and in the worst five minutes all of those that fail at all.
	near(t, "worst five minutes", figure(t, res, "budget.burn{window=5m}"), failed/(40*300)/.01, .15)
}
