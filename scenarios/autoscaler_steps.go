package scenarios

import (
	"math"
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// cloud are the defaults of an autoscaler that is driven by alarms: one data point a minute, five minutes of warm-up.
var cloud = sim.Autoscaler{Min: 1, Max: 10, Target: 0.65, Period: sim.Minute, WarmUp: 300 * sim.Second, Drain: 300 * sim.Second}

var alarms = append(slices.Clone(watching),
	at("warm_up", "time from ready until a server counts in the metric", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.WarmUp }),
)

func points(key, doc string, to func(*scaling) *int) field[scaling] {
	return at(key, doc, integer(1, 10_000), to)
}

var stepRule = rule{
	"step", "Amazon EC2 Auto Scaling's step scaling: the change depends on the distance from the target",
	append(within(alarms, autoscalerOf),
		at("adjust", "what by means in a step: servers to add (change), percent to add (percent), or the new size (exact)",
			choice([]string{"change", "percent", "exact"}, sim.ChangeInCapacity, sim.PercentChangeInCapacity, sim.ExactCapacity), func(s *scaling) *sim.Adjustment { return &s.step.Adjust }),
		needed(at("steps", "change per distance from the target; in a gap between steps, none", list(stepObject.kind(sim.Step{Lower: math.Inf(-1), Upper: math.Inf(1)}), 1, 100), func(s *scaling) *[]sim.Step { return &s.step.Steps })),
		at("least", "smallest change in servers, with percent", integer(0, maxServers), func(s *scaling) *int { return &s.step.Least }),
		points("out_points", "consecutive data points above the target, in a step, before it applies", func(s *scaling) *int { return &s.step.OutPoints }),
		points("in_points", "consecutive data points below the target, in a step, before it applies", func(s *scaling) *int { return &s.step.InPoints }),
	),
	scaling{Autoscaler: withRule(cloud, sim.StepScale), step: sim.StepScaling{OutPoints: 1, InPoints: 1}},
	func(d *decoder, n *tree.Node, s *scaling) {
		s.Step = &s.step
		d.steps(n.Get("steps"), s.step.Steps)
	},
}

var stepObject = object[sim.Step]{
	at("lower", "smallest distance, metric minus target; default: any below upper", anyNumber(), func(s *sim.Step) *float64 { return &s.Lower }),
	at("upper", "largest distance; default: any above lower", anyNumber(), func(s *sim.Step) *float64 { return &s.Upper }),
	needed(at("by", "servers, percent or size, depending on adjust", anyNumber(), func(s *sim.Step) *float64 { return &s.By })),
}

// steps refuses empty and overlapping steps.
func (d *decoder) steps(n *tree.Node, all []sim.Step) {
	for i, s := range all {
		if s.Lower >= s.Upper {
			d.fail(n.Items[i], "out-of-range", "has lower at or above upper", "")
			return
		}
		for _, t := range all[:i] {
			if s.Lower < t.Upper && t.Lower < s.Upper {
				d.fail(n.Items[i], "conflict", "overlaps an earlier step", "a distance belongs to at most one step")
				return
			}
		}
	}
}

var trackingRule = rule{
	"target_tracking", "Amazon EC2 Auto Scaling's target tracking: in proportion to the distance from the target, out fast and in slowly",
	append(within(alarms, autoscalerOf),
		points("out_points", "consecutive data points above the target before scaling out", func(s *scaling) *int { return &s.tracking.OutPoints }),
		points("in_points", "consecutive data points below in_below before scaling in", func(s *scaling) *int { return &s.tracking.InPoints }),
		at("in_below", "share of the target below which the fleet may shrink", share(0.01, 1), func(s *scaling) *float64 { return &s.tracking.InBelow }),
		at("cooldown_out", "time after scaling out before the next scaling out", span(0), func(s *scaling) *sim.Time { return &s.tracking.CooldownOut }),
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
