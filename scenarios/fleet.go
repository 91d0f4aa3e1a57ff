package scenarios

import (
	"math"

	"stickysim/sim"
)

// mostServers bounds how many servers a run can see, replaced ones included: every replacement has a number of its own.
func mostServers(m *sim.Model) int {
	peak, fresh := largest(m), 0.0
	for i := range m.Timeline {
		a := &m.Timeline[i]
		hits := float64(max(a.Servers, len(a.Targets)))
		if a.Zone >= 0 {
			hits = peak
		}
		times := occurrences(m, a)
		if a.Each {
			times = occurrences(m, a) * peak
			hits = 1
		}
		fresh += times * a.NewServers(m, peak, hits)
	}
	if m.Autoscaler != nil {
		fresh += swings(m) * (peak - smallest(m.Autoscaler))
	}
	return int(min(peak+fresh, maxServers*5))
}

// largest is the largest size the fleet is meant to have.
func largest(m *sim.Model) float64 {
	peak := len(m.Servers)
	for i := range m.Timeline {
		peak = max(peak, m.Timeline[i].FleetSize())
	}
	if a := m.Autoscaler; a != nil {
		peak = max(peak, a.Max)
		if a.Schedule != nil {
			for _, s := range a.Schedule.Sizes {
				peak = max(peak, s.Max, s.Min)
			}
		}
	}
	return float64(peak)
}

// smallest is the least an autoscaler may leave of the fleet.
func smallest(a *sim.Autoscaler) float64 {
	least := a.Min
	if a.Schedule != nil {
		for _, s := range a.Schedule.Sizes {
			if s.Min > 0 {
				least = min(least, s.Min)
			}
		}
	}
	return float64(least)
}

// swings bounds how often an autoscaler can make the fleet small and large again.
func swings(m *sim.Model) float64 {
	a, length := m.Autoscaler, m.Warmup+m.Duration
	between := 2 * a.Period
	switch a.Rule {
	case sim.HPA:
		// What it has just asked for keeps it from shrinking until the stabilisation window is over.
		between = max(between, a.Stabilize)
		if a.Behavior != nil {
			between = max(2*a.Period, sim.Time(a.Behavior.ScaleDown.Stabilization))
		}
	case sim.StepScale:
		between = a.Period * sim.Time(max(a.Step.OutPoints, 1)+max(a.Step.InPoints, 1))
	case sim.TrackTarget:
		between = a.Period * sim.Time(a.Tracking.OutPoints+a.Tracking.InPoints)
	}
	n := 0.0
	if a.Rule != sim.ScheduledOnly {
		n = float64(length/between) + 1
	}
	if a.Schedule == nil {
		return n
	}
	for _, s := range a.Schedule.Sizes {
		n++
		if s.Every > 0 {
			n += float64(length / s.Every)
		}
	}
	return n
}

// occurrences bounds how often an action happens: the mean and six standard deviations of a Poisson count.
func occurrences(m *sim.Model, a *sim.Action) float64 {
	if a.Every == nil {
		return 1
	}
	from, to := max(a.At, -m.Warmup), m.Duration
	if a.Until > 0 {
		to = min(to, a.Until)
	}
	mean := max((to-from).Seconds(), 0) / a.Every.Mean()
	return math.Ceil(mean + 6*math.Sqrt(mean) + 2)
}
