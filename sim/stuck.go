package sim

import (
	"stickysim/sim/diag"
	"stickysim/sim/metric"
)

// usualLongest is how long a request without a timeout may be in flight before it counts as stuck.
const usualLongest = Minute

var (
	metricStuck = metric.Register(metric.Family{Name: "requests.stuck", Kind: metric.Count, Better: metric.Less, Labels: byPopulation,
		Short:   "requests in flight at the end for longer than a timeout",
		Doc:     "Of requests.in_flight, those first sent longer ago than their client's timeout, or than a minute where the client has none. They count in availability.requests as not answered, and in no latency.",
		Formula: "number"})
	stuckRequests = diag.Register(diag.Code{Name: "requests-stuck", Severity: diag.Caution,
		Doc: "Requests were still in flight at the end of the run, for longer than their client's timeout, or than a minute where there is none. Their latency is not known, so latencies look better than they were."})
)

// longest is how long a request may be in flight before it counts as stuck: its client's timeout, or usualLongest.
func (r *run) longest(rq *request) Time {
	switch p := r.pops[rq.pop]; {
	case p.Timeout == nil:
		return usualLongest
	case p.lane.span < Never:
		return p.lane.span
	default:
		return FromSeconds(p.Timeout.Sample(rq.key.At(uint64(rq.seq)*purposes + forTimeout).At(0)))
	}
}

// stuck counts, by population, the requests of the measured part that have been in flight for too long at its end.
func (r *run) stuck() []int64 {
	n := make([]int64, len(r.pops))
	for i := range r.requests {
		rq := &r.requests[i]
		if rq.phase != free && rq.phase != done && rq.flags&(measured|orphan) == measured && r.end-rq.sent > r.longest(rq) {
			n[rq.pop]++
		}
	}
	return n
}

var _ = reports(11, func(r *run, b *metricsBuilder) {
	all := int64(0)
	pops := b.res.Populations
	for i := range pops {
		all += pops[i].Stuck
	}
	b.count(metricStuck.ID(), all)
	for i := range pops {
		if len(pops) > 1 {
			b.count(part(metricStuck, ofPopulation(pops[i].Name)), pops[i].Stuck)
		}
	}
	if all > 0 {
		w := stuckRequests.At("workload", "%d requests were still in flight at the end, for longer than their client's timeout, or than a minute where there is none; they count as not answered", all)
		w.Metric = metricAvailable.Name
		b.res.Warnings = append(b.res.Warnings, w)
	}
})
