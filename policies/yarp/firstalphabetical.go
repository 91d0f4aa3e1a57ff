package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/first-alphabetical", FirstAlphabetical{DefaultCluster()}, doc("FirstAlphabetical", "First",
	"the available destination whose name comes first, whatever its load",
	"Names are compared without regard to case. The others are spares.",
	policies.Claims{}))

// FirstAlphabetical is a cluster with LoadBalancingPolicy FirstAlphabetical.
type FirstAlphabetical struct {
	Cluster `yaml:",inline"`
}

// New makes an instance.
func (c FirstAlphabetical) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Cluster, "FirstAlphabetical", env)
}
