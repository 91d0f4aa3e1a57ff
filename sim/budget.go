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
	metricSpent = metric.Register(metric.Family{Name: "budget.spent", Kind: metric.Share, Most: math.Inf(1), Better: metric.Less,
		Short: "error budget that the run has spent", Doc: "The error budget is the share of requests that may fail: 1 − slo, with slo 99.9 % unless the scenario says otherwise. Above 100 % the objective is missed.",
		Formula: "failed requests / ((1 − slo) × requests that ended)", Undefined: "when no request ended",
		Show: metric.Show{Summary: 10}})
	metricBurn = metric.Register(metric.Family{Name: "budget.burn", Also: []string{"error-budget", "burn-rate", "burnrate"}, Kind: metric.Factor, Better: metric.Less, Labels: []*metric.Dimension{burnWindow}, OnlyParts: true,
		Short: "fastest burn of the error budget in any window", Doc: "How many times faster than allowed requests failed in the worst window. Windows move by ten seconds. A longer run has more windows, and more incidents that can be the worst. A burn rate of 1 held throughout spends exactly the budget.",
		Formula:   "largest over windows of (failed / requests that ended in the window) / (1 − slo)",
		Undefined: "when the run is shorter than the window, or every window has fewer than 100 requests",
		Show:      metric.Show{Summary: 11, Parts: []metric.Label{{Key: "window", Value: "5m"}, {Key: "window", Value: "1h"}}}})
	metricBurnHour = metric.Register(metric.Family{Name: "budget.burn.hour", Kind: metric.Factor, Better: metric.Less, Labels: []*metric.Dimension{burnWindow}, OnlyParts: true,
		Short: "fastest burn of the error budget in an hour", Doc: "As budget.burn, but of the windows that end in each hour of the run, in mean over the hours: it can be compared between runs of different lengths. A shorter last hour, or run, counts as an hour.",
		Formula:   "mean over the hours of the largest over windows of (failed / requests that ended in the window) / (1 − slo)",
		Undefined: "as budget.burn"})
)

var _ = reports(20, (*run).budgetMetrics)

func (r *run) budgetMetrics(b *metricsBuilder) {
	w := &r.watch.burn
	allowed := 1 - orDefault(r.m.SLO, usualSLO)
	now, start := r.outcomes(), w.start
	good, bad := float64(now.good-start.good), float64(now.bad-start.bad)
	b.ratio(metricSpent.ID(), bad, allowed*(good+bad))
	for i, span := range burnWindows {
		b.add(metricBurn.With(burnWindow.Name, span.name), w.worst[i].ever/allowed)
		w.worst[i].endHour()
		b.ratio(metricBurnHour.With(burnWindow.Name, span.name), w.worst[i].sum/allowed, float64(w.worst[i].hours))
	}
}

// outcomes are totals of requests that ended.
type outcomes struct{ good, bad int64 }

func (r *run) outcomes() (o outcomes) {
	for i := range r.pops {
		o.good += r.pops[i].stats.allGood()
		o.bad += r.pops[i].stats.allFailed
	}
	return o
}

// burnWatch finds the worst windows, which move by a tick.
type burnWatch struct {
	start outcomes
	past  []outcomes // at the last ticks, by their number modulo the length: enough for the longest window
	ticks int
	worst [3]worst // by burnWindows
}

// worst is the share of failed requests in the worst windows of a length; NaN: there is none.
type worst struct {
	ever, hour float64 // so far, and of those that have ended in this hour
	sum        float64 // of the hours before
	hours      int     // that had one
}

// see looks at a window that ends now.
func (w *worst) see(share float64) {
	if !(share <= w.ever) {
		w.ever = share
	}
	if !(share <= w.hour) {
		w.hour = share
	}
}

// endHour begins another hour.
func (w *worst) endHour() {
	if w.hour == w.hour {
		w.sum, w.hours = w.sum+w.hour, w.hours+1
	}
	w.hour = math.NaN()
}

func newBurnWatch(duration Time) burnWatch {
	w := burnWatch{ticks: -1}
	for i, span := range burnWindows {
		w.worst[i] = worst{ever: math.NaN(), hour: math.NaN()}
		if span.span <= duration {
			w.past = make([]outcomes, span.span/tick+1)
		}
	}
	return w
}

// add ends a tick, with the totals up to it. The first call, which ends none, begins the first windows.
func (w *burnWatch) add(now outcomes) {
	w.ticks++
	if w.ticks == 0 {
		w.start = now
	}
	if len(w.past) == 0 {
		return
	}
	w.past[w.ticks%len(w.past)] = now
	for i, span := range burnWindows {
		n := int(span.span / tick)
		if n >= len(w.past) || n > w.ticks {
			return
		}
		then := w.past[(w.ticks-n)%len(w.past)]
		bad, all := now.bad-then.bad, now.bad-then.bad+now.good-then.good
		if all >= leastInWindow {
			w.worst[i].see(float64(bad) / float64(all))
		}
		if w.ticks%int(Hour/tick) == 0 {
			w.worst[i].endHour()
		}
	}
}
