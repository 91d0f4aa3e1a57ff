package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-lc", IPVSLeastConnections{}, leastOf("lc", "the ready endpoint with the fewest connections"))

// IPVSLeastConnections is scheduler lc.
type IPVSLeastConnections struct {
	IPVS `yaml:",inline"`
}

// New makes an instance.
func (c IPVSLeastConnections) New(env sim.Env) sim.Balancer {
	return c.new(&ipvsLeast{load: func(s sim.ServerID, v *sim.View) (load, weight int64) { return present(s, v), 1 }}, env)
}
