package caddy

import (
	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// URIHash binds a request by its target, query included: caches profit, clients do not stick.
type URIHash struct {
	Proxy
	Version string `yaml:"version" check:"oneof=new|old" doc:"new: xxHash64 (Caddy 2.7 on); old: FNV-1a (Caddy 2.6)"`
}

// New makes an instance.
func (c URIHash) New(env sim.Env) sim.Balancer {
	return newTextBalancer(c.Proxy, env, keys.Target(sim.URIText), c.Version, "random")
}

var _ = policies.Register("caddy/uri_hash", URIHash{Proxy: defaults, Version: "new"}, policies.Doc{
	Summary: "rendezvous hash of the request URI",
	Source:  "Caddy lb_policy uri_hash; selectionpolicies.go, hostByHashing",
	Key:     policies.KeyHash,
	Claims:  policies.Claims{Sticky: true, Minimal: true, Limit: true},
})
