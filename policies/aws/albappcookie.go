package aws

import (
	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

var _ = policies.Register("aws-alb/app-cookie", AppCookie{Duration: day, Algorithm: "round_robin"}, policies.Doc{
	Summary: "application-based stickiness: cookie AWSALBAPP beside the application's own",
	Detail: "The balancer's cookie is made when the application sets its own, which it does here when a client is new to a " +
		"target, and when its session begins again; the duration counts from then.",
	Source: albGuide,
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Uniform: true, Sticky: true},
})

// AppCookie is ALB stickiness of type app_cookie.
type AppCookie struct {
	Duration  sim.Time `yaml:"duration" doc:"stickiness.app_cookie.duration_seconds: 1s to 7 days since the application set its cookie"`
	Algorithm string   `yaml:"algorithm" check:"oneof=round_robin|least_outstanding_requests|weighted_random" doc:"load_balancing.algorithm.type, for clients without a target"`
}

// Validate checks the duration.
func (c AppCookie) Validate() error { return checkDuration(c.Duration) }

// New makes an instance.
func (c AppCookie) New(env sim.Env) sim.Balancer {
	return &cloud.Affinity{Balancer: failOpen(cloud.Algorithm(c.Algorithm), env), TTL: c.Duration, Application: true}
}
