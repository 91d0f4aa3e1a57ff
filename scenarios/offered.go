package scenarios

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/dist"
)

// VariantLoad is the load that the populations of a variant offer to its fleet, computed without a simulation.
type VariantLoad struct {
	Variant     string
	Populations []PopulationLoad
	Erlangs     float64 // of all populations
	Open        float64 // part of Erlangs from arriving sessions, replayed logs, and users who do not wait for answers
	Capacity    float64 // cores × speed of the fleet at the start; of the servers that get new clients, where any does
}

// Utilization is the utilization without losses and scaling. It is an upper bound for users, who wait for their answers.
func (l *VariantLoad) Utilization() float64 { return l.Erlangs / l.Capacity }

// PopulationLoad is the offered load of one population. NaN: not known without a simulation.
type PopulationLoad struct {
	Name     string
	Source   string  // "users", "sessions" or "replay"
	Sessions float64 // arrivals per second; NaN for users
	Active   float64 // clients active at a time, without queueing; for a replay, all its clients
	Requests float64 // per second
	Erlangs  float64 // seconds of work offered per second
	SCV      float64 // squared coefficient of variation of a session's work; of a request's, if sessions do not end
}

// offered computes the load of a model.
func offered(name string, m *sim.Model) VariantLoad {
	l := VariantLoad{Variant: name, Capacity: capacity(m)}
	for i := range m.Populations {
		p := loadOf(&m.Populations[i])
		l.Populations = append(l.Populations, p)
		l.Erlangs += p.Erlangs
		if p.Source != "users" || m.Populations[i].Loop != sim.ClosedLoop {
			l.Open += p.Erlangs
		}
	}
	return l
}

// capacity is that of the servers that get new clients, or of all where none does.
func capacity(m *sim.Model) float64 {
	up, all := 0.0, 0.0
	for i := range m.Servers {
		c := float64(m.Servers[i].Cores) * m.Servers[i].Speed
		all += c
		if m.Servers[i].Status == sim.Up && m.Servers[i].Info.Weight > 0 {
			up += c
		}
	}
	if up == 0 {
		return all
	}
	return up
}

func loadOf(p *sim.Population) PopulationLoad {
	l := PopulationLoad{Name: p.Name, Sessions: math.NaN()}
	work, think := mean(p.Demand), mean(p.Think)
	gap := think
	if p.Loop == sim.ClosedLoop {
		gap += work
	}
	count, scv := requestsOf(p, gap)
	l.SCV = scv
	if p.Demand != nil && work > 0 {
		l.SCV = p.Demand.SCV()
		if !math.IsInf(count, 1) {
			l.SCV = l.SCV/count + scv
		}
	}
	switch {
	case p.Trace != nil:
		return replayed(p, l)
	case p.Users > 0:
		l.Source, l.Active = "users", float64(p.Users)
		l.Requests = l.Active / gap
		l.Erlangs = l.Requests*work + perSession(p, l.Active/(count*gap))
	default:
		l.Source, l.Sessions = "sessions", p.Sessions.Rate()
		l.Active = l.Sessions * ((count-1)*gap + work)
		l.Requests = l.Sessions * count
		l.Erlangs = l.Requests*work + perSession(p, l.Sessions)
	}
	return l
}

// requestsOf is the mean and SCV of the requests of a session; the mean is +Inf for one that does not end.
func requestsOf(p *sim.Population, gap float64) (count, scv float64) {
	count = math.Inf(1)
	if p.Requests != nil {
		count, scv = max(1, p.Requests.Mean()), p.Requests.SCV()
	}
	if p.Life != nil && gap > 0 {
		if byLife := 1 + p.Life.Mean()/gap; byLife < count {
			count, scv = byLife, p.Life.SCV()
		}
	}
	return count, scv
}

// perSession is the work per second of opening connections.
func perSession(p *sim.Population, sessions float64) float64 {
	if p.Loop != sim.Connection {
		return 0
	}
	return sessions * mean(p.Handshake)
}

func replayed(p *sim.Population, l PopulationLoad) PopulationLoad {
	l.Source = "replay"
	requests := p.Trace.Requests
	if len(requests) == 0 {
		return l
	}
	work := 0.0
	for i := range requests {
		if d := float64(requests[i].Demand); d >= 0 {
			work += d
		} else {
			work += mean(p.Demand)
		}
	}
	span := max(requests[len(requests)-1].At.Seconds(), 1) // a rate per second, of a log that is shorter, too
	l.Active = float64(p.Trace.Active())
	l.Requests, l.Erlangs = float64(len(requests))/span, work/span
	l.SCV = math.NaN()
	return l
}

func mean(d dist.Dist) float64 {
	if d == nil {
		return 0
	}
	return d.Mean()
}
