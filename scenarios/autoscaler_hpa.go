package scenarios

import (
	"slices"
	"time"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/hpa"
)

// Limits of Kubernetes' API: HPAScalingRules and HPAScalingPolicy of autoscaling/v2.
const (
	maxStabilization = sim.Hour
	maxRatePeriod    = 30 * sim.Minute
)

// hpaRule has the defaults of Kubernetes' horizontal pod autoscaler, with this project's target.
var hpaRule = rule{
	"hpa", "Kubernetes' horizontal pod autoscaler", hpaObject,
	scaling{Autoscaler: sim.Autoscaler{Rule: sim.HPA, Min: 1, Max: 10, Target: 0.65, Period: 15 * sim.Second, Tolerance: 0.1, Stabilize: 300 * sim.Second, Drain: 300 * sim.Second}},
	func(d *decoder, n *tree.Node, s *scaling) {
		if at := given(n, "behavior"); at != nil {
			s.behavior = hpa.Behavior{ScaleUp: hpa.DefaultScaleUp(), ScaleDown: hpa.DefaultScaleDown()}
			s.behavior.ScaleDown.Stabilization = time.Duration(s.Stabilize)
			behaviorObject.read(d, at, &s.behavior)
			s.Behavior = &s.behavior
		}
	},
}

var hpaObject = append(within(append(slices.Clone(watching),
	at("tolerance", "relative deviation from the target that is tolerated", share(0, 1), func(a *sim.Autoscaler) *float64 { return &a.Tolerance }),
	at("stabilize", "stabilisation window of scale-down", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Stabilize }),
	at("initialization", "age up to which a server's utilization counts only if the server was ready for a whole window; 0: 5 min", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Initialization }),
), autoscalerOf), declared[scaling]("behavior", "windows, rates and tolerances per direction", behaviorObject.shape(nil)))

var behaviorObject = object[hpa.Behavior]{
	direction("scale_up", "rules of scale-up; default: at once, by the larger of 4 servers and 100 % in 15 s", hpa.DefaultScaleUp(), func(b *hpa.Behavior) *hpa.Rules { return &b.ScaleUp }),
	direction("scale_down", "rules of scale-down; default: to any size, after stabilize", hpa.DefaultScaleDown(), func(b *hpa.Behavior) *hpa.Rules { return &b.ScaleDown }),
}

// direction reads rules over the defaults of a direction.
func direction(key, doc string, def hpa.Rules, to func(*hpa.Behavior) *hpa.Rules) field[hpa.Behavior] {
	return field[hpa.Behavior]{key: key, doc: doc, schema: rulesObject.shape(&def), read: func(d *decoder, n *tree.Node, b *hpa.Behavior) {
		rulesObject.read(d, n, to(b))
	}}
}

var rulesObject = object[hpa.Rules]{
	at("stabilization", "stabilisation window: the most cautious proposal in it applies; at most 1 h; default: 0 up, stabilize down", shortSpan(0, maxStabilization), func(r *hpa.Rules) *time.Duration { return &r.Stabilization }),
	at("policies", "limits of the change per period; default: as of the direction", list(policyOfRate(), 1, 100), func(r *hpa.Rules) *[]hpa.Policy { return &r.Policies }),
	at("select", "which of several policies applies: the one that allows the largest change (max), the smallest (min), or none (disabled)",
		choice([]string{"max", "min", "disabled"}, hpa.MaxChange, hpa.MinChange, hpa.Disabled), func(r *hpa.Rules) *hpa.Select { return &r.Select }),
	at("tolerance", "relative deviation from the target that is tolerated in this direction; default: tolerance", pointer(share(0, 1)), func(r *hpa.Rules) **float64 { return &r.Tolerance }),
}

var rateObject = object[hpa.Policy]{
	rate("pods", "servers per period; this or percent", hpa.Pods),
	rate("percent", "percent of the servers per period, as a whole number; this or pods", hpa.Percent),
	needed(at("period", "length of the period, at most 30 min", shortSpan(sim.Second, maxRatePeriod), func(p *hpa.Policy) *time.Duration { return &p.Period })),
}

func rate(key, doc string, t hpa.PolicyType) field[hpa.Policy] {
	k := integer(1, maxServers)
	return field[hpa.Policy]{key: key, doc: doc, schema: k.schema, read: func(d *decoder, n *tree.Node, p *hpa.Policy) {
		p.Type = t
		p.Value, _ = k.read(d, n)
	}}
}

// policyOfRate is {pods: 4, period: 15s} or {percent: 100, period: 15s}.
func policyOfRate() kind[hpa.Policy] {
	k := rateObject.kind(hpa.Policy{})
	return kind[hpa.Policy]{schema: k.schema, read: func(d *decoder, n *tree.Node) (hpa.Policy, bool) {
		p, ok := k.read(d, n)
		pods, percent := n.Get("pods"), n.Get("percent")
		switch {
		case ok && pods != nil && percent != nil:
			d.fail(percent, "conflict", "has pods and percent", "make it two policies")
			return p, false
		case ok && pods == nil && percent == nil:
			d.fail(n, "missing-field", "needs pods or percent", "write {pods: 4, period: 15s}")
			return p, false
		}
		return p, ok
	}}
}

// shortSpan is a duration with an upper bound.
func shortSpan(least, most sim.Time) kind[time.Duration] {
	k := span(least)
	return kind[time.Duration]{schema: k.schema, read: func(d *decoder, n *tree.Node) (time.Duration, bool) {
		t, ok := k.read(d, n)
		if ok && t > most {
			d.fail(n, "out-of-range", "must be at most "+most.String()+", got "+plain(n.Text), "")
			return 0, false
		}
		return time.Duration(t), ok
	}}
}
