package cloudflare

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cloudflare/random", Random{Failover: Failover{"none"}}, policies.Doc{
	Summary: "endpoint steering random: an endpoint drawn in proportion to its weight, the default",
	Source:  "Cloudflare, Load Balancing: endpoint steering; API: pools, origin_steering",
	Key:     policies.KeyNone,
	Claims:  policies.Claims{Uniform: true, Weighted: true},
})

// Random is a pool with origin_steering.policy random, without session affinity.
type Random struct {
	Failover `yaml:",inline"`
}

// New makes an instance.
func (c Random) New(env sim.Env) sim.Balancer {
	return &balancer{c.Failover, newSteering("random", env)}
}
