package caddy

import (
	"stickysim/policies"
	"stickysim/sim"
)

// ClientIPHash is IPHash by the client's address as trusted proxies tell it. Since Caddy 2.7.
type ClientIPHash struct {
	Proxy
	Version string `yaml:"version" check:"oneof=new|old" doc:"new: xxHash64 (Caddy 2.7 on); old: FNV-1a (Caddy 2.6)"`
}

// New makes an instance.
func (c ClientIPHash) New(env sim.Env) sim.Balancer {
	return newBalancer(c.Proxy, env, &addressHash{rank: newRanking(c.Version)})
}

var _ = policies.Register("caddy/client_ip_hash", ClientIPHash{Proxy: defaults, Version: "new"}, policies.Doc{
	Summary: "rendezvous hash of the client's address, after trusted_proxies",
	Source:  "Caddy lb_policy client_ip_hash; selectionpolicies.go, hostByHashing",
	Key:     policies.KeyAddress,
	Claims:  policies.Claims{Sticky: true, Minimal: true, Limit: true},
})
