package sim

import (
	"slices"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Metrics look at the fleet through windows of a minute, and through longer ones, that have accumulators of their own: no
// figure depends on the grid of the plots. Moving windows move by a tick.
const (
	tick        = 10 * Second
	minuteTicks = int(Minute / tick)
)

// watch is what the windows of metrics need. Only this file, hotspot.go, rebalance.go and budget.go change it.
type watch struct {
	ticks    int        // so far
	watched  []ServerID // all but those that have left for good
	heat     []heat     // by ServerID
	marks    []busyMark // by ServerID, at the end of the last minute
	minutes  []minute
	answered int64 // measured answers, at the end of the last minute that had any
	joins    joins
	burn     burnWatch
	limits   limitWatch
	x, time  []float64 // scratch: utilizations and times in service
}

// busyMark is where a server's integrals stood.
type busyMark struct{ busy, capacity int64 }

// minute is what one minute of the measured part was like for the fleet.
type minute struct {
	balance   stats.Balance // of the utilization of servers
	time      float64       // ns of server time in service
	answered  uint32
	quantiles [len(dashboards)]float64 // of the latency at servers, ns
}

// beginWatch makes the windows begin now.
func (r *run) beginWatch() {
	r.watch = watch{burn: newBurnWatch(r.m.Duration), limits: newLimitWatch(r.m.LatencyLimits), minutes: make([]minute, 0, min(r.m.Duration/Minute, 1e6))}
	r.watch.burn.add(r.outcomes())
	r.watchNew(false)
	if next := r.now + tick; next < r.end {
		r.push(next, evWindow, 0)
	}
}

// watchNew begins to watch the servers that are not watched yet.
func (r *run) watchNew(join bool) {
	w := &r.watch
	if fresh := len(r.servers) - len(w.heat); fresh > 0 {
		w.watched, w.heat, w.marks = slices.Grow(w.watched, fresh), slices.Grow(w.heat, fresh), slices.Grow(w.marks, fresh)
	}
	for s := len(w.heat); s < len(r.servers); s++ {
		sv := r.servers[s]
		w.watched = append(w.watched, ServerID(s))
		w.heat = append(w.heat, newHeat(sv.base.busy))
		w.marks = append(w.marks, busyMark{sv.base.busy, sv.rareBase.capacity})
		if join || !sv.serving() {
			w.joins.expect(ServerID(s))
		}
	}
}

// windowTurn moves the windows on and schedules the next time.
func (r *run) windowTurn() {
	r.moveWindows()
	if next := r.now + tick; next < r.end {
		r.push(next, evWindow, 0)
	}
}

// moveWindows moves the windows by a tick, which ends now.
func (r *run) moveWindows() {
	w := &r.watch
	w.ticks++
	r.watchNew(true)
	for _, s := range w.watched {
		sv := r.servers[s]
		sv.accrueAll(r.now)
		w.heat[s].move(w.ticks, sv)
	}
	r.watchJoins()
	w.burn.add(r.outcomes())
	if w.ticks%minuteTicks == 0 {
		r.endMinute()
	}
}

// endMinute describes the minute that ends now, and ceases to watch servers that have left.
func (r *run) endMinute() {
	w := &r.watch
	w.x, w.time = w.x[:0], w.time[:0]
	m := minute{}
	for _, s := range w.watched {
		sv, mark := r.servers[s], &w.marks[s]
		if capacity := sv.rare.capacity - mark.capacity; capacity > 0 {
			span := float64(capacity) / float64(sv.cores)
			w.x, w.time = append(w.x, float64(sv.area.busy-mark.busy)/float64(capacity)), append(w.time, span)
			m.time += span
		}
		*mark = busyMark{sv.area.busy, sv.rare.capacity}
	}
	m.balance = stats.BalanceOf(w.x, w.time)
	if answered := r.measuredAnswers(); answered > w.answered { // else there is no latency: spare long quiet runs the search
		m.answered = uint32(answered - w.answered)
		r.traffic.latency.Drain(dashboardQuantiles[:], m.quantiles[:], m.answered)
		w.answered = answered
	}
	w.minutes = append(w.minutes, m)
	r.checkLimits()
	w.watched = r.servers.notGone(w.watched)
}

// endWatch ends the windows with the run.
func (r *run) endWatch() {
	if r.end%tick == 0 {
		r.moveWindows()
	}
}

// aMinute breaks measures of balance down by the window over which the load of servers is taken.
var aMinute = &metric.Dimension{Name: "window", Doc: "the span over which each server's load is taken; the figure is the mean over windows",
	Values: func() []metric.Term { return []metric.Term{{Name: "60s"}} }}

func ofMinutes(f *metric.Family) metric.ID { return f.With(aMinute.Name, "60s") }

const (
	worstMinutes   = "The measure is taken of each minute of the run. One minute in twenty is worse. A hot spot that wanders from server to server shows here, and not over the whole run; so does chance, where a minute has few requests."
	whenNoMinute   = "when the run is shorter than a minute, or nothing was in service or busy in any"
	p95OverMinutes = "the value that 95 % of the minutes do not exceed"
)

var (
	metricMinuteMax = metric.Register(metric.Family{Name: "server.utilization.max.p95", Kind: metric.Share, Better: metric.Less, Labels: []*metric.Dimension{aMinute}, OnlyParts: true,
		Short: "hottest server of a minute, p95 over minutes", Doc: worstMinutes, Formula: p95OverMinutes, Undefined: whenNoMinute})
	metricMinutePeak = metric.Register(metric.Family{Name: "server.utilization.peak.p95", Kind: metric.Factor, Better: metric.Less, Labels: []*metric.Dimension{aMinute}, OnlyParts: true,
		Short: "highest over mean in a minute, p95 over minutes", Doc: worstMinutes, Formula: p95OverMinutes, Undefined: whenNoMinute})
	metricMinuteCV = metric.Register(metric.Family{Name: "server.utilization.cv.p95", Kind: metric.Factor, Better: metric.Less, Labels: []*metric.Dimension{aMinute}, OnlyParts: true,
		Short: "variation (CV) in a minute, p95 over minutes", Doc: worstMinutes, Formula: p95OverMinutes, Undefined: whenNoMinute})
)

var _ = reports(51, func(r *run, b *metricsBuilder) { b.minutes(r.watch.minutes) })

// minutes adds the measures of balance in windows.
func (b *metricsBuilder) minutes(list []minute) {
	time, busy := 0.0, 0.0
	for i := range list {
		if m := &list[i]; m.time > 0 {
			time, busy = time+m.time, busy+m.time*m.balance.Mean
		}
	}
	over := func(of func(*stats.Balance) float64) (mean, p95 float64) {
		var v []float64
		for i := range list {
			if x := of(&list[i].balance); x == x {
				v = append(v, x)
			}
		}
		slices.Sort(v)
		return stats.Total(v) / float64(len(v)), valueAt(v, .95)
	}
	max, maxP95 := over(func(v *stats.Balance) float64 { return v.Peak })
	peak, peakP95 := over(func(v *stats.Balance) float64 { return v.PeakToMean })
	cv, cvP95 := over(func(v *stats.Balance) float64 { return v.CV })
	jain, _ := over(func(v *stats.Balance) float64 { return v.Jain })
	gini, _ := over(func(v *stats.Balance) float64 { return v.Gini })
	u := metricUtilization
	b.ratio(ofMinutes(u.Mean), busy, time)
	b.add(ofMinutes(u.Max), max)
	b.add(ofMinutes(u.PeakToMean), peak)
	b.add(ofMinutes(u.CV), cv)
	b.add(ofMinutes(u.Jain), jain)
	b.add(ofMinutes(u.Gini), gini)
	b.add(ofMinutes(metricMinuteMax), maxP95)
	b.add(ofMinutes(metricMinutePeak), peakP95)
	b.add(ofMinutes(metricMinuteCV), cvP95)
}
