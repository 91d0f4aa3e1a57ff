package aws

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/internal/cloud"
	"stickysim/sim"
)

var _ = policies.Register("aws-elb/classic-cookie", ClassicCookie{}, policies.Doc{
	Summary: "Classic Load Balancer: cookie AWSELB with a fixed expiry",
	Detail: "The cookie is set when a client is new to an instance and not refreshed; its age is the client's business. " +
		"Clients without one go to the instance with the fewest outstanding requests.",
	Source: "AWS, Classic Load Balancers user guide, sticky sessions",
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Uniform: true, Sticky: true},
})

// ClassicCookie is Classic Load Balancer stickiness, duration-based or (Expiration 0) for the client's session.
type ClassicCookie struct {
	Expiration sim.Time `yaml:"expiration" doc:"CookieExpirationPeriod since the cookie was set; 0 = the client's session"`
}

// Validate checks the expiration.
func (c ClassicCookie) Validate() error {
	if c.Expiration < 0 {
		return errors.New("expiration: must not be negative")
	}
	return nil
}

// New makes an instance.
func (c ClassicCookie) New(env sim.Env) sim.Balancer {
	return &cloud.Affinity{Balancer: cloud.LeastOutstanding.New(env), TTL: c.Expiration}
}
