package scenarios

import (
	"math"
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// cloud are the settings of an autoscaler of alarms: data points of a minute, five minutes of warm-up.
var cloud = sim.Autoscaler{Min: 1, Max: 10, Target: 0.65, Period: sim.Minute, WarmUp: 300 * sim.Second, Drain: 300 * sim.Second}

var alarms = append(slices.Clone(watching),
	at("warm_up", "after getting ready, until a server counts in the metric", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.WarmUp }),
)

func points(key, doc string, to func(*scaling) *int) field[scaling] {
	return at(key, doc, integer(1, 10_000), to)
}

var stepRule = rule{
	"step", "by steps of the distance from the target, as Amazon EC2 Auto Scaling",
	append(within(alarms, autoscalerOf),
		at("adjust", "what the steps change: the size by servers (change) or percent, or it is the size (exact)",
			choice([]string{"change", "percent", "exact"}, sim.ChangeInCapacity, sim.PercentChangeInCapacity, sim.ExactCapacity), func(s *scaling) *sim.Adjustment { return &s.step.Adjust }),
		needed(at("steps", "what is done at which distance from the target; nothing in the gaps", list(stepObject.kind(sim.Step{Lower: math.Inf(-1), Upper: math.Inf(1)}), 1, 100), func(s *scaling) *[]sim.Step { return &s.step.Steps })),
		at("least", "with percent, changes are by at least so many servers", integer(0, maxServers), func(s *scaling) *int { return &s.step.Least }),
		points("out_points", "data points in a row above the target, in a step, before it is taken", func(s *scaling) *int { return &s.step.OutPoints }),
		points("in_points", "the same below it", func(s *scaling) *int { return &s.step.InPoints }),
	),
	scaling{Autoscaler: withRule(cloud, sim.StepScale), step: sim.StepScaling{OutPoints: 1, InPoints: 1}},
	func(d *decoder, n *tree.Node, s *scaling) {
		s.Step = &s.step
		d.steps(n.Get("steps"), s.step.Steps)
	},
}

var stepObject = object[sim.Step]{
	at("lower", "distance from which it is taken, metric minus target; left out, any below upper", anyNumber(), func(s *sim.Step) *float64 { return &s.Lower }),
	at("upper", "distance up to which it is taken; left out, any above lower", anyNumber(), func(s *sim.Step) *float64 { return &s.Upper }),
	needed(at("by", "servers, percent, or size, as adjust says", anyNumber(), func(s *sim.Step) *float64 { return &s.By })),
}

// steps refuses steps that are empty or overlap.
func (d *decoder) steps(n *tree.Node, all []sim.Step) {
	for i, s := range all {
		if s.Lower >= s.Upper {
			d.fail(n.Items[i], "out-of-range", "has lower at or above upper", "")
			return
		}
		for _, t := range all[:i] {
			if s.Lower < t.Upper && t.Lower < s.Upper {
				d.fail(n.Items[i], "conflict", "overlaps an earlier step", "every distance belongs to one step at most")
				return
			}
		}
	}
}

var trackingRule = rule{
	"target_tracking", "in proportion to the distance from the target, out fast and in slowly, as Amazon EC2 Auto Scaling",
	append(within(alarms, autoscalerOf),
		points("out_points", "data points in a row above the target, before scaling out", func(s *scaling) *int { return &s.tracking.OutPoints }),
		points("in_points", "data points in a row below in_below, before scaling in", func(s *scaling) *int { return &s.tracking.InPoints }),
		at("in_below", "share of the target below which the fleet may shrink", share(0.01, 1), func(s *scaling) *float64 { return &s.tracking.InBelow }),
		at("cooldown_out", "after scaling out, until scaling out again", span(0), func(s *scaling) *sim.Time { return &s.tracking.CooldownOut }),
		at("cooldown_in", "after any scaling, until scaling in", span(0), func(s *scaling) *sim.Time { return &s.tracking.CooldownIn }),
		at("out_only", "the fleet never shrinks", truth(), func(s *scaling) *bool { return &s.tracking.OutOnly }),
	),
	scaling{Autoscaler: withRule(cloud, sim.TrackTarget), tracking: sim.TargetTracking{OutPoints: 3, InPoints: 15, InBelow: 0.9}},
	func(d *decoder, n *tree.Node, s *scaling) { s.Tracking = &s.tracking },
}

func withRule(a sim.Autoscaler, r sim.ScalingRule) sim.Autoscaler {
	a.Rule = r
	return a
}
