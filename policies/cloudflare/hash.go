package cloudflare

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cloudflare/hash", Hash{Failover: Failover{"none"}}, policies.Doc{
	Summary: "endpoint steering hash: a hash of the client's address, in proportion to weight",
	Detail:  "The hash is not published: weighted rendezvous hashing stands for it, so only the clients of an endpoint that leaves or comes move (assumed).",
	Source:  "Cloudflare, Load Balancing: endpoint steering; API: pools, origin_steering",
	Key:     policies.KeyAddress,
	Claims:  policies.Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true},
})

// Hash is a pool with origin_steering.policy hash, without session affinity.
type Hash struct {
	Failover `yaml:",inline"`
}

// New makes an instance.
func (c Hash) New(env sim.Env) sim.Balancer { return &balancer{c.Failover, newSteering("hash", env)} }
