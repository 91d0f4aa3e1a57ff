package scenarios

import (
	"fmt"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// allReplays reports whether all populations of a model are replays of logs that have requests.
func allReplays(m *sim.Model) bool {
	for i := range m.Populations {
		if t := m.Populations[i].Trace; t == nil || len(t.Requests) == 0 {
			return false
		}
	}
	return len(m.Populations) > 0
}

// fitReplays settles the clock of a model with replays. A warm-up that is given is the first part of the logs; none is
// looked for where all populations are replays, and the run then lasts as long as the longest log, and a minute for the last
// answers, unless its duration is given.
func (d *decoder) fitReplays(root *tree.Node, m *sim.Model, study *experiment.Study) {
	last := sim.Time(0)
	for i := range m.Populations {
		p := &m.Populations[i]
		if p.Trace == nil {
			continue
		}
		p.Trace.Begin = -m.Warmup
		last = max(last, p.Trace.End())
	}
	if !allReplays(m) {
		return
	}
	if study.AutoWarmup {
		study.AutoWarmup = false
		if at := root.Get("warmup"); at != nil {
			d.warn(at, noEffect, "has no effect on replays, which are counted from their first request on", "write warmup: 10m to use the first ten minutes of the logs as the warm-up")
		}
	}
	switch {
	case root.Get("duration") != nil:
	case last <= 0 && m.Warmup > 0:
		d.fail(root.Get("warmup"), "out-of-range", "is as long as the longest log", "write a shorter warm-up")
	case last > maxSpan-sim.Minute:
		d.fail(root.Get("workload"), "out-of-range", fmt.Sprintf("replays a log of %d years, and a run lasts at most 10: the time of a line may be wrong", int(last/(365*24*sim.Hour))), "correct that line, or write a duration")
	default:
		m.Duration = last + sim.Minute
	}
}
