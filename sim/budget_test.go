package sim

import (
	"math"
	"testing"
)

// One minute in which a quarter of the requests fail is a burn of 250 while it lasts, and less in longer windows; windows
// that hold too little, that are longer than the run, or shorter than a step, are undefined.
func TestBurnRate(t *testing.T) {
	var answered, failed []float32
	for i := range 90 {
		bad := float32(0)
		if i == 40 {
			bad = 250
		}
		answered, failed = append(answered, 1000-bad), append(failed, bad)
	}
	s := outcomes(answered, failed)
	for _, c := range []struct {
		span Time
		want float64
	}{{Minute, .25}, {5 * Minute, .05}, {Hour, 250. / 60000}, {6 * Hour, math.NaN()}, {Second, math.NaN()}} {
		if got := s.worstBurn(c.span); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("worst share of failures in %v: %g, want %g", c.span, got, c.want)
		}
	}
	few := outcomes([]float32{50, 0}, []float32{49, 1})
	if got := few.worstBurn(Minute); !math.IsNaN(got) {
		t.Errorf("99 requests are enough for a burn rate of %g", got)
	}
}

// outcomes are series of requests by minute.
func outcomes(answered, failed []float32) *Series {
	s := &Series{Step: Minute, Points: len(failed), Columns: make([][]float32, len(samplers))}
	s.Columns[AnsweredSeries.Index()], s.Columns[FailedSeries.Index()] = answered, failed
	return s
}

// The books of the budget are those of the requests.
func TestBudgetSpent(t *testing.T) {
	m := queue(4, 2, FCFS, 40, exp(.05), 1200)
	m.SLO = .99
	m.Health = Health{Interval: 10 * Second, Refuse: true, Fall: 3, Rise: 1}
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
