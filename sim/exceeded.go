package sim

import (
	"math"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// LatencyLimit is a limit on the latency of clients in each minute.
type LatencyLimit struct {
	Quantile   float64 // of the latency, in (0, 1); 0 = its mean
	Population string  // whose requests count; "" = all
	Limit      Time
}

var (
	aLatencyLimit = need("an objective on latency, in what cost prints", func(m *Model) bool { return len(m.LatencyLimits) > 0 })

	metricExceeded = metric.Register(metric.Family{Name: "latency.exceeded", Also: []string{"slo-violation", "time-above-objective"}, Kind: metric.Time, Better: metric.Less,
		Short: "time in which latency was above an objective",
		Doc: "The run is looked at in minutes. A minute counts in which an objective on latency does not hold for the requests that were answered in it, or in which requests failed and none was answered. " +
			"With several such objectives it counts once. A last minute that the run does not fill is left out.",
		Formula: "60 s × minutes in which a latency is above its objective", Undefined: "when the measured part is shorter than a minute", Needs: aLatencyLimit})
)

var _ = reports(0, func(r *run, b *metricsBuilder) {
	if !r.m.Reports(metricExceeded) {
		return
	}
	seconds := math.NaN()
	if r.m.Duration >= Minute {
		seconds = (Time(r.watch.limits.exceeded) * Minute).Seconds()
	}
	b.add(metricExceeded.ID(), seconds)
})

// limitWatch counts the minutes in which a limit was exceeded.
type limitWatch struct {
	exceeded int
	of       []limitWindow // by Model.LatencyLimits
}

// limitWindow is the minute in progress, for one limit.
type limitWindow struct {
	latency stats.Window
	tallies []*stats.Tally
	good    int64 // answers, at the end of the last minute
	sum     int64 // ns, at the end of the last minute
	failed  int64 // requests, at the end of the last minute
}

func newLimitWatch(limits []LatencyLimit) limitWatch {
	return limitWatch{of: make([]limitWindow, len(limits))}
}

// checkLimits ends a minute: it counts once if one of the limits was exceeded.
func (r *run) checkLimits() {
	w := &r.watch.limits
	over := false
	for i := range w.of {
		over = r.exceeds(&w.of[i], &r.m.LatencyLimits[i]) || over
	}
	if over {
		w.exceeded++
	}
}

// exceeds ends a minute of a limit and reports whether it was exceeded.
func (r *run) exceeds(w *limitWindow, l *LatencyLimit) bool {
	w.tallies = w.tallies[:0]
	good, sum, failed := int64(0), int64(0), int64(0)
	for i := range r.pops {
		if p := r.pops[i]; l.Population == "" || p.Name == l.Population {
			w.tallies = append(w.tallies, &p.stats.latency.counts)
			good, sum, failed = good+p.stats.good, sum+p.stats.latency.sum, failed+total(p.stats.failed[:])
		}
	}
	var value [1]float64
	n := good - w.good
	w.latency.Quantiles([]float64{l.Quantile}, value[:], uint32(n), w.tallies...)
	if l.Quantile == 0 {
		value[0] = float64(sum-w.sum) / float64(n)
	}
	none := n == 0 && failed > w.failed
	w.good, w.sum, w.failed = good, sum, failed
	return none || n > 0 && value[0] > float64(l.Limit)
}
