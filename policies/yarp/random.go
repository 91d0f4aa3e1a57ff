package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/random", Random{DefaultCluster()}, doc("Random", "Random",
	"a random available destination",
	"",
	policies.Claims{Uniform: true}))

// Random is a cluster with LoadBalancingPolicy Random.
type Random struct {
	Cluster `yaml:",inline"`
}

// New makes an instance.
func (c Random) New(env sim.Env) sim.Balancer { return newBalancer(c.Cluster, "Random", env) }
