package aws

import (
	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

const targetGroups = "AWS, Application Load Balancer user guide, target groups: routing algorithms"

var (
	_ = policies.Register("aws-alb/round-robin", ALBRoundRobin{}, policies.Doc{
		Summary: "healthy targets in turn, the default",
		Source:  targetGroups,
		Claims:  policies.Claims{Uniform: true, Weighted: true, StrictTurn: true},
	})
	_ = policies.Register("aws-alb/least-outstanding", ALBLeastOutstanding{}, policies.Doc{
		Summary: "the target with the fewest requests in flight; ties are drawn",
		Source:  targetGroups,
		Claims:  policies.Claims{Uniform: true, Sample: -1},
	})
	_ = policies.Register("aws-alb/weighted-random", ALBWeightedRandom{}, policies.Doc{
		Summary: "a random healthy target, in proportion to weight",
		Detail:  "Automatic target weights (anomaly mitigation) are not modelled.",
		Source:  targetGroups,
		Claims:  policies.Claims{Uniform: true, Weighted: true},
	})
)

// failOpen spreads requests as an Application Load Balancer does, which uses all registered targets when all are unhealthy.
// Source: AWS, Application Load Balancer user guide, health checks for target groups.
func failOpen(a cloud.Algorithm, env sim.Env) *cloud.Balancer {
	b := a.New(env)
	b.FailOpen = true
	return b
}

// ALBRoundRobin is the algorithm round_robin.
type ALBRoundRobin struct{}

// New makes an instance.
func (ALBRoundRobin) New(env sim.Env) sim.Balancer { return failOpen(cloud.RoundRobin, env) }

// ALBLeastOutstanding is the algorithm least_outstanding_requests.
type ALBLeastOutstanding struct{}

// New makes an instance.
func (ALBLeastOutstanding) New(env sim.Env) sim.Balancer {
	return failOpen(cloud.LeastOutstanding, env)
}

// ALBWeightedRandom is the algorithm weighted_random.
type ALBWeightedRandom struct{}

// New makes an instance.
func (ALBWeightedRandom) New(env sim.Env) sim.Balancer { return failOpen(cloud.WeightedRandom, env) }
