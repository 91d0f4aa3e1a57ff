package kubernetes

import (
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// route makes a pool of every Service a Gateway API route leads to.
func (im *translation) route(o *object) {
	for _, rule := range o.spec("rules").Children() {
		refs := rule.Get("backendRefs").Children()
		for _, b := range refs {
			name := b.Get("name")
			if kind := b.Get("kind").Value(); name.Value() == "" || kind != "" && kind != "Service" || im.led[o.ref("Service", name.Value())] {
				continue
			}
			im.Translated(name, "backendRef %s", name)
			p := im.newPool(o, name.Value())
			p.Balancers.Scope = "process"
			im.gatewayPolicy(o, p, name.Value(), rule.Get("sessionPersistence"))
			if w := b.Get("weight"); w != nil && len(refs) > 1 {
				im.NotCarried(w, "weight: the split between backends is not modelled")
			}
		}
	}
}

// gatewayPolicy finds what a route's backend is balanced by: session persistence of the rule or of a policy attached
// to the Service, or the load balancer of a policy attached to the route.
func (im *translation) gatewayPolicy(o *object, p *ir.Pool, service string, session *tree.Node) {
	c := envoy.LeastRequest{ChoiceCount: 2, ActiveRequestBias: 1, Cluster: envoy.DefaultCluster()}
	p.Policy, p.Params, p.Key = "envoy/least-request", c, ir.KeySource{Kind: "none"}
	for _, policy := range im.objects {
		if policy.namespace != o.namespace {
			continue
		}
		switch policy.kind {
		case "BackendTrafficPolicy":
			if targets(policy, o.kind, o.name) || targets(policy, "Gateway", o.spec("parentRefs").First1("name")) {
				im.trafficPolicy(policy, p)
				return
			}
		case "BackendLBPolicy", "XBackendTrafficPolicy":
			if session == nil && targets(policy, "Service", service) {
				session = policy.spec("sessionPersistence")
			}
		}
	}
	if session != nil {
		im.persistence(session, p)
		return
	}
	im.Assumed(o.root, "%s %s: no load balancing policy; Envoy Gateway's least request is assumed", o.kind, source.Short(o.name))
}

// targets reports whether a policy is attached to the named object.
func targets(policy *object, kind, name string) bool {
	list := append([]*tree.Node{policy.spec("targetRef")}, policy.spec("targetRefs").Children()...)
	for _, t := range list {
		if k := t.Get("kind").Value(); t != nil && (k == kind || k == "" && kind == "Service") && t.Get("name").Value() == name {
			return true
		}
	}
	return false
}

// persistence translates GEP-1619 session persistence, which Envoy keeps in a cookie or header that names the pod.
func (im *translation) persistence(n *tree.Node, p *ir.Pool) {
	s := envoy.StatefulSession{Session: "cookie", LBPolicy: "least_request", Cluster: envoy.DefaultCluster()}
	if n.Get("type").Value() == "Header" {
		s.Session = "header"
	} else {
		p.CookieName = n.Get("sessionName").Value()
	}
	if t, ok := n.Get("absoluteTimeout").Duration(); ok {
		p.IdleTimeout = t
		if n.Get("cookieConfig", "lifetimeType").Value() == "Permanent" {
			s.TTL = t
		}
	}
	if t := n.Get("idleTimeout"); t != nil {
		im.NotCarried(t, "idleTimeout: Envoy's cookie does not slide")
	}
	p.Policy, p.Params = "envoy/stateful-session", s
	p.Key = ir.KeySource{Kind: s.Session, Name: n.Get("sessionName").Value(), Text: "sessionPersistence"}
	im.Translated(n, "sessionPersistence %s: policy envoy/stateful-session", s.Session)
}

// trafficPolicy translates the load balancer of Envoy Gateway's BackendTrafficPolicy.
func (im *translation) trafficPolicy(o *object, p *ir.Pool) {
	lb := o.spec("loadBalancer")
	cluster := envoy.DefaultCluster()
	im.Translated(o.root.Get("spec").First("targetRefs", "targetRef"), "targetRefs: pool %s", source.Short(p.Name))
	switch kind := lb.Get("type").Value(); kind {
	case "RoundRobin":
		p.Policy, p.Params = "envoy/round-robin", envoy.RoundRobin{Cluster: cluster}
	case "Random":
		p.Policy, p.Params = "envoy/random", envoy.Random{Cluster: cluster}
	case "ConsistentHash":
		m := envoy.Maglev{TableSize: 65537, HashKey: envoy.HashKey{Policy: "header"}, Cluster: cluster}
		im.consistentHash(lb.Get("consistentHash"), &m, p)
		p.Policy, p.Params = "envoy/maglev", m
	case "LeastRequest", "":
	default:
		im.NotCarried(lb, "loadBalancer type %s: not known; least request is used", source.Short(kind))
	}
	if s := lb.Get("slowStart"); s != nil {
		im.NotCarried(s, "slowStart: new pods get their full share at once")
	}
	if lb != nil {
		im.Translated(lb, "loadBalancer %s: policy %s", lb.Get("type"), p.Policy)
	}
}

// consistentHash reads what Envoy Gateway hashes, by Maglev.
func (im *translation) consistentHash(n *tree.Node, m *envoy.Maglev, p *ir.Pool) {
	if size, ok := n.Get("tableSize").Int(); ok {
		asked := *m
		if asked.TableSize = size; size >= 2 && size <= 5000011 && asked.Validate() == nil {
			*m = asked
		} else {
			im.NotCarried(n.Get("tableSize"), "tableSize: must be a prime up to 5000011, got %d", size)
		}
	}
	switch n.Get("type").Value() {
	case "SourceIP":
		m.HashKey.Policy = "source_ip"
		p.Key = ir.KeySource{Kind: "address", Text: "consistentHash: SourceIP"}
	case "Cookie":
		c := n.Get("cookie")
		p.CookieName = c.Get("name").Value()
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "consistentHash: Cookie"}
		if t, ok := c.Get("ttl").Duration(); ok {
			m.HashKey = envoy.HashKey{Policy: "cookie", TTL: t}
			p.IdleTimeout = t
		}
	case "QueryParams":
		p.Key = ir.KeySource{Kind: "argument", Name: n.Get("queryParams").First1("name"), Text: "consistentHash: QueryParams"}
	default:
		name := n.Get("header", "name").Value()
		if name == "" {
			name = n.Get("headers").First1("name")
		}
		p.Key, m.Header = ir.HeaderKey(name, "consistentHash: Header"), name
	}
}
