package cloudflare

import (
	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cloudflare/ip_cookie", IPCookie{
	Attributes: Attributes{TTL: cookieTTL, Failover: Failover{"none"}},
}, policies.Doc{
	Summary: "session affinity ip_cookie: as cookie, but the client's address chooses the first endpoint",
	Detail: "A client that loses its cookie comes back to its endpoint, unless its address or the pool has changed; all clients behind " +
		"one address begin at one endpoint. The hash is not published: that of the steering policy hash is assumed.",
	Source: affinityDocs,
	Key:    policies.KeyCookie,
	Claims: policies.Claims{Sticky: true, Weighted: true, Minimal: true},
})

// IPCookie is session_affinity ip_cookie.
type IPCookie struct {
	Attributes `yaml:",inline"`
}

// New makes an instance.
func (c IPCookie) New(env sim.Env) sim.Balancer { return c.Attributes.cookie("hash", env) }
