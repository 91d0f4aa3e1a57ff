package kubernetes

import (
	"cmp"
	"slices"

	"stickysim/policies"
	"stickysim/policies/apisix"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var (
	_ = register("apisix.apache.org", (*translation).apisixRoute, "ApisixRoute")
	_ = register("apisix.apache.org", leftOut("plugins that hold requests back, or send them elsewhere, are not modelled"), "ApisixPluginConfig", "ApisixGlobalRule", "PluginConfig", "HTTPRoutePolicy")
)

// apisixRoute makes a pool of each Service that a route of APISIX leads to, and one of two levels of several.
func (im *translation) apisixRoute(o *object) {
	for _, route := range append(o.spec("http").Children(), o.spec("stream").Children()...) {
		backends := route.Get("backends").Children()
		if b := route.Get("backend"); b != nil {
			backends = append(backends, b)
		}
		s := split{of: o, how: policies.Weighted{Sticky: "none", Turns: true}}
		for _, b := range backends {
			weight := im.weight(o, b.Get("weight"), levels.MaxWeight, 100) // the controller's own
			s.parts = append(s.parts, part{pool: im.apisixBackend(o, route, b), at: b, weight: weight, given: true})
		}
		for _, u := range route.Get("upstreams").Children() {
			s.parts = append(s.parts, part{pool: -1, at: u})
		}
		if len(s.parts) > 1 {
			im.takeTurns(&s)
			im.Assumed(s.parts[0].at, "backends: turns are spread evenly here; APISIX gives the heaviest several in a row")
			im.splits = append(im.splits, s)
		}
		im.leaveOut(route, "plugins that hold requests back, or send them elsewhere, are not modelled", "plugins", "plugin_config_name", "plugin_config_namespace")
		im.leaveOut(route, "upstreams that no Service stands behind are not read", "upstreams")
	}
}

// takeTurns has all parts of a split of APISIX take turns alike where none has a weight above 0, as its round robin does.
func (im *translation) takeTurns(s *split) {
	for _, x := range s.parts {
		if x.given && x.at.Get("weight") == nil {
			im.Assumed(x.at, "weight: not given, the controller's %d", x.weight)
		}
	}
	if slices.ContainsFunc(s.parts, func(x part) bool { return x.weight > 0 || !x.given }) {
		return
	}
	for i := range s.parts {
		s.parts[i].weight = 1
	}
	im.Assumed(s.parts[0].at, "weight 0: no backend has more, so that all of them take turns in APISIX")
}

// apisixBackend makes the pool of a backend and returns its index; negative where it names no Service.
func (im *translation) apisixBackend(o *object, route, b *tree.Node) int {
	name := b.Get("serviceName")
	if name.Value() == "" {
		im.NotCarried(b, "a backend without serviceName")
		return -1
	}
	im.Translated(b, "backend service %s", name)
	im.Translated(name, "serviceName: %s", name)
	if g := b.Get("resolveGranularity"); g.Value() == "service" {
		im.NotCarried(g, "resolveGranularity service: APISIX goes to the Service, whose own balancing then decides")
	} else if g != nil {
		im.Translated(g, "resolveGranularity %s: APISIX goes to the pods", g)
	}
	im.leaveOut(b, "groups of pods are not read apart", "subset")
	key := signed("apisix", o.ref("Service", name.Value()), route.Get("timeout"))
	if made := im.placed(key); made >= 0 {
		return made
	}
	p := im.newPool(o, name.Value())
	im.place(key)
	im.apisixPool(o, name.Value(), p)
	im.apisixTimes(route.Get("timeout"), p)
	return im.placed(key)
}

// apisixPool reads the ApisixUpstream that has the name of a Service.
func (im *translation) apisixPool(o *object, service string, p *ir.Pool) {
	if im.apisixAttached(o, service, p) {
		return
	}
	u := im.named[o.ref("ApisixUpstream", service)]
	if u == nil {
		im.Assumed(o.root, "service %s: no ApisixUpstream; APISIX's round robin", source.Short(p.Name))
		im.apisixSettings(nil, p)
		return
	}
	u.used = true
	im.apisixSettings(u.root.Get("spec"), p)
}

// apisixAnnotations reads time limits and retries from the annotations of an Ingress.
func (im *translation) apisixAnnotations(o *object, p *ir.Pool) {
	get := func(key string) *tree.Node { return o.annotation("k8s.apisix.apache.org/upstream-" + key) }
	im.span(get("connect-timeout"), &p.Limits.Connect)
	im.span(get("read-timeout"), &p.Limits.Attempt)
	im.apisixRetries(get("retries"), p)
}

// apisixRetries reads how many more nodes a request is tried on.
func (im *translation) apisixRetries(n *tree.Node, p *ir.Pool) {
	if im.whole(n, 0, 1000, &p.Redispatch) {
		if c, ok := p.Params.(apisix.CHash); ok {
			c.Retries = p.Redispatch
			p.Params = c
		}
	}
}

// apisixAttached reads the BackendTrafficPolicy of APISIX that is attached to a Service, and reports whether there is one.
func (im *translation) apisixAttached(o *object, service string, p *ir.Pool) bool {
	for _, policy := range im.objects {
		if policy.kind != "BackendTrafficPolicy" || policy.group() != "apisix.apache.org" || policy.namespace != o.namespace || !targets(policy, "Service", service) {
			continue
		}
		im.attach(policy)
		im.apisixSettings(policy.root.Get("spec"), p)
		return true
	}
	return false
}

// apisixSettings reads what an upstream of APISIX is made of.
func (im *translation) apisixSettings(spec *tree.Node, p *ir.Pool) {
	p.Balancers.Scope = "process"
	p.Policy, p.Key = "round-robin", ir.KeySource{Kind: "none"}
	p.Params = params.Of(p.Policy)
	p.Limits = ir.Limits{Connect: 60 * sim.Second, Attempt: 60 * sim.Second}
	p.Redispatch = max(0, min(p.Replicas, 15)-1) // as many attempts as there are pods
	im.apisixBalance(spec.Get("loadbalancer"), p)
	im.apisixTimes(spec.Get("timeout"), p)
	im.apisixRetries(spec.Get("retries"), p)
	im.apisixProbe(spec.Get("healthCheck", "active"), p)
	im.leaveOut(spec.Get("healthCheck"), "failed requests do not put a pod aside", "passive")
	im.leaveOut(spec, "not read apart from the other pods", "subsets", "externalNodes", "discovery", "portLevelSettings")
}

// apisixBalance chooses the policy.
func (im *translation) apisixBalance(n *tree.Node, p *ir.Pool) {
	kind := n.Get("type")
	if kind.Value() != "chash" {
		for _, x := range []*tree.Node{n.Get("hashOn"), n.Get("key")} {
			if x != nil {
				im.Harmless(x, "%s: only type chash hashes", x.Key)
			}
		}
	}
	switch kind.Value() {
	case "chash":
		im.apisixHash(n, p)
		im.Translated(kind, "type chash: policy apisix/chash")
		return
	case "least_conn":
		p.Policy, p.Params = "least-connections", params.Of("least-connections")
	case "", "roundrobin":
	default:
		im.NotCarried(kind, "type %s: not modelled; round robin is used", kind)
		return
	}
	if kind != nil {
		im.Translated(kind, "type %s: policy %s", kind, p.Policy)
	}
}

// apisixHash reads what is hashed: variables of nginx, a header, a cookie or the consumer.
func (im *translation) apisixHash(n *tree.Node, p *ir.Pool) {
	from, key := n.Get("hashOn"), n.Get("key")
	c := apisix.CHash{HashOn: cmp.Or(from.Value(), "vars"), Key: key.Value(), Retries: -1}
	p.Policy = "apisix/chash"
	switch {
	case c.HashOn == "consumer":
		p.Key = ir.KeySource{Kind: "header", Name: "Authorization", Text: "hashOn consumer"}
		im.Assumed(from, "hashOn consumer: every client is a consumer of its own")
	case c.Key == "":
		im.NotCarried(n, "key: missing, so APISIX refuses this upstream; the client's address is hashed")
		p.Params, p.Key = apisix.CHash{HashOn: "vars", Key: "remote_addr", Retries: -1}, ir.KeySource{Kind: "address"}
		return
	case c.HashOn == "cookie":
		p.CookieName = c.Key
		p.Key = ir.KeySource{Kind: "cookie", Name: c.Key, Text: "hashOn cookie"}
		im.Assumed(key, "cookie %s: the application sets it; every client has one", key)
	case c.HashOn == "header":
		p.Key = ir.HeaderKey(c.Key, "hashOn header")
	case c.HashOn == "vars", c.HashOn == "vars_combinations":
		p.Key, _ = im.variable(key, c.Key)
	default:
		im.NotCarried(from, "hashOn %s: not understood; the client's address is hashed", from)
		im.NotCarried(key, "key %s: what it names is not known", key)
		p.Params, p.Key = apisix.CHash{HashOn: "vars", Key: "remote_addr", Retries: -1}, ir.KeySource{Kind: "address"}
		return
	}
	p.Params = c
	if from != nil {
		im.Translated(from, "hashOn: %s", from)
	}
	if key != nil {
		im.Translated(key, "key: %s", key)
	}
}

func (im *translation) apisixTimes(n *tree.Node, p *ir.Pool) {
	im.span(n.Get("connect"), &p.Limits.Connect)
	im.span(n.Get("read"), &p.Limits.Attempt)
}

// apisixProbe reads an active health check. A pod that is gone refuses connections, which counts as a failure of TCP.
func (im *translation) apisixProbe(n *tree.Node, p *ir.Pool) {
	if n == nil {
		return
	}
	h := sim.Health{Interval: sim.Second, Down: sim.Second, Timeout: sim.Second, Fall: 2, Rise: 2}
	im.span(n.Get("timeout"), &h.Timeout)
	im.span(n.Get("healthy", "interval"), &h.Interval)
	im.span(n.Get("unhealthy", "interval"), &h.Down)
	im.whole(n.Get("healthy", "successes"), 1, 254, &h.Rise)
	im.whole(n.Get("unhealthy", "tcpFailures"), 1, 254, &h.Fall)
	im.leaveOut(n.Get("unhealthy"), "a pod that is gone refuses connections, whose number decides", "httpFailures", "timeout", "timeouts")
	if h.Interval <= 0 || h.Timeout <= 0 {
		im.NotCarried(n, "active: interval and timeout must be longer than 0s")
		return
	}
	p.Health = &h
	im.Translated(n, "active: every %v, down after %d failures, up after %d successes", h.Interval, h.Fall, h.Rise)
}
