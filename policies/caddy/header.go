package caddy

import (
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// Header binds a request by the value of a request header: rendezvous hashing over the available upstreams, without
// weights. Requests that lack it are left to the fallback policy.
type Header struct {
	Proxy
	Version  string `yaml:"version" check:"oneof=new|old" doc:"new: xxHash64 (Caddy 2.7 on); old: FNV-1a (Caddy 2.6)"`
	Field    string `yaml:"field" doc:"name of the request header"`
	Fallback string `yaml:"fallback" check:"oneof=random|first|round_robin|weighted_round_robin|least_conn|random_choose|ip_hash|client_ip_hash" doc:"policy for requests without it (Caddy 2.7 on)"`
}

// New makes an instance.
func (c Header) New(env sim.Env) sim.Balancer {
	return newTextBalancer(c.Proxy, env, headerKey(c.Field), c.Version, c.Fallback)
}

// headerKey is what the policy finds in the header. X-Forwarded-For is by then as the handler sends it on.
func headerKey(field string) keys.Template {
	if strings.EqualFold(field, "X-Forwarded-For") {
		return keys.Template{{From: keys.Rewritten, Name: field}}
	}
	return keys.Header(field)
}

var _ = policies.Register("caddy/header", Header{Proxy: defaults, Version: "new", Field: "X-Key", Fallback: "random"}, policies.Doc{
	Summary: "rendezvous hash of a request header",
	Source:  "Caddy lb_policy header; selectionpolicies.go, hostByHashing",
	Key:     policies.KeyHash,
	Claims:  policies.Claims{Sticky: true, Minimal: true, Limit: true},
})
