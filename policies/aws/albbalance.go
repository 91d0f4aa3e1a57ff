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

// ALBRoundRobin is the algorithm round_robin.
type ALBRoundRobin struct{}

// New implements [policies.Config].
func (ALBRoundRobin) New(env sim.Env) sim.Balancer { return cloud.RoundRobin.New(env) }

// ALBLeastOutstanding is the algorithm least_outstanding_requests.
type ALBLeastOutstanding struct{}

// New implements [policies.Config].
func (ALBLeastOutstanding) New(env sim.Env) sim.Balancer { return cloud.LeastOutstanding.New(env) }

// ALBWeightedRandom is the algorithm weighted_random.
type ALBWeightedRandom struct{}

// New implements [policies.Config].
func (ALBWeightedRandom) New(env sim.Env) sim.Balancer { return cloud.WeightedRandom.New(env) }
