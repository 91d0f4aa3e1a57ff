package scenarios

import (
	"math"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/hpa"
)

// scaling is an autoscaler while it is read. It holds by value what the autoscaler points to, so that no default is shared.
type scaling struct {
	sim.Autoscaler
	behavior hpa.Behavior
	step     sim.StepScaling
	tracking sim.TargetTracking
}

func autoscalerOf(s *scaling) *sim.Autoscaler { return &s.Autoscaler }

var leaving = object[sim.Autoscaler]{
	at("drain", "drain time of servers that are removed", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Drain }),
	at("victim", "which server is removed first; servers that are not ready are removed before all others",
		choice([]string{"newest", "oldest", "fewest_sessions"}, sim.Newest, sim.Oldest, sim.FewestSessions), func(a *sim.Autoscaler) *sim.Victim { return &a.Victim }),
}

// watching are the settings of every rule that follows a metric.
var watching = append(object[sim.Autoscaler]{
	at("metric", "metric per server that is held at the target: utilization, request_rate (per second), in_flight (requests) or sessions",
		choice([]string{"utilization", "request_rate", "in_flight", "sessions"}, sim.MeanUtilization, sim.RequestRate, sim.InFlight, sim.HeldSessions),
		func(a *sim.Autoscaler) *sim.ScalingMetric { return &a.Metric }),
	at("target", "target mean of the metric over the servers; for utilization, a share", share(0.001, 1e9), func(a *sim.Autoscaler) *float64 { return &a.Target }),
	needed(at("min", "fewest servers", integer(1, maxServers), func(a *sim.Autoscaler) *int { return &a.Min })),
	needed(at("max", "most servers", integer(1, maxServers), func(a *sim.Autoscaler) *int { return &a.Max })),
	at("period", "time between two decisions, or data points", span(sim.Second), func(a *sim.Autoscaler) *sim.Time { return &a.Period }),
	at("window", "time over which the metric is averaged; 0: the period", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Window }),
	at("delay", "age of the metric when a decision uses it", span(0), func(a *sim.Autoscaler) *sim.Time { return &a.Delay }),
}, leaving...)

// rule is a way in which an autoscaler decides.
type rule struct {
	word, doc string
	object[scaling]
	def    scaling
	finish func(d *decoder, n *tree.Node, s *scaling) // checks the fields together, and points to the parts that are used
}

var rules = []rule{hpaRule, stepRule, trackingRule}

var scalers = func() object[scaling] {
	var o object[scaling]
	for _, r := range rules {
		o = append(o, field[scaling]{key: r.word, doc: r.doc, schema: r.shape(&r.def), read: func(d *decoder, n *tree.Node, s *scaling) {
			sizes := s.Schedule
			*s = r.def
			s.Schedule = sizes
			r.read(d, n, s)
			d.watched(n, &s.Autoscaler)
			r.finish(d, n, s)
		}})
	}
	sizes := field[scaling]{key: "schedule", doc: "fleet sizes and bounds by time, alone or in addition to a rule; default: none", schema: schedule.schema, read: func(d *decoder, n *tree.Node, s *scaling) {
		if list, ok := schedule.read(d, n); ok {
			s.Schedule = &sim.Schedule{Sizes: list}
		}
	}}
	return append(append(o, sizes), within(leaving, autoscalerOf)...)
}()

// watched checks the fields of a rule together.
func (d *decoder) watched(n *tree.Node, a *sim.Autoscaler) {
	target := n.Get("target")
	switch {
	case a.Min > a.Max:
		d.fail(n, "out-of-range", "has min above max", "")
	case a.Metric == sim.MeanUtilization && a.Target > 1:
		d.fail(target, "out-of-range", "must be a utilization from 0.1% to 100%, got "+plain(target.Text), "write target: 60%, or another metric")
	case a.Metric != sim.MeanUtilization && target == nil:
		d.fail(n, "missing-field", "needs target", "target mean of the metric over the servers")
	}
}

// autoscaler is {hpa: {...}}, {step: {...}}, {target_tracking: {...}} or {schedule: [...]}, or none.
func autoscaler() kind[*sim.Autoscaler] {
	k := word(pointer(scalers.kind(scaling{Autoscaler: scheduledOnly})), "none", nil)
	return kind[*sim.Autoscaler]{schema: k.schema, read: func(d *decoder, n *tree.Node) (*sim.Autoscaler, bool) {
		s, ok := k.read(d, n)
		if s == nil || !ok || !d.oneRule(n) {
			return nil, ok && s == nil
		}
		a := &s.Autoscaler
		if a.Rule == sim.ScheduledOnly {
			a.Max = len(d.fleet)
			for _, size := range a.Schedule.Sizes {
				a.Max = max(a.Max, size.Size, size.Max, size.Min)
			}
		}
		if len(d.fleet) < a.Min || len(d.fleet) > a.Max {
			d.warn(n, fleetOutside, "the fleet starts outside min and max", "give servers.count a value between them")
		}
		return a, true
	}}
}

// oneRule checks that an autoscaler has one way to decide.
func (d *decoder) oneRule(n *tree.Node) bool {
	given := ""
	for _, r := range rules {
		switch at := n.Get(r.word); {
		case at != nil && given != "":
			d.fail(at, "conflict", "has "+given+" and "+r.word, "an autoscaler has one of them")
			return false
		case at != nil:
			given = r.word
		}
	}
	if given == "" && n.Get("schedule") == nil {
		d.fail(n, "missing-field", "needs a rule", "write hpa, step, target_tracking or schedule")
		return false
	}
	for _, f := range leaving {
		if at := n.Get(f.key); at != nil && given != "" {
			d.fail(at, "conflict", "belongs to "+given, "write it inside "+given)
			return false
		}
	}
	return true
}

// anyNumber is a number of either sign.
func anyNumber() kind[float64] { return number(-math.MaxInt32, math.MaxInt32) }
