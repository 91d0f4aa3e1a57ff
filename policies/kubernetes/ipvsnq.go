package kubernetes

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("kubernetes/ipvs-nq", IPVSNeverQueue{}, leastOf("nq", "the first idle endpoint, otherwise the one with the shortest expected delay"))

// IPVSNeverQueue is scheduler nq.
type IPVSNeverQueue struct {
	IPVS `yaml:",inline"`
}

// New makes an instance.
func (c IPVSNeverQueue) New(env sim.Env) sim.Balancer {
	return c.new(&ipvsLeast{load: expected, idle: true}, env)
}
