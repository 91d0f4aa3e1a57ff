package scenarios

import (
	"fmt"
	"math"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// lint reports what can be simulated and is probably a mistake, and refuses what would never end.
func (d *decoder) lint(a alternative, s *scene, l *VariantLoad, autoWarmup bool) {
	at := a.root.Get("workload")
	d.lintLoad(at, a, s, l)
	d.lintStart(at, &s.Model)
	d.lintLogs(at, &s.Model)
	d.lintTimes(a, s, autoWarmup)
	d.lintPolicies(a, s)
	d.lintState(a, s)
	d.lintAbandon(a, s)
	d.boundRecurrences(s)
	d.boundLoad(at, a, l)
}

// lintLoad warns of a fleet that cannot serve its load, and of runs that take hours.
func (d *decoder) lintLoad(at *tree.Node, a alternative, s *scene, l *VariantLoad) {
	if most := l.Capacity + autoscaled(&s.Model); l.Open >= most {
		d.warnOf(a, at, overload, fmt.Sprintf("the offered load is %.4g erlangs, the capacity %.4g, so queues grow as long as clients wait", l.Open, most),
			fmt.Sprintf("%.4g erlangs are 65 %% utilization; lower the load, or add servers", 0.65*most))
	}
	requests := 0.0
	for _, p := range l.Populations {
		requests += p.Requests
	}
	if total := requests * (s.Warmup + s.Duration).Seconds(); total > 1e10 {
		d.warnOf(a, at, longRun, fmt.Sprintf("about %.1g requests in every replication take hours to simulate", total), "shorten duration, or lower the load")
	}
}

// autoscaled is the capacity that an autoscaler can add to the fleet.
func autoscaled(m *sim.Model) float64 {
	if m.Autoscaler == nil || m.Autoscaler.Max <= len(m.Servers) {
		return 0
	}
	like := m.Template
	if like.Cores == 0 {
		like = m.Servers[0]
	}
	return float64(m.Autoscaler.Max-len(m.Servers)) * float64(like.Cores) * like.Speed
}

// lintLogs warns of logs that end long before the run.
func (d *decoder) lintLogs(at *tree.Node, m *sim.Model) {
	for i := range m.Populations {
		t := m.Populations[i].Trace
		if t == nil || len(t.Requests) == 0 {
			continue
		}
		if last, end := t.End(), m.Duration; last < end-max(end/10, 2*sim.Minute) {
			d.warn(at, shortLog, fmt.Sprintf("%s: the log ends at %s, the run at %s", m.Populations[i].Name, last, end), "it has no requests for the rest of the run")
		}
	}
}

// lintStart warns of populations that cannot start in equilibrium, or only in part.
func (d *decoder) lintStart(at *tree.Node, m *sim.Model) {
	if !m.Equilibrium {
		return
	}
	for i := range m.Populations {
		p := &m.Populations[i]
		if why := p.Unsettled(); why != "" {
			d.warn(at, startsEmpty, fmt.Sprintf("%s starts without clients: %s", p.Name, why), "write a warmup of several mean sessions")
		}
		if n := p.Leftovers(m); n > sim.MostLeftovers {
			d.warn(at, startsLight, fmt.Sprintf("%s: memory starts without the states of about %.2g sessions that are over (state.idle_timeout is %s)", p.Name, n, p.IdleTimeout),
				"shorten idle_timeout, or write a warmup as long")
		}
	}
}

// boundLoad refuses runs that cannot end or do not fit into memory.
func (d *decoder) boundLoad(at *tree.Node, a alternative, l *VariantLoad) {
	const mostActive, mostRate = 4e7, 1e9
	active, rate := 0.0, 0.0
	for _, p := range l.Populations {
		active += p.Active
		rate += p.Requests
	}
	switch {
	case active > mostActive || math.IsNaN(active):
		d.fail(at, "too-many", fmt.Sprintf("%s: %.3g clients would be active at a time, the limit is %.3g", a.name, active, mostActive), "lower the rate or shorten the sessions")
	case rate > mostRate || math.IsNaN(rate):
		d.fail(at, "too-many", fmt.Sprintf("%s: %.3g requests a second, the limit is %.3g", a.name, rate, mostRate), "lower the rate or raise think")
	}
}
