package sim

import "stickysim/sim/metric"

// breakCause breaks requests that left their session's server down.
var breakCause = &metric.Dimension{Name: "cause", Doc: "why the request did not go where its client's last one went",
	Values: func() []metric.Term { return terms(Reasons()) }}

const (
	whenNoneHomed   = "when the policy is not sticky, or no answered request had a server to return to"
	whenNothingLeft = "when no session met a change of the fleet"
)

var (
	metricAffinityHit = metric.Register(metric.Family{Name: "affinity.hit", Also: []string{"sticky-rate", "hit-rate"}, Kind: metric.Share, Better: metric.More,
		Short:   "requests answered by their client's last server",
		Doc:     "Of the answered requests whose client has been answered by a server before, under a policy that is sticky: the share that the same server answered, after all retries and redispatches. Of clients that hold a connection open only its openings are routed: those after the first count, messages do not.",
		Formula: "requests answered by the last server / answered requests that had one", Undefined: whenNoneHomed,
		Show: metric.Show{Compare: 10, Summary: 18, Always: true, Column: 8, Title: "AFFINITY", Plot: 6}})
	metricAffinityBroken = metric.Register(metric.Family{Name: "affinity.broken", Also: []string{"broken-stickiness", "misrouted"}, Kind: metric.Share, Better: metric.Less, Labels: []*metric.Dimension{breakCause},
		Short: "requests answered by another server", Doc: "The complement of affinity.hit. The cause is that of the first attempt that went elsewhere. Breaking affinity loses a session only where its state stays behind.",
		Formula: "requests answered by another server / answered requests that had a last one", Undefined: whenNoneHomed})
	metricAffinityMoved = metric.Register(metric.Family{Name: "affinity.moved", Kind: metric.Share, Better: metric.Less,
		Short: "sessions that moved after a change of the fleet", Doc: "Of the sessions that sent their first request after their load balancer had noticed a change of the fleet.",
		Formula: "sessions sent elsewhere / sessions that met a change", Undefined: whenNothingLeft})
	metricDisruption = metric.Register(metric.Family{Name: "affinity.disruption", Kind: metric.Share, Better: metric.Less,
		Short: "sessions moved needlessly, of those that met a change", Doc: "The part of affinity.moved that the change did not force: the server was still usable.",
		Formula: "sessions sent away from a usable server / sessions that met a change", Undefined: whenNothingLeft,
		Show: metric.Show{Summary: 19}})
	metricNeedless = metric.Register(metric.Family{Name: "affinity.needless", Kind: metric.Share, Better: metric.Less,
		Short: "sessions moved needlessly, of those whose server stayed", Doc: "As affinity.disruption, of the sessions whose server the change had left usable.",
		Formula: "sessions sent away from a usable server / sessions whose server stayed usable", Undefined: "when no session met a change that left its server usable"})
)

var _ = reports(40, (*run).affinityMetrics)

func (r *run) affinityMetrics(b *metricsBuilder) {
	a := &r.affinity
	broken := total(a.broken[:])
	homed := float64(a.hit + broken)
	b.ratio(metricAffinityHit.ID(), float64(a.hit), homed)
	b.ratio(metricAffinityBroken.ID(), float64(broken), homed)
	for _, why := range Reasons() {
		b.ratio(metricAffinityBroken.With(breakCause.Name, why.String()), float64(a.broken[why]), homed)
	}
	b.ratio(metricAffinityMoved.ID(), float64(a.movedAll), float64(a.met))
	b.ratio(metricDisruption.ID(), float64(a.movedNeedlessly), float64(a.met))
	b.ratio(metricNeedless.ID(), float64(a.movedNeedlessly), float64(a.stayed))
}
