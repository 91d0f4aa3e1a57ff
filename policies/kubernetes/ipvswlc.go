package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-wlc", IPVSWeightedLeastConnections{}, leastOf("wlc", "the ready endpoint with the fewest connections for its weight"))

// IPVSWeightedLeastConnections is scheduler wlc.
type IPVSWeightedLeastConnections struct {
	IPVS `yaml:",inline"`
}

// New makes an instance.
func (c IPVSWeightedLeastConnections) New(env sim.Env) sim.Balancer {
	return c.new(&ipvsLeast{load: func(s sim.ServerID, v *sim.View) (load, w int64) { return present(s, v), int64(weight(s, v)) }}, env)
}
