package scenarios

import (
	"math"

	"stickysim/sim"
)

// mostServers bounds how many servers a run can see, replaced ones included: every replacement has a number of its own.
func mostServers(m *sim.Model) int {
	size := float64(len(m.Servers))
	peak, fresh := size, 0.0
	for i := range m.Timeline {
		a := &m.Timeline[i]
		hits := float64(max(a.Servers, len(a.Targets)))
		if a.Zone >= 0 {
			hits = size
		}
		times := occurrences(m, a)
		switch a.Kind {
		case sim.Deploy:
			fresh += times * (size + float64(a.Strategy.MaxSurge))
		case sim.Drain, sim.Preempt:
			if a.Replace {
				fresh += times * hits
			}
		case sim.ScaleTo:
			peak = max(peak, hits)
			fresh += times * hits
		}
	}
	if s := m.Autoscaler; s != nil {
		peak = max(peak, float64(s.Max))
		// Scaling in waits for the stabilisation window, so each window brings at most one swing through the range.
		swings := (m.Warmup + m.Duration).Seconds() / max(s.Stabilize, s.Period).Seconds()
		fresh += swings * float64(s.Max-s.Min)
	}
	return int(min(peak+fresh, maxServers*5))
}

// occurrences bounds how often an action happens: the mean and six standard deviations of a Poisson count.
func occurrences(m *sim.Model, a *sim.Action) float64 {
	if a.Every == nil {
		return 1
	}
	mean := (m.Warmup + m.Duration).Seconds() / max(a.Every.Mean(), 1e-3)
	return math.Ceil(mean + 6*math.Sqrt(mean) + 2)
}
