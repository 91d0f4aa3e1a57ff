package scenarios

import (
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// lastAsLong makes a model whose only clients are those of logs last as long as the longest log, and a minute more for
// the last answers; nothing is left out as warm-up unless the scenario says so.
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
