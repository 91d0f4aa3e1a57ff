package gcp

import (
	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/sim"
)

var _ = policies.Register("gcp/strong-cookie", StrongCookie{}, policies.Doc{
	Summary: "STRONG_COOKIE_AFFINITY: a cookie that names the backend",
	Detail:  "Kept while the backend is healthy, however many others come and go.",
	Source:  backendServices + "; stateful cookie-based session affinity",
	Key:     policies.KeyCookie,
	Claims:  policies.Claims{Uniform: true, Sticky: true},
})

// StrongCookie is the stateful affinity by cookie.
type StrongCookie struct {
	TTL sim.Time `yaml:"ttl" doc:"strongSessionAffinityCookie.ttl since the cookie was set, at most 2 weeks; 0 = the client's session"`
}

// Validate checks the ttl.
func (c StrongCookie) Validate() error { return checkTTL(c.TTL) }

// New makes an instance.
func (c StrongCookie) New(env sim.Env) sim.Balancer {
	return envoy.StatefulSession{
		Session: "cookie", TTL: c.TTL, LBPolicy: "round_robin", Cluster: cluster(),
	}.New(env)
}
