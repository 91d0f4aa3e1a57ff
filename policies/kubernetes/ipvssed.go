package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-sed", IPVSShortestExpectedDelay{}, leastOf("sed", "the ready endpoint with the shortest expected delay: (connections + 1) / weight"))

// IPVSShortestExpectedDelay is scheduler sed.
type IPVSShortestExpectedDelay struct {
	IPVS `yaml:",inline"`
}

// New makes an instance.
func (c IPVSShortestExpectedDelay) New(env sim.Env) sim.Balancer {
	return c.new(&ipvsLeast{load: expected}, env)
}
