package kubernetes

import (
	"stickysim/policies"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// digitalOcean reads a Service that DigitalOcean gives a load balancer with sticky sessions: a cookie with a fixed
// lifetime that names a node.
func (im *translation) digitalOcean(o *object, p *ir.Pool) bool {
	get := func(key string) *tree.Node {
		return o.annotation("service.beta.kubernetes.io/do-loadbalancer-" + key)
	}
	kind := get("sticky-sessions-type")
	if kind.Value() != "cookies" {
		return false
	}
	balance := "round-robin"
	if a := get("algorithm"); a != nil {
		if a.Value() == "least_connections" {
			balance = "least-connections"
		}
		im.Translated(a, "algorithm: %s", balance)
	}
	var ttl sim.Time
	if n := get("sticky-sessions-cookie-ttl"); n != nil {
		if t, ok := n.Seconds(); ok {
			ttl = t
			im.Translated(n, "cookie-ttl: %v", t)
		} else {
			im.NotCarried(n, "cookie-ttl: must be a number of seconds, got %s", n)
		}
	}
	p.CookieName, p.IdleTimeout = "DO-LB", ttl
	if n := get("sticky-sessions-cookie-name"); n.Value() != "" {
		p.CookieName = n.Value()
		im.Translated(n, "cookie-name: %s", n)
	}
	p.Policy, p.Params = "cookie", params.Of("cookie",
		params.Setting{Name: "ttl", Value: ttl}, params.Setting{Name: "balance", Value: policies.Named(balance)})
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "sticky-sessions-type: cookies"}
	im.Translated(kind, "sticky-sessions-type cookies: policy cookie")
	if x := o.spec("externalTrafficPolicy"); x.Value() == "Local" {
		im.Translated(x, "externalTrafficPolicy Local: a node passes requests to its own pods; one pod per node is assumed")
	} else {
		im.NotCarried(o.root, "externalTrafficPolicy Cluster: nodes forward requests to any pod, so the cookie's node does not decide the pod")
	}
	return true
}
