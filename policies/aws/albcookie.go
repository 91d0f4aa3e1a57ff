package aws

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

const (
	albGuide = "AWS, Application Load Balancer user guide, sticky sessions"
	day      = 24 * sim.Hour
)

var _ = policies.Register("aws-alb/lb-cookie", LBCookie{Duration: day, Algorithm: "round_robin"}, policies.Doc{
	Summary: "duration-based stickiness: cookie AWSALB, set with every response",
	Detail: "The duration counts from the last response. A client whose target is unhealthy or deregistered gets another " +
		"by the algorithm and stays there.",
	Source: albGuide,
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Uniform: true, Sticky: true},
})

// LBCookie is ALB stickiness of type lb_cookie.
type LBCookie struct {
	Duration  sim.Time `yaml:"duration" doc:"stickiness.lb_cookie.duration_seconds: 1s to 7 days since the last response"`
	Algorithm string   `yaml:"algorithm" check:"oneof=round_robin|least_outstanding_requests|weighted_random" doc:"load_balancing.algorithm.type, for clients without a target"`
}

// Validate checks the duration.
func (c LBCookie) Validate() error { return checkDuration(c.Duration) }

func checkDuration(d sim.Time) error {
	if d < sim.Second || d > 7*day {
		return errors.New("duration: must be between 1s and 168h (7 days)")
	}
	return nil
}

// New makes an instance.
func (c LBCookie) New(env sim.Env) sim.Balancer {
	return &cloud.Affinity{Balancer: failOpen(cloud.Algorithm(c.Algorithm), env), TTL: c.Duration, Sliding: true}
}
