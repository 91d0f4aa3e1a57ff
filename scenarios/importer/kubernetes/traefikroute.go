package kubernetes

import (
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var _ = registerTraefik("traefik.io") && registerTraefik("traefik.containo.us")

func registerTraefik(group string) bool {
	return register(group, (*translation).ingressRoute, "IngressRoute", "IngressRouteTCP") &&
		register(group, (*translation).traefikKind, "TraefikService") &&
		register(group, leftOut("only HTTP and TCP are read"), "IngressRouteUDP", "ServersTransportTCP") &&
		register(group, leftOut("connections that are refused are not modelled"), "MiddlewareTCP")
}

func isTraefik(o *object) bool {
	return o.group() == "traefik.io" || o.group() == "traefik.containo.us"
}

// ingressRoute makes pools of the Services that routes lead to.
func (im *translation) ingressRoute(o *object) {
	for _, route := range o.spec("routes").Children() {
		services := route.Get("services").Children()
		s := split{of: o, how: policies.Weighted{Sticky: "none", Turns: true}}
		for _, n := range services {
			s.parts = append(s.parts, part{pool: im.traefikRef(o, n, im.attempts(o, route)), at: n})
		}
		if len(services) > 1 {
			im.splits = append(im.splits, s)
		}
	}
}

// traefikKind reads a TraefikService, which combines others.
func (im *translation) traefikKind(o *object) {
	for _, part := range o.root.Get("spec").Children() {
		switch part.Key {
		case "weighted":
			im.traefikWeighted(o, part)
		case "highestRandomWeight":
			for _, n := range part.Get("services").Children() {
				im.traefikRef(o, n, 0)
				if weight := n.Get("weight"); weight != nil {
					im.NotCarried(weight, "weight: the split between services is not modelled")
				}
			}
		case "mirroring":
			im.traefikRef(o, part, 0)
			im.leaveOut(part, "copies of requests are not modelled", "mirrors")
		case "failover":
			im.traefikRef(o, part.Get("service"), 0)
			im.leaveOut(part, "another service that takes over is not modelled", "fallback", "errors")
		}
	}
}

// attempts are those of the retry middleware that a route leads through; 0 without one. Other middlewares that hold
// requests back are named.
func (im *translation) attempts(o *object, route *tree.Node) (attempts int) {
	for _, m := range route.Get("middlewares").Children() {
		name, space := m.Get("name"), o.namespace
		if n := m.Get("namespace"); n != nil {
			space = n.Value()
		}
		middleware := im.named[o.in(space).ref("Middleware", name.Value())]
		if middleware == nil {
			im.NotCarried(m, "middleware %s: not in these files", name)
			continue
		}
		middleware.used = true
		im.Translated(name, "middleware %s", name)
		for _, x := range middleware.root.Get("spec").Children() {
			switch x.Key {
			case "retry":
				im.whole(x.Get("attempts"), 1, 16, &attempts)
				im.leaveOut(x, "attempts follow each other at once", "initialInterval")
				im.leaveOut(x, "a request whose connection fails is tried again, whatever its size and method, until attempts are used up", "timeout", "maxRequestBodyBytes", "retryNonIdempotentMethod", "status")
				if off := x.Get("disableRetryOnNetworkError"); off.True() {
					attempts = 0
					im.Translated(off, "disableRetryOnNetworkError: a request whose connection fails is not tried again")
				} else if off != nil {
					im.Translated(off, "disableRetryOnNetworkError: %s", off)
				}
			case "circuitBreaker", "inFlightReq", "rateLimit", "buffering":
				im.NotCarried(x, "%s: requests that it holds back or refuses are not modelled", x.Key)
			case "forwardAuth":
				im.NotCarried(x, "%s: %s", x.Key, asksOther)
			case "chain":
				im.NotCarried(x, "chain: the middlewares in it are not followed; name them in the route")
			case "plugin":
				im.NotCarried(x, "plugin: code that is not in these files; what it does to requests is not modelled")
			}
		}
	}
	return attempts
}

// traefikWeighted reads a division between services, and the cookie that keeps a client with one of them.
func (im *translation) traefikWeighted(o *object, n *tree.Node) {
	s := split{of: o, how: policies.Weighted{Sticky: "none", Turns: true}}
	if cookie := n.Get("sticky", "cookie"); cookie != nil {
		s.how.Sticky = "cookie"
		im.Translated(cookie, "weighted.sticky: a cookie keeps a client with one of the services (weighted, sticky: cookie)")
		if name := cookie.Get("name"); name != nil {
			im.Translated(name, "name: %s", name)
		}
		if age := cookie.Get("maxAge"); strings.HasPrefix(age.Value(), "-") {
			im.NotCarried(age, "maxAge: %s deletes the cookie at once; a session cookie is used", age)
		} else if t, ok := im.duration(age); ok {
			s.how.Lifetime = t
			im.Translated(age, "maxAge: %v", t)
		}
	}
	for _, x := range n.Get("services").Children() {
		s.parts = append(s.parts, part{pool: im.traefikRef(o, x, 0), at: x})
	}
	if len(s.parts) > 1 {
		im.splits = append(im.splits, s)
	}
}

// traefikRef makes the pool of a Service as a route or TraefikService refers to it, and returns its index; it is negative for what is
// no Service.
func (im *translation) traefikRef(o *object, n *tree.Node, attempts int) int {
	name, at := n.Get("name"), o
	if space := n.Get("namespace"); space != nil {
		at = o.in(space.Value())
		im.Translated(space, "namespace %s", space)
	}
	im.leaveOut(n, "what they do to requests of this service alone is not read", "middlewares")
	switch kind := n.Get("kind"); {
	case name.Value() == "":
		im.NotCarried(n, "a service without a name")
		return -1
	case kind.Value() == "TraefikService":
		if im.named[at.ref("TraefikService", name.Value())] == nil {
			im.NotCarried(n, "TraefikService %s: not in these files", name)
		} else {
			im.Translated(n, "TraefikService %s", name)
		}
		return -1
	}
	im.Translated(n, "service %s", name)
	im.Translated(name, "service %s", name)
	key := signed("traefik", at.ref("Service", name.Value()), n)
	if made := im.placed(key); made >= 0 {
		return made
	}
	p := im.newPool(at, name.Value())
	im.place(key)
	p.Balancers.Scope, p.Limits.Connect, p.Redispatch = "process", 30*sim.Second, max(0, attempts-1) // dialTimeout
	im.transport(at, n.Get("serversTransport"), p)
	if direct := n.Get("nativeLB"); direct.True() {
		im.Translated(direct, "nativeLB: Traefik goes to the Service, whose own balancing decides")
		im.leaveOut(n, "without effect where nativeLB is set", "sticky", "strategy", "healthCheck", "passiveHealthCheck")
		im.kubeProxy(serviceOr(im.named[at.ref("Service", name.Value())], n), p)
		return im.placed(key)
	}
	im.leaveOut(n, "nodes forward requests to any pod, so that the node does not decide", "nodePortLB")
	im.leaveOut(n, "open connections are not closed after a time", "terminationDelay")
	im.leaveOut(n, "failed requests do not put a pod aside", "passiveHealthCheck")
	im.traefikBalance(n, p)
	im.traefikProbe(n.Get("healthCheck"), p)
	return im.placed(key)
}

// serviceOr is a Service, or an empty one at n.
func serviceOr(o *object, n *tree.Node) *object {
	if o == nil {
		o = &object{kind: "Service", root: &tree.Node{Kind: tree.Map, Place: n.Place}}
	}
	return o
}

// traefikBalance reads strategy and sticky cookie.
func (im *translation) traefikBalance(n *tree.Node, p *ir.Pool) {
	strategy, at := "wrr", n.Get("strategy")
	switch at.Value() {
	case "wrr", "p2c", "hrw":
		strategy = at.Value()
		im.Translated(at, "strategy: %s", at)
	case "RoundRobin":
		im.Translated(at, "strategy RoundRobin: wrr")
	case "":
		im.Assumed(n, "service %s names no strategy: wrr", source.Short(p.Name))
	default:
		im.NotCarried(at, "strategy %s: not modelled; wrr is used", at)
	}
	p.Policy, p.Params, p.Key = "traefik/"+strategy, params.Of("traefik/"+strategy), ir.KeySource{Kind: "none"}
	if strategy == "hrw" {
		p.Key = ir.KeySource{Kind: "address", Text: "hrw"}
	}
	cookie := n.Get("sticky", "cookie")
	if cookie == nil {
		return
	}
	p.Policy, p.Params = "traefik/sticky_cookie", params.Of("traefik/sticky_cookie", params.Setting{Name: "strategy", Value: strategy})
	if name := cookie.Get("name"); name.Value() != "" {
		p.CookieName = name.Value()
		im.set(p, name, params.Setting{Name: "name", Value: p.CookieName})
	} else {
		p.CookieName = "lb"
		im.Assumed(cookie, "sticky cookie without name: Traefik derives one from the service's full name, here lb")
	}
	if age := cookie.Get("maxAge"); strings.HasPrefix(age.Value(), "-") {
		im.NotCarried(age, "maxAge: %s deletes the cookie at once; a session cookie is used", age)
	} else if t, ok := im.duration(age); ok {
		p.IdleTimeout = t
		im.set(p, age, params.Setting{Name: "maxAge", Value: t})
	}
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "sticky cookie " + p.CookieName}
	im.Translated(cookie, "sticky cookie: policy traefik/sticky_cookie")
	im.Assumed(cookie, "sticky cookie: every client sends it back")
}

// traefikProbe translates an active health check.
func (im *translation) traefikProbe(n *tree.Node, p *ir.Pool) {
	if n == nil {
		return
	}
	h := sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 1, Rise: 1}
	im.span(n.Get("interval"), &h.Interval)
	im.span(n.Get("timeout"), &h.Timeout)
	im.span(n.Get("unhealthyInterval"), &h.Down)
	if h.Interval <= 0 || h.Timeout <= 0 {
		im.NotCarried(n, "healthCheck: interval and timeout must be longer than 0s")
		return
	}
	p.Health = &h
	im.Translated(n, "healthCheck: every %v, down after a failure, up after a success", h.Interval)
}

// transport reads the time limits of a ServersTransport.
func (im *translation) transport(o *object, at *tree.Node, p *ir.Pool) {
	if at == nil {
		return
	}
	t := im.named[o.ref("ServersTransport", at.Value())]
	if t == nil || !isTraefik(t) {
		im.NotCarried(at, "serversTransport %s: not in these files", at)
		return
	}
	t.used = true
	im.Translated(at, "serversTransport %s", at)
	limits := t.spec("forwardingTimeouts")
	im.span(limits.Get("dialTimeout"), &p.Limits.Connect)
	im.span(limits.Get("responseHeaderTimeout"), &p.Limits.Attempt)
}
