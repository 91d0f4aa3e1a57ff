package sim

import (
	"fmt"
	"slices"
)

// check refuses models that cannot run. Scenario files are checked with better words long before; this is the
// engine's own border.
func (m *Model) check() error {
	switch {
	case m.Duration <= 0 || m.Warmup < 0:
		return fmt.Errorf("sim: the duration must be positive and the warm-up not negative, got %v and %v", m.Duration, m.Warmup)
	case m.Warmup+m.Duration >= Never:
		return fmt.Errorf("sim: the run is too long: %v", m.Warmup+m.Duration)
	case m.SLO < 0 || m.SLO >= 1:
		return fmt.Errorf("sim: the share of requests that must be answered is below 1, got %g", m.SLO)
	case len(m.Servers) == 0:
		return fmt.Errorf("sim: a model needs a server")
	case len(m.Servers) > maxEntity>>8 || m.MaxServers > maxEntity>>8:
		return fmt.Errorf("sim: at most %d servers, got %d", maxEntity>>8, max(len(m.Servers), m.MaxServers))
	case len(m.Populations) == 0:
		return fmt.Errorf("sim: a model needs a population")
	case len(m.Populations) > 1<<15:
		return fmt.Errorf("sim: at most %d populations, got %d", 1<<15, len(m.Populations))
	case m.NewPolicy == nil:
		return fmt.Errorf("sim: a model needs a policy")
	case m.State.Kind == Replicated && m.State.Copies != 0 && (m.State.Copies < 2 || m.State.Copies > maxCopies):
		return fmt.Errorf("sim: state is replicated to all servers (0) or to 2 to %d, got %d", maxCopies, m.State.Copies)
	case m.State.Store.Calls > 100:
		return fmt.Errorf("sim: at most 100 store operations per request, got %d", m.State.Store.Calls)
	case m.Health.UnderLoad && m.Health.Interval == Never:
		return fmt.Errorf("sim: probes stand in line, and there are none")
	case m.Balancers.Count > 1<<10:
		return fmt.Errorf("sim: at most %d balancers, got %d", 1<<10, m.Balancers.Count)
	}
	for i := range m.Servers {
		if s := &m.Servers[i]; s.Cores < 1 || !(s.Speed > 0) {
			return fmt.Errorf("sim: server %s needs a core and a positive speed", s.Info.Name)
		}
		if m.Servers[i].Status > Down {
			return fmt.Errorf("sim: server %s is up, draining or down, and a member", m.Servers[i].Info.Name)
		}
	}
	if m.Autoscaler != nil {
		if err := m.Autoscaler.check(); err != nil {
			return err
		}
	}
	recorded := 0
	for i := range m.Populations {
		p := &m.Populations[i]
		if err := p.check(); err != nil {
			return err
		}
		if p.Trace != nil {
			recorded += len(p.Trace.Requests)
		}
		if p.Trace != nil && p.Trace.Begin < -m.Warmup {
			return fmt.Errorf("sim: the recording of population %s begins at %v, before the run at %v", p.Name, p.Trace.Begin, -m.Warmup)
		}
	}
	if recorded > maxEntity {
		return fmt.Errorf("sim: the recordings have %d requests, the limit is %d", recorded, maxEntity)
	}
	for i, a := range m.Timeline {
		switch {
		case a.Kind == nil:
			return fmt.Errorf("sim: timeline entry %d has no kind", i)
		case a.Scripted() && a.At < -m.Warmup:
			return fmt.Errorf("sim: timeline entry %d happens at %v, before the run begins at %v", i, a.At, -m.Warmup)
		}
		if a.Kind.check == nil {
			continue
		}
		if err := a.Kind.check(m, &a); err != nil {
			return fmt.Errorf("sim: timeline entry %d %w", i, err)
		}
	}
	return nil
}

func (p *Population) check() error {
	sources := 0
	for _, has := range []bool{p.Users > 0, p.Sessions != nil, p.Trace != nil} {
		if has {
			sources++
		}
	}
	if sources > 1 {
		return fmt.Errorf("sim: population %s must have users, sessions or a trace, not several of them", p.Name)
	}
	if p.Through != nil {
		if err := p.Through.check(); err != nil {
			return fmt.Errorf("sim: population %s: %w", p.Name, err)
		}
	}
	if p.Trace == nil && p.Resample != AsRecorded {
		return fmt.Errorf("sim: population %s has no recording to draw from", p.Name)
	}
	if p.Trace != nil && (p.Loop == Connection || p.Requests != nil || p.Life != nil) {
		return fmt.Errorf("sim: population %s is recorded: what its sessions are is in the trace", p.Name)
	}
	if p.Trace == nil && p.Loop == Causal {
		return fmt.Errorf("sim: population %s has no recording that says what follows what", p.Name)
	}
	if p.Loop != ClosedLoop && p.Think == nil && p.Trace == nil {
		return fmt.Errorf("sim: population %s sends without waiting for answers and needs a think time", p.Name)
	}
	if p.Think == nil && p.Requests == nil && p.Demand == nil && p.Trace == nil {
		return fmt.Errorf("sim: population %s sends infinitely many requests at one instant: it needs a think time or a demand", p.Name)
	}
	return nil
}

// room is how many servers there can be over the whole run.
func (m *Model) room() int { return max(m.MaxServers, len(m.Servers)) }

// roomAtFirst is for how many of them lists have room from the start: few fleets come near MaxServers, and the garbage collector
// would look through all of the room.
func (m *Model) roomAtFirst() int { return min(m.room(), len(m.Servers)+64) }

// interrupts reports whether anything can break off or slow down a service that has begun: only then does a server
// keep a list of what it serves.
func (m *Model) interrupts() bool {
	if len(m.Timeline) > 0 || m.Autoscaler != nil || m.Template.GC != nil {
		return true
	}
	for i := range m.Servers {
		if m.Servers[i].GC != nil {
			return true
		}
	}
	return false
}

// expected guesses how many clients are active at a time and how long an event waits, for sizing.
func (m *Model) expected() (clients int, hold Time) {
	n, weighted := 0.0, 0.0
	for i := range m.Populations {
		p := &m.Populations[i]
		here := float64(p.Users)
		if p.Sessions != nil {
			here = p.Sessions.Rate() * min(p.sessionSeconds(), (m.Warmup+m.Duration).Seconds())
		}
		if p.Trace != nil {
			here = float64(len(p.Trace.Clients))
		}
		n += here
		if p.Think != nil {
			weighted += here * p.Think.Mean()
		}
	}
	n = min(n, 1<<26)
	if n > 0 {
		hold = FromSeconds(weighted / n)
	}
	return int(n*1.05) + 16, max(hold, Microsecond)
}

// needsSessions reports whether any population's sessions have state or a size.
func (m *Model) needsSessions() bool {
	return slices.ContainsFunc(m.Populations, func(p Population) bool { return p.Stateful || p.Requests != nil })
}

// needsCold reports whether any population needs the rarely used part of the client record.
func (m *Model) needsCold() bool {
	for i := range m.Populations {
		if p := &m.Populations[i]; p.Life != nil || p.AddressChange != nil || p.BrowserRestart != nil {
			return true
		}
	}
	return false
}
