package kubernetes

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// route makes the pools of a Gateway API route: of each Service that a rule leads to. Rules that treat a Service alike share
// its pool.
func (im *translation) route(o *object) {
	for _, rule := range o.spec("rules").Children() {
		refs := rule.Get("backendRefs").Children()
		policy := im.trafficPolicyOf(o, rule)
		var attached *tree.Node
		if policy != nil {
			attached = policy.root.Get("spec")
		}
		s := split{of: o, how: policies.Weighted{Sticky: "none"}}
		for _, b := range refs {
			s.parts = append(s.parts, part{pool: -1, at: b})
			name := b.Get("name")
			if kind := b.Get("kind").Value(); name.Value() == "" || kind != "" && kind != "Service" {
				im.NotCarried(b, "backendRef %s: only Services are read", name)
				continue
			}
			to := o
			if ns := b.Get("namespace"); ns != nil {
				to = o.in(ns.Value())
			}
			im.Translated(name, "backendRef %s", name)
			if w := b.Get("weight"); w.Value() == "0" && len(refs) == 1 {
				im.NotCarried(w, "weight 0: the only backend gets no requests, and clients get errors; it is imported as if it had a weight")
			}
			session := im.sessionOf(to, name.Value(), rule)
			key := signed("route", to.ref("Service", name.Value()), session, rule.Get("timeouts"), rule.Get("retry"), attached)
			at := &s.parts[len(s.parts)-1].pool
			if *at = im.placed(key); *at >= 0 {
				continue
			}
			made := im.newPool(to, name.Value())
			im.place(key)
			*at = im.placed(key)
			if im.googlePolicies(to, name.Value(), made) || im.awsGroup(to, name.Value(), made, o.kind == "TCPRoute" || o.kind == "TLSRoute") || im.apisixAttached(to, name.Value(), made) {
				continue
			}
			p := im.envoy(made)
			p.ruleLimits(o, rule)
			p.gatewayPolicy(o, policy, rule.Get("retry"), session)
		}
		if len(refs) > 1 {
			im.splits = append(im.splits, s)
		}
	}
}

// signed is the same for pools of a Service that are made of the same texts.
func signed(kind, ref string, parts ...*tree.Node) string {
	for _, n := range parts {
		kind += "|" + signature(n)
	}
	return kind + ref
}

// signature is the same for nodes that say the same.
func signature(n *tree.Node) string {
	if n == nil {
		return ""
	}
	text := n.Key + ":" + n.Value() + "{"
	for _, x := range n.Items {
		text += signature(x) + ","
	}
	return text + "}"
}

// in is the object as if it were in another namespace.
func (o *object) in(namespace string) *object {
	c := *o
	c.namespace = spaceOf(namespace)
	return &c
}

// sessionOf finds the session persistence of a backend: that of the rule, or of a policy attached to the Service.
func (im *translation) sessionOf(o *object, service string, rule *tree.Node) *tree.Node {
	if session := rule.Get("sessionPersistence"); session != nil {
		return session
	}
	for _, policy := range im.objects {
		if (policy.kind == "BackendLBPolicy" || policy.kind == "XBackendTrafficPolicy") && policy.namespace == o.namespace && targets(policy, "Service", service) {
			policy.used = true
			return policy.spec("sessionPersistence")
		}
	}
	return nil
}

// ruleLimits reads the time limits and retries of a rule.
func (p *envoyPool) ruleLimits(o *object, rule *tree.Node) {
	p.Limits.Connect, p.Limits.Request = 10*sim.Second, 15*sim.Second // Envoy Gateway's own, and Envoy's
	if o.kind == "TCPRoute" || o.kind == "TLSRoute" {
		p.Limits.Request = 0
	} else if request := rule.Get("timeouts", "request"); !p.span(request, &p.Limits.Request) {
		p.Assumed(p.Place, "timeout of requests to %s: not given, Envoy's 15s", source.Short(p.Name))
	}
	p.span(rule.Get("timeouts", "backendRequest"), &p.Limits.Attempt)
}

// ruleRetries reads the retries of a rule, which a policy can give as well.
func (p *envoyPool) ruleRetries(retry *tree.Node) {
	if retry == nil {
		return
	}
	p.Params = params.With(p.Params, params.Setting{Name: "retry_on", Value: "reset"})
	p.number(retry.Get("attempts"), "num_retries")
	p.leaveOut(retry, "which answers are tried again, and after which wait, is not modelled", "codes", "backoff")
}

// gatewayPolicy gives a pool the load balancer of a policy, and session persistence in front of it.
func (p *envoyPool) gatewayPolicy(o, policy *object, retry, session *tree.Node) {
	p.balanceBy("envoy/least-request")
	switch {
	case policy != nil:
		p.trafficPolicy(policy)
	case session == nil:
		p.Assumed(o.root, "%s %s: no load balancing policy; Envoy Gateway's least request is assumed", o.kind, source.Short(o.name))
	}
	p.ruleRetries(retry)
	if session != nil {
		p.persistence(session)
	}
}

// trafficPolicyOf finds the BackendTrafficPolicy of a rule: the one attached to the rule by its name goes before one of the
// route, and that before one of the Gateway.
func (im *translation) trafficPolicyOf(o *object, rule *tree.Node) *object {
	for _, target := range []struct{ kind, name, section string }{
		{o.kind, o.name, rule.Get("name").Value()}, {o.kind, o.name, ""}, {"Gateway", o.spec("parentRefs").First1("name"), ""},
	} {
		for _, policy := range im.objects {
			if policy.kind == "BackendTrafficPolicy" && slices.Contains([]string{"", envoyGateway}, policy.group()) && policy.namespace == o.namespace && attached(policy, target.kind, target.name, target.section) {
				return policy
			}
		}
	}
	return nil
}

// attached reports whether a policy is attached to an object, or to the named section of it alone.
func attached(policy *object, kind, name, section string) bool {
	for _, t := range targetsOf(policy) {
		if t.Get("kind").Value() == kind && t.Get("name").Value() == name && t.Get("sectionName").Value() == section && slices.Contains([]string{"", gatewayAPI}, t.Get("group").Value()) {
			return true
		}
	}
	return false
}

// targetsOf lists what a policy is attached to.
func targetsOf(policy *object) []*tree.Node {
	if t := policy.spec("targetRef"); t != nil {
		return []*tree.Node{t}
	}
	return policy.spec("targetRefs").Children()
}

// attach notes that a policy holds for what it is attached to.
func (im *translation) attach(policy *object) {
	policy.used = true
	for _, t := range targetsOf(policy) {
		im.Translated(t, "%s: %s", cmp.Or(t.Key, "targetRefs"), t.Get("name"))
		for _, key := range []string{"group", "kind", "name", "namespace", "sectionName"} {
			if n := t.Get(key); n != nil {
				im.Translated(n, "%s: %s", key, n)
			}
		}
	}
}

// targets reports whether a policy is attached to the named object.
func targets(policy *object, kind, name string) bool {
	for _, t := range targetsOf(policy) {
		if space := t.Get("namespace"); space.Value() != "" && spaceOf(space.Value()) != policy.namespace {
			continue
		}
		if group := t.Get("group").Value(); kind == "Service" && group != "" && group != "core" {
			continue
		}
		if k := t.Get("kind").Value(); (k == kind || k == "" && kind == "Service") && t.Get("name").Value() == name {
			return true
		}
	}
	return false
}

// persistence translates GEP-1619 session persistence, which Envoy keeps in a cookie or header that names the pod.
func (p *envoyPool) persistence(n *tree.Node) {
	s := envoy.StatefulSession{Session: "cookie", LBPolicy: strings.ReplaceAll(strings.TrimPrefix(p.Policy, "envoy/"), "-", "_"), Cluster: clusterOf(p.Params)}
	name := n.Get("sessionName")
	p.CookieName, p.IdleTimeout = "", 0
	if kind := n.Get("type"); p.word(kind, "Cookie", "Header") == "Header" {
		s.Session = "header"
	} else {
		p.CookieName = name.Value()
	}
	if name == nil {
		p.Assumed(n, "sessionName: not given, the controller makes one")
	} else {
		p.Translated(name, "sessionName: %s", name)
	}
	lifetime := n.Get("cookieConfig", "lifetimeType")
	permanent := p.word(lifetime, "Session", "Permanent") == "Permanent"
	switch given := p.span(n.Get("absoluteTimeout"), &p.IdleTimeout); {
	case given && permanent:
		s.TTL = p.IdleTimeout
	case permanent:
		p.NotCarried(lifetime, "lifetimeType Permanent: needs absoluteTimeout, and the API refuses it without; a session cookie is used")
	}
	if c := n.Get("cookieConfig"); c != nil && s.Session == "header" {
		p.Harmless(c, "cookieConfig: only type Cookie has it")
	}
	if t := n.Get("idleTimeout"); t != nil {
		p.NotCarried(t, "idleTimeout: Envoy's cookie does not slide")
	}
	p.Policy, p.Params = "envoy/stateful-session", s
	p.Key = ir.KeySource{Kind: s.Session, Name: name.Value(), Text: "sessionPersistence"}
	p.Translated(n, "sessionPersistence %s: policy envoy/stateful-session", s.Session)
}

// clusterOf returns the settings that all of Envoy's policies share.
func clusterOf(c policies.Config) envoy.Cluster {
	return reflect.ValueOf(c).FieldByName("Cluster").Interface().(envoy.Cluster)
}
