package kubernetes

import (
	"encoding/json"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// gce reads the BackendConfig of a Service behind Google Cloud's load balancer.
func (im *translation) gce(o, s *object, p *ir.Pool) {
	im.googleDefaults(p)
	config := im.backendConfig(s)
	if config == nil {
		im.Assumed(o.root, "session affinity of %s: none; a random backend per connection", source.Short(p.Name))
		return
	}
	spec := config.root.Get("spec")
	im.googleAffinity(spec.Get("sessionAffinity", "affinityType"), spec.Get("sessionAffinity", "affinityCookieTtlSec"), p)
	im.span(spec.Get("timeoutSec"), &p.Limits.Request)
	im.span(spec.Get("connectionDraining", "drainingTimeoutSec"), &p.Drain)
	im.googleProbe(spec.Get("healthCheck"), p)
	im.leaveOut(spec, "answers of a cache do not reach the pods", "cdn")
	im.leaveOut(spec, "requests that are refused are not modelled", "securityPolicy", "iap")
}

// googleDefaults gives a pool what Google's load balancer does where nothing is said.
func (im *translation) googleDefaults(p *ir.Pool) {
	p.Balancers.Scope = "process"
	p.Policy, p.Key = "gcp/client-ip", ir.KeySource{Kind: "none"}
	p.Params = params.Of(p.Policy, params.Setting{Name: "tuple", Value: 5})
	p.Limits.Request = 30 * sim.Second
}

// backendConfig finds the BackendConfig that a Service's annotation names: for one port, or for all.
func (im *translation) backendConfig(s *object) *object {
	if s == nil {
		return nil
	}
	at := s.annotation("cloud.google.com/backend-config")
	if at == nil {
		at = s.annotation("beta.cloud.google.com/backend-config")
	}
	if at == nil {
		return nil
	}
	var names struct {
		Default string
		Ports   map[string]string
	}
	if err := json.Unmarshal([]byte(at.Value()), &names); err != nil {
		im.NotCarried(at, "backend-config: must be JSON such as {\"default\": \"NAME\"}")
		return nil
	}
	name := names.Default
	for _, port := range s.ports() {
		for _, key := range []string{"port", "name"} {
			if n := names.Ports[port.Get(key).Value()]; n != "" {
				name = n
			}
		}
	}
	config := im.named[s.ref("BackendConfig", name)]
	if config == nil {
		im.NotCarried(at, "backend-config %s: not in these files", source.Short(name))
		return nil
	}
	config.used = true
	im.Translated(at, "backend-config %s", source.Short(name))
	if len(names.Ports) > 1 {
		im.NotCarried(at, "backend-config: ports have different ones; that of the last port of the Service is used")
	}
	return config
}

// googleAffinity reads how sessions stick.
func (im *translation) googleAffinity(kind, ttl *tree.Node, p *ir.Pool) {
	if ttl != nil && kind.Value() != "GENERATED_COOKIE" {
		im.Harmless(ttl, "%s: only GENERATED_COOKIE has it", ttl.Key)
	}
	tuple := 5
	switch kind.Value() {
	case "", "NONE":
	case "CLIENT_IP":
		tuple = 2
	case "CLIENT_IP_PROTO":
		tuple = 3
	case "GENERATED_COOKIE":
		p.Policy, p.Params, p.CookieName = "gcp/generated-cookie", params.Of("gcp/generated-cookie"), "GCLB"
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "GENERATED_COOKIE"}
		im.Translated(kind, "session affinity GENERATED_COOKIE: policy gcp/generated-cookie")
		if t, ok := im.duration(ttl); ok && im.set(p, ttl, params.Setting{Name: "ttl", Value: t}) {
			p.IdleTimeout = t
		}
		return
	default:
		im.NotCarried(kind, "session affinity %s: not modelled; NONE is used", kind)
		return
	}
	p.Params = params.Of(p.Policy, params.Setting{Name: "tuple", Value: tuple})
	if tuple < 5 {
		p.Key = ir.KeySource{Kind: "address", Text: kind.Value()}
	}
	if kind != nil {
		im.Translated(kind, "session affinity %s: policy gcp/client-ip", kind)
	}
}

// googleStateful reads a cookie that names the pod, so that a client keeps it while it is healthy.
func (im *translation) googleStateful(n *tree.Node, p *ir.Pool) {
	if n == nil {
		return
	}
	p.Policy, p.Params, p.CookieName = "gcp/strong-cookie", params.Of("gcp/strong-cookie"), "GCLB"
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "statefulGeneratedCookie"}
	im.Translated(n, "statefulGeneratedCookie: policy gcp/strong-cookie")
	ttl := n.Get("cookieTtlSeconds")
	if t, ok := im.duration(ttl); ok && im.set(p, ttl, params.Setting{Name: "ttl", Value: t}) {
		p.IdleTimeout = t
	}
}

// googleProbe reads a health check.
func (im *translation) googleProbe(n *tree.Node, p *ir.Pool) {
	if n == nil {
		return
	}
	h := sim.Health{Interval: 5 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 2}
	im.span(n.Get("checkIntervalSec"), &h.Interval)
	im.span(n.Get("timeoutSec"), &h.Timeout)
	im.whole(n.Get("unhealthyThreshold"), 1, 10, &h.Fall)
	im.whole(n.Get("healthyThreshold"), 1, 10, &h.Rise)
	if h.Interval <= 0 || h.Timeout <= 0 {
		im.NotCarried(n, "health check: interval and timeout must be longer than 0s")
		return
	}
	p.Health = &h
}

// googlePolicies reads the policies that are attached to a Service behind a GKE Gateway, and reports whether there are any.
func (im *translation) googlePolicies(o *object, service string, p *ir.Pool) bool {
	found := false
	for _, policy := range im.objects {
		if policy.group() != "networking.gke.io" || policy.namespace != o.namespace || !targets(policy, "Service", service) {
			continue
		}
		if !found {
			im.googleDefaults(p)
		}
		found = true
		im.attach(policy)
		n := policy.spec("default")
		switch policy.kind {
		case "GCPBackendPolicy":
			im.googleAffinity(n.Get("sessionAffinity", "type"), n.Get("sessionAffinity", "cookieTtlSec"), p)
			im.span(n.Get("timeoutSec"), &p.Limits.Request)
			im.span(n.Get("connectionDraining", "drainingTimeoutSec"), &p.Drain)
			im.leaveOut(n, "requests that are refused, or that another backend gets, are not modelled", "securityPolicy", "iap", "maxRatePerEndpoint", "backendPreference")
		case "HealthCheckPolicy":
			im.googleProbe(n, p)
		case "GCPSessionAffinityPolicy":
			im.googleStateful(policy.spec("statefulGeneratedCookie"), p)
		case "GCPTrafficDistributionPolicy":
			im.leaveOut(n, "the algorithm among pods of a zone; without session affinity a pod is chosen at random here", "localityLbAlgorithm")
			im.leaveOut(n, "pods have no zones here, so that none take over for others", "serviceLbAlgorithm", "autoCapacityDrain", "failoverConfig")
		}
	}
	return found
}
