package kubernetes

import (
	"strings"

	"stickysim/policies"
	"stickysim/policies/kubernetes"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

const emissary = "getambassador.io"

var (
	_ = register(emissary, (*translation).mapping, "Mapping")
	_ = register(emissary, (*translation).emissaryModule, "Module", "KubernetesEndpointResolver", "KubernetesServiceResolver")
	_ = register(emissary, leftOut("only Mappings lead to pools of Emissary's"), "TCPMapping", "ConsulResolver")
	_ = register(emissary, leftOut("requests that are refused, or that ask another service first, are not modelled"), "AuthService", "RateLimitService", "RateLimit", "Filter", "FilterPolicy")
	_ = register(emissary, leftOut("how Emissary is reached is not read"), "Host", "Listener", "TLSContext", "LogService", "TracingService", "DevPortal")
)

// emissaryModule notes that Mappings use what an object says, as far as they do.
func (im *translation) emissaryModule(o *object) {
	im.Translated(o.root, "%s %s", o.kind, source.Short(o.name))
	im.leaveOut(o.spec("config"), "connections and requests that take too long are not ended for all Mappings alike", "cluster_request_timeout_ms", "retry_policy", "circuit_breakers")
}

// emissaryDefault is a field of a Mapping, or of the Module that all Mappings share.
func (im *translation) emissaryDefault(o *object, key string) *tree.Node {
	if n := o.spec(key); n != nil {
		return n
	}
	for _, m := range im.objects {
		if m.kind == "Module" && m.group() == emissary && m.name == "ambassador" {
			return m.spec("config", key)
		}
	}
	return nil
}

// mapping makes a pool of the Service that a Mapping leads to. Mappings that treat a Service alike share its pool.
func (im *translation) mapping(o *object) {
	target := o.spec("service")
	name := target.Value()
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	name, _, _ = strings.Cut(name, ":")
	name, _, _ = strings.Cut(name, ".")
	if name == "" {
		im.NotCarried(o.root, "Mapping %s: leads to no Service", source.Short(o.name))
		return
	}
	im.Translated(target, "service %s", name)
	own := "emissary/" + o.namespace + "/" + o.name
	balance, resolver := im.emissaryDefault(o, "load_balancer"), im.emissaryDefault(o, "resolver")
	shared := signed("emissary", o.ref("Service", name), balance, resolver, o.spec("timeout_ms"), o.spec("connect_timeout_ms"), o.spec("retry_policy"), o.spec("circuit_breakers"))
	if at := im.placed(shared); at >= 0 {
		im.places[own] = at
		return
	}
	p := im.envoy(im.newPool(o, name))
	im.place(shared)
	im.place(own)
	p.emissaryBalance(balance, resolver)
	p.emissaryLimits(o)
}

// emissaryBalance chooses the policy. Without a resolver of endpoints, Emissary goes to the Service, and the nodes choose the pod.
func (p *envoyPool) emissaryBalance(n, resolver *tree.Node) {
	policy := n.Get("policy")
	if p.toService(resolver.Value()) {
		p.Policy, p.Params, p.Key = "kubernetes/random", kubernetes.Random{}, ir.KeySource{Kind: "none"}
		p.Assumed(p.Place, "%s: without a resolver of endpoints, Emissary goes to the Service, whose own balancing then decides", source.Short(p.Name))
		if n != nil {
			p.NotCarried(n, "load_balancer: has no effect without a resolver of endpoints")
		}
		return
	}
	p.Translated(resolver, "resolver %s: Emissary goes to pods", resolver)
	switch policy.Value() {
	case "", "round_robin":
		p.balanceBy("envoy/round-robin")
	case "least_request":
		p.balanceBy("envoy/least-request")
	case "ring_hash", "maglev":
		p.balanceBy("envoy/" + strings.ReplaceAll(policy.Value(), "_", "-"))
		p.emissaryHash(n)
	default:
		p.balanceBy("envoy/round-robin")
		p.NotCarried(policy, "policy %s: not known; round robin is used", policy)
		return
	}
	if policy != nil {
		p.Translated(policy, "policy %s: policy %s", policy, p.Policy)
	}
}

// toService reports whether a resolver is one of Services, as that of Emissary's own is.
func (im *translation) toService(resolver string) bool {
	for _, o := range im.objects {
		if o.kind == "KubernetesServiceResolver" && o.name == resolver {
			return true
		}
	}
	return resolver == "" || resolver == "kubernetes-service"
}

// emissaryHash reads what is hashed.
func (p *envoyPool) emissaryHash(n *tree.Node) {
	switch cookie := n.Get("cookie"); {
	case cookie != nil:
		p.hashCookie(cookie.Get("name"), cookie.Get("ttl"))
	case n.Get("header") != nil:
		p.hashHeader(n.Get("header"))
	case n.Get("source_ip").True():
		p.hashAddress(n.Get("source_ip"))
	default:
		p.NotCarried(n, "load_balancer: says nothing to hash, so Emissary refuses the Mapping; Envoy would choose at random")
		p.balanceBy("envoy/random")
	}
}

// emissaryLimits reads time limits, retries and limits of requests at a time.
func (p *envoyPool) emissaryLimits(o *object) {
	p.Limits.Connect, p.Limits.Request = 3*sim.Second, 3*sim.Second // Emissary's own
	for _, limit := range []struct {
		key string
		to  *sim.Time
	}{{"connect_timeout_ms", &p.Limits.Connect}, {"timeout_ms", &p.Limits.Request}} {
		ms := 0
		if p.whole(o.spec(limit.key), 0, 1<<31-1, &ms) {
			*limit.to = sim.Time(ms) * sim.Millisecond
		}
	}
	if retry := o.spec("retry_policy"); retry != nil && p.Policy != "kubernetes/random" {
		on := retry.Get("retry_on")
		p.retryOn(on, strings.Split(on.Value(), ","))
		p.Params = params.With(p.Params, params.Setting{Name: "num_retries", Value: 1})
		p.number(retry.Get("num_retries"), "num_retries")
		p.span(retry.Get("per_try_timeout"), &p.Limits.Attempt)
	} else if retry != nil {
		p.NotCarried(retry, "retry_policy: retries go to the Service again")
	}
	for _, x := range o.spec("circuit_breakers").Children() {
		if p.Policy == "kubernetes/random" || x.Get("priority").Value() == "high" {
			p.NotCarried(x, "circuit_breakers: not modelled here")
			continue
		}
		for _, key := range []string{"max_connections", "max_pending_requests", "max_requests"} {
			p.limit(x.Get(key), key)
		}
		p.leaveOut(x, "retries at a time are not limited", "max_retries")
	}
}

// emissarySplits finds Mappings that share requests: those for the same requests, of which some have a weight, in percent. Those
// without one share the rest.
func (im *translation) emissarySplits() {
	sharing := map[string][]*object{}
	var order []string
	for _, o := range im.objects {
		if o.kind != "Mapping" || o.group() != emissary {
			continue
		}
		key := signed("mapping", o.namespace, o.spec("hostname"), o.spec("host"), o.spec("prefix"), o.spec("method"), o.spec("headers"))
		if sharing[key] == nil {
			order = append(order, key)
		}
		sharing[key] = append(sharing[key], o)
	}
	for _, key := range order {
		list := sharing[key]
		if len(list) < 2 {
			continue
		}
		left, without := 100, 0
		for _, o := range list {
			if w, ok := o.spec("weight").Int(); ok {
				left -= w
			} else {
				without++
			}
		}
		s := split{of: list[0], how: policies.Weighted{Sticky: "none"}}
		for _, o := range list {
			x := part{pool: im.placed("emissary/" + o.namespace + "/" + o.name), at: o.root.Get("spec")}
			x.given = true
			if w, ok := o.spec("weight").Int(); ok {
				x.weight = w * max(without, 1)
			} else {
				x.weight = max(left, 0)
			}
			s.parts = append(s.parts, x)
		}
		im.splits = append(im.splits, s)
	}
}
