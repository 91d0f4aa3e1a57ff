package yarp

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/round-robin", RoundRobin{DefaultCluster()}, doc("RoundRobin", "RoundRobin",
	"available destinations in turn",
	"",
	policies.Claims{Uniform: true, StrictTurn: true}))

// RoundRobin is a cluster with LoadBalancingPolicy RoundRobin.
type RoundRobin struct {
	Cluster `yaml:",inline"`
}

// New makes an instance.
func (c RoundRobin) New(env sim.Env) sim.Balancer { return newBalancer(c.Cluster, "RoundRobin", env) }
