package cloudflare

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cloudflare/least_connections", LeastConnections{Failover: Failover{"none"}}, policies.Doc{
	Summary: "endpoint steering least_connections: an endpoint drawn in proportion to its weight, less for each open connection",
	Detail:  "Weight / (1 + connections) is assumed. Connections that Cloudflare keeps open to endpoints are not modelled: requests in flight count for them, and long-lived connections of clients.",
	Source:  "Cloudflare, Load Balancing: endpoint steering; API: pools, origin_steering",
	Key:     policies.KeyNone,
	Claims:  policies.Claims{Uniform: true, Weighted: true},
})

// LeastConnections is a pool with origin_steering.policy least_connections, without session affinity.
type LeastConnections struct {
	Failover `yaml:",inline"`
}

// New makes an instance.
func (c LeastConnections) New(env sim.Env) sim.Balancer {
	return &balancer{c.Failover, newSteering("least_connections", env)}
}
