package gcp

import (
	"errors"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/sim"
)

var _ = policies.Register("gcp/generated-cookie", GeneratedCookie{}, policies.Doc{
	Summary: "GENERATED_COOKIE affinity: a cookie (GCLB, GCILB) whose value is hashed over the healthy backends",
	Detail:  "Best effort: the cookie names no backend, so clients move when backends come and go.",
	Source:  backendServices,
	Key:     policies.KeyCookie,
	Claims:  policies.Claims{Uniform: true, Sticky: true, Minimal: true, LeaveMoves: 0.02},
})

// GeneratedCookie is the affinity by a cookie of the balancer, and by HTTP_COOKIE, whose name the user gives.
type GeneratedCookie struct {
	TTL sim.Time `yaml:"ttl" doc:"affinityCookieTtlSec since the cookie was set, at most 2 weeks; 0 = the client's session"`
}

// Validate checks the ttl.
func (c GeneratedCookie) Validate() error { return checkTTL(c.TTL) }

func checkTTL(t sim.Time) error {
	if t < 0 || t > fortnight {
		return errors.New("ttl: must be between 0s and 336h (2 weeks)")
	}
	return nil
}

// New makes an instance.
func (c GeneratedCookie) New(env sim.Env) sim.Balancer {
	return maglev(envoy.HashKey{Policy: "cookie", TTL: c.TTL}, env)
}
