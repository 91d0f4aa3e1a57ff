package caddy

import (
	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// Query binds a request by the value of a query argument: rendezvous hashing over the available upstreams, without
// weights. Requests that lack it are left to the fallback policy.
type Query struct {
	Proxy
	Version   string `yaml:"version" check:"oneof=new|old" doc:"new: xxHash64 (Caddy 2.7 on); old: FNV-1a (Caddy 2.6)"`
	Parameter string `yaml:"key" doc:"name of the query argument"`
	Fallback  string `yaml:"fallback" check:"oneof=random|first|round_robin|weighted_round_robin|least_conn|random_choose|ip_hash|client_ip_hash" doc:"policy for requests without it (Caddy 2.7 on)"`
}

// New makes an instance.
func (c Query) New(env sim.Env) sim.Balancer {
	return newTextBalancer(c.Proxy, env, keys.OwnValue, c.Version, c.Fallback)
}

var _ = policies.Register("caddy/query", Query{Proxy: defaults, Version: "new", Parameter: "k", Fallback: "random"}, policies.Doc{
	Summary: "rendezvous hash of a query argument",
	Source:  "Caddy lb_policy query; selectionpolicies.go, hostByHashing",
	Key:     policies.KeyHash,
	Claims:  policies.Claims{Sticky: true, Minimal: true, Limit: true},
})
