package kubernetes

import (
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var _ = register("route.openshift.io", (*translation).openshiftRoute, "Route")

// openshiftRoute makes the pool of an OpenShift Route, which its router serves with HAProxy. The router balances at random,
// by the client's address where it passes TLS through, and in turn where several Services of a route have a weight; a cookie keeps
// HTTP clients with a pod, of whichever Service it is.
func (im *translation) openshiftRoute(o *object) {
	const prefix = "haproxy.router.openshift.io/"
	get := func(key string) *tree.Node { return o.annotation(prefix + key) }
	list, active := im.routeServices(o)
	if len(list) == 0 {
		im.NotCarried(o.root, "Route %s: leads to no Service", source.Short(o.name))
		return
	}
	through := o.spec("tls", "termination")
	passthrough := through.Value() == "passthrough"
	if through != nil {
		im.Translated(through, "termination: %s", through)
	}
	balance := "random"
	switch {
	case active > 1:
		balance = "roundrobin"
	case passthrough:
		balance = "source"
	}
	var made *ir.Pool
	if len(list) == 1 {
		made = im.newPool(o, list[0].name)
	} else {
		made = im.routePool(o, list, passthrough)
	}
	p := im.haproxyPods(made, balance)
	p.options.Redispatch, p.Limits.Attempt = -1, 30*sim.Second
	switch n := get("balance"); n.Value() {
	case "roundrobin", "leastconn", "source", "random":
		p.balance(n)
	case "":
		p.balance(nil)
	default:
		im.NotCarried(n, "balance %s: the router knows roundrobin, leastconn, source and random; %s is used", n, balance)
	}
	if passthrough {
		p.hashing.HashType = "consistent"
	} else {
		p.time(get("timeout"), &p.Limits.Attempt)
		p.openshiftCookie(o, get("disable_cookies"))
	}
	p.podLimit(get("pod-concurrent-connections"))
	if interval := o.annotation("router.openshift.io/haproxy.health.check.interval"); p.Replicas != 1 {
		p.checked(sim.Health{Interval: 5 * sim.Second, Timeout: 5 * sim.Second, Fall: 3, Rise: 2}, interval)
		if interval == nil {
			im.Assumed(o.root, "health checks of route %s: the router's own, every 5 s where there are several pods", source.Short(o.name))
		}
	}
	im.leaveOut(o.root.Get("metadata", "annotations"), "connections that are refused are not modelled", prefix+"rate-limit-connections",
		prefix+"rate-limit-connections.concurrent-tcp", prefix+"rate-limit-connections.rate-tcp", prefix+"rate-limit-connections.rate-http")
	p.finish()
}

// openshiftCookie reads the cookie that the router inserts unless disable_cookies is true.
func (p *haproxyPool) openshiftCookie(o *object, off *tree.Node) {
	if off != nil {
		p.Translated(off, "disable_cookies: %s", off)
		if off.True() || off.Value() == "TRUE" || off.Value() == "True" {
			return
		}
	}
	if n := o.annotation("router.openshift.io/cookie_name"); n.Value() != "" {
		p.CookieName = n.Value()
		p.Translated(n, "cookie_name: %s", n)
		return
	}
	p.CookieName = "route"
	p.Assumed(o.root, "cookie of route %s: its name is a hash that the router makes; it is called route here", source.Short(o.name))
}
