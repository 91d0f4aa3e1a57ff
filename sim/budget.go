package sim

import (
	"math"

	"stickysim/sim/metric"
)

// usualSLO is the share of requests that must be answered, where a model does not say.
const usualSLO = 0.999

// burnWindows are the windows of burn rates: 1h for pages and 6h for tickets, as in Google's Site Reliability Workbook
// (chapter 5), and 5m for short runs.
var burnWindows = []struct {
	name string
	span Time
}{{"5m", 5 * Minute}, {"1h", Hour}, {"6h", 6 * Hour}}

// leastInWindow is how many requests a window needs to have a burn rate.
const leastInWindow = 100

// burnWindow breaks the burn rate down.
var burnWindow = &metric.Dimension{Name: "window", Doc: "the span over which failures are counted", Values: func() []metric.Term {
	list := make([]metric.Term, len(burnWindows))
	for i, w := range burnWindows {
		list[i].Name = w.name
	}
	return list
}}

var (
	metricSpent = metric.Register(metric.Family{Name: "budget.spent", Kind: metric.Share, Better: metric.Less,
		Short: "error budget that the run has spent", Doc: "The error budget is the share of requests that may fail: 1 − slo, with slo 99.9 % unless the scenario says otherwise. Above 100 % the objective is missed.",
		Formula: "failed requests / ((1 − slo) × requests that ended)", Undefined: "when no request ended",
		Show: metric.Show{Summary: 10}})
	metricBurn = metric.Register(metric.Family{Name: "budget.burn", Kind: metric.Factor, Better: metric.Less, Labels: []*metric.Dimension{burnWindow}, OnlyParts: true,
		Short: "fastest burn of the error budget in any window", Doc: "How many times faster than allowed requests failed in the worst window. A burn rate of 1 held throughout spends exactly the budget.",
		Formula:   "largest over windows of (failed / requests that ended in the window) / (1 − slo)",
		Undefined: "when the run is shorter than the window, the window shorter than the grid, or every window has fewer than 100 requests",
		Show:      metric.Show{Summary: 11, Parts: []metric.Label{{Key: "window", Value: "5m"}, {Key: "window", Value: "1h"}}}})
)

var _ = reports(20, (*run).budgetMetrics)

func (r *run) budgetMetrics(b *metricsBuilder) {
	s := &b.res.Series
	allowed := 1 - orDefault(r.m.SLO, usualSLO)
	answered, failed := s.Of(AnsweredSeries), s.Of(FailedSeries)
	good, bad := 0.0, 0.0
	for i := range failed {
		good, bad = good+float64(answered[i]), bad+float64(failed[i])
	}
	b.ratio(metricSpent.ID(), bad, allowed*(good+bad))
	for _, w := range burnWindows {
		b.add(metricBurn.With(burnWindow.Name, w.name), s.worstBurn(w.span)/allowed)
	}
}

// worstBurn is the largest share of failed requests in any window of the span; undefined where the run is shorter than
// the span, or the span shorter than a step.
func (s *Series) worstBurn(span Time) float64 {
	n := int(span / s.Step)
	answered, failed := s.Of(AnsweredSeries), s.Of(FailedSeries)
	worst, good, bad := math.NaN(), 0.0, 0.0
	for i := range failed {
		good, bad = good+float64(answered[i]), bad+float64(failed[i])
		if i >= n {
			good, bad = good-float64(answered[i-n]), bad-float64(failed[i-n])
		}
		if n > 0 && i >= n-1 && good+bad >= leastInWindow && !(bad/(good+bad) <= worst) {
			worst = bad / (good + bad)
		}
	}
	return worst
}
