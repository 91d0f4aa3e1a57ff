package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

// ipvsLeast takes the endpoint with the least load for its weight, the first of equals.
type ipvsLeast struct {
	stateless
	load func(s sim.ServerID, v *sim.View) (load, weight int64)
	idle bool // one without a connection is taken before all others
}

func (p *ipvsLeast) schedule(q *sim.Request, v *sim.View) sim.ServerID {
	q.Why = sim.NotSticky
	best := v.Eligible[0]
	load, weight := p.load(best, v)
	for _, s := range v.Eligible {
		if p.idle && v.InFlight[s] == 0 {
			return s
		}
		if l, w := p.load(s, v); load*w > l*weight {
			best, load, weight = s, l, w
		}
	}
	return best
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
