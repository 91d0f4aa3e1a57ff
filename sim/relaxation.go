package sim

import "math"

// Filling is how long sessions and their states take to build up in a run that begins empty: the longest mean session of the
// populations, and the idle timeout of states that stay in memory. finite is false where a population's has no mean.
func (m *Model) Filling() (span Time, finite bool) {
	finite = true
	for i := range m.Populations {
		p := &m.Populations[i]
		seconds := p.sessionSeconds()
		if p.Users > 0 {
			seconds = p.cycle() // all are there at once
		}
		if p.Trace != nil || !(seconds < Never.Seconds()) {
			finite = finite && p.Trace != nil
			continue
		}
		if p.lingers(m) {
			seconds += p.IdleTimeout.Seconds()
		}
		span = max(span, FromSeconds(seconds))
	}
	return span, finite
}

// Relaxation is the time after which a queue of a server with so high a utilization has forgotten its start but for 1/e, at
// the work of the populations whose sessions arrive: E[S²]/E[S]/(2.8 c (1-√ρ)²). A fixed number of users has none, for they
// bound the queue. Source: Odoni & Roth, Operations Research 31, 1983.
func (m *Model) Relaxation(utilization float64) Time {
	work, squares := 0.0, 0.0
	for i := range m.Populations {
		p := &m.Populations[i]
		if p.Sessions == nil || p.Demand == nil {
			continue
		}
		requests := 1.0
		if p.Requests != nil {
			requests = max(p.Requests.Mean(), 1)
		}
		if p.Life != nil && p.cycle() > 0 {
			requests = 1 + p.Life.Mean()/p.cycle()
		}
		rate, s := p.Sessions.Rate()*requests, p.Demand.Mean()
		work += rate * s
		squares += rate * s * s * (1 + p.Demand.SCV())
	}
	if work == 0 {
		return 0
	}
	spare := 1 - math.Sqrt(utilization)
	return FromSeconds(squares / work / (2.8 * float64(m.Servers[0].Cores) * m.Servers[0].Speed * spare * spare))
}

// SetWarmup changes the length of the warm-up. The bound on servers grows with the run: recurring events make some.
func (m *Model) SetWarmup(warmup Time) {
	if spare := m.MaxServers - len(m.Servers); spare > 0 {
		longer := float64(warmup+m.Duration) / float64(m.Warmup+m.Duration)
		m.MaxServers = min(len(m.Servers)+int(math.Ceil(float64(spare)*max(longer, 1))), maxEntity>>8)
	}
	m.Warmup = warmup
}
