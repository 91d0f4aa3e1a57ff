package scenarios

import (
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// lastAsLong sets the duration of a model whose populations are all replays: the length of the longest log, and a minute for
// the last answers. With noWarmup, measuring starts at once.
func lastAsLong(m *sim.Model, study *experiment.Study, noWarmup bool) {
	last := sim.Time(0)
	for i := range m.Populations {
		t := m.Populations[i].Trace
		if t == nil || len(t.Requests) == 0 {
			return
		}
		last = max(last, t.Requests[len(t.Requests)-1].At)
	}
	if last == 0 {
		return
	}
	m.Duration = last + sim.Minute
	if noWarmup {
		study.AutoWarmup = false
		m.Warmup = 0
	}
}
