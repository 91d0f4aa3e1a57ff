package sim

import (
	"fmt"
	"math"
)

// usualSLO is the share of requests that must be answered, where a model does not say.
const usualSLO = 0.999

// burnWindows are those over which the burn of the error budget is watched: a page, and a ticket (Google, The Site
// Reliability Workbook, chapter 5), and a short one for short runs.
var burnWindows = []struct {
	name string
	span Time
}{{"5m", 5 * Minute}, {"1h", Hour}, {"6h", 6 * Hour}}

// leastInWindow is how many requests a window needs for its burn rate to mean anything.
const leastInWindow = 100

// budgetMetrics says how much of its error budget, the share of requests that may fail, the run has spent, and how fast
// at worst: a burn rate of 1 spends exactly the budget.
func (r *run) budgetMetrics(b *metricsBuilder, s *Series) {
	allowed := 1 - orDefault(r.m.SLO, usualSLO)
	good, bad := 0.0, 0.0
	for i := range s.Failed {
		good, bad = good+float64(s.Answered[i]), bad+float64(s.Failed[i])
	}
	b.ratio("budget.spent", bad, allowed*(good+bad))
	for _, w := range burnWindows {
		b.add(fmt.Sprintf("budget.burn{window=%s}", w.name), "ratio", s.worstBurn(w.span)/allowed)
	}
}

// worstBurn is the largest share of failed requests in any window of the span; undefined where the run is shorter than
// the span, or the span shorter than a step.
func (s *Series) worstBurn(span Time) float64 {
	n := int(span / s.Step)
	worst, good, bad := math.NaN(), 0.0, 0.0
	for i := range s.Failed {
		good, bad = good+float64(s.Answered[i]), bad+float64(s.Failed[i])
		if i >= n {
			good, bad = good-float64(s.Answered[i-n]), bad-float64(s.Failed[i-n])
		}
		if n > 0 && i >= n-1 && good+bad >= leastInWindow && !(bad/(good+bad) <= worst) {
			worst = bad / (good + bad)
		}
	}
	return worst
}
