package scenarios

import (
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// scheduledOnly is an autoscaler with only a schedule; its bounds are the smallest and the largest size there.
var scheduledOnly = sim.Autoscaler{Rule: sim.ScheduledOnly, Min: 1, Max: 1, Drain: 300 * sim.Second}

var sizeObject = object[sim.ScheduledSize]{
	needed(at("at", "first time, from the start of the measured part", span(0), func(s *sim.ScheduledSize) *sim.Time { return &s.At })),
	at("every", "time between recurrences, which there are in the warm-up, too; default: it happens once", span(sim.Second), func(s *sim.ScheduledSize) *sim.Time { return &s.Every }),
	at("servers", "new size of the fleet; default: unchanged", integer(1, maxServers), func(s *sim.ScheduledSize) *int { return &s.Size }),
	at("min", "fewest servers from now on; default: unchanged", integer(1, maxServers), func(s *sim.ScheduledSize) *int { return &s.Min }),
	at("max", "most servers from now on; default: unchanged", integer(1, maxServers), func(s *sim.ScheduledSize) *int { return &s.Max }),
}

// schedule is a list of sizes and bounds.
var schedule = list(scheduledSize(), 1, 1000)

func scheduledSize() kind[sim.ScheduledSize] {
	k := sizeObject.kind(sim.ScheduledSize{})
	return kind[sim.ScheduledSize]{schema: k.schema, read: func(d *decoder, n *tree.Node) (sim.ScheduledSize, bool) {
		s, ok := k.read(d, n)
		switch {
		case !ok:
		case s.Size == 0 && s.Min == 0 && s.Max == 0:
			d.fail(n, "missing-field", "changes nothing", "write servers, min or max")
			ok = false
		case s.Max > 0 && s.Max < s.Min:
			d.fail(n, "out-of-range", "has min above max", "")
			ok = false
		}
		return s, ok
	}}
}
