package cloudflare

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cloudflare/least_outstanding_requests", LeastOutstanding{Failover: Failover{"none"}}, policies.Doc{
	Summary: "endpoint steering least_outstanding_requests: an endpoint drawn in proportion to its weight, less for each request it works on",
	Detail:  "Busy endpoints are \"weighted proportionately less\"; weight / (1 + requests in flight) is assumed, counted by each data center for itself.",
	Source:  "Cloudflare, Load Balancing: endpoint steering; API: pools, origin_steering",
	Key:     policies.KeyNone,
	Claims:  policies.Claims{Uniform: true, Weighted: true},
})

// LeastOutstanding is a pool with origin_steering.policy least_outstanding_requests, without session affinity.
type LeastOutstanding struct {
	Failover `yaml:",inline"`
}

// New makes an instance.
func (c LeastOutstanding) New(env sim.Env) sim.Balancer {
	return &balancer{c.Failover, newSteering("least_outstanding_requests", env)}
}
