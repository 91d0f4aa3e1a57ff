package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/least-requests", LeastRequests{DefaultCluster()}, doc("LeastRequests", "LeastRequests",
	"the destination with the fewest requests in flight",
	"The first of equally busy ones: a cluster with little to do sends nearly everything to one destination.",
	policies.Claims{Sample: -1}))

// LeastRequests is a cluster with LoadBalancingPolicy LeastRequests.
type LeastRequests struct {
	Cluster `yaml:",inline"`
}

// New makes an instance.
func (c LeastRequests) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Cluster, "LeastRequests", env)
}
