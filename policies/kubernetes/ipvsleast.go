package kubernetes

import (
	"stickysim/policies"
	"stickysim/policies/internal/least"
	"stickysim/sim"
)

// ipvsLeast takes the endpoint with the least load for its weight, the first of equals.
type ipvsLeast struct {
	loads least.Index[sim.ServerID]
	load  func(s sim.ServerID, v *sim.View) (load, weight int64)
	idle  bool // one without a connection is taken before all others
}

func (p *ipvsLeast) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	return p.loads.First()
}

func (p *ipvsLeast) rebuild(v *sim.View, _ []sim.ServerID) {
	p.loads.Fill(v.Eligible, func(s sim.ServerID) (load, share float64) { return p.perWeight(s, v), 1 })
}

func (p *ipvsLeast) moved(s sim.ServerID, v *sim.View) { p.loads.Move(s, p.perWeight(s, v)) }

// perWeight is what the endpoint with the least of is taken. Quotients compare as IPVS's products do: both are whole numbers far
// below 2^26.
func (p *ipvsLeast) perWeight(s sim.ServerID, v *sim.View) float64 {
	if p.idle && v.InFlight[s] == 0 {
		return -1
	}
	load, weight := p.load(s, v)
	return float64(load) / float64(weight)
}

// present counts the connections of an endpoint.
func present(s sim.ServerID, v *sim.View) int64 { return int64(v.InFlight[s]) }

// expected is the load of sed and nq: with the connection that comes.
func expected(s sim.ServerID, v *sim.View) (load, w int64) {
	return present(s, v) + 1, int64(weight(s, v))
}

// leastDoc describes a scheduler that looks at connections.
func leastDoc(name, summary string) policies.Doc {
	return policies.Doc{
		Summary: summary + " (IPVS scheduler " + name + ")",
		Detail:  "The first of equals, each time: a Service with little to do uses few of its endpoints." + ipvsNote,
		Source:  virtualIPs + "; " + ipvsSource + name + ".c",
	}
}

// leastOf is leastDoc of a scheduler that picks the least loaded of equally weighted endpoints.
func leastOf(name, summary string) policies.Doc {
	d := leastDoc(name, summary)
	d.Claims.Sample = -1
	return d
}
