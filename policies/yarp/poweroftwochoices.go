package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/power-of-two-choices", PowerOfTwoChoices{DefaultCluster()}, doc("PowerOfTwoChoices", "PowerOfTwoChoices",
	"the less busy of two destinations drawn at random, the default",
	"The first drawn of equally busy ones.",
	policies.Claims{Uniform: true, Sample: 2}))

// PowerOfTwoChoices is a cluster with LoadBalancingPolicy PowerOfTwoChoices.
type PowerOfTwoChoices struct {
	Cluster `yaml:",inline"`
}

// New makes an instance.
func (c PowerOfTwoChoices) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Cluster, "PowerOfTwoChoices", env)
}
