package terraform

import (
	"cmp"
	"strings"

	"stickysim/policies/gcp"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var _ = register(func(im *translation, _, name string, n *tree.Node) { im.backendService(name, name, n) },
	"google_compute_backend_service", "google_compute_region_backend_service", "google_compute_target_pool")

const fortnight = 14 * 24 * sim.Hour

// backendService translates a backend service or target pool of Google Cloud.
func (im *translation) backendService(name, other string, n *tree.Node) {
	p := im.newPool(name, other, n)
	im.seconds(n.Get("connection_draining_timeout_sec"), &p.Drain, sim.Hour)
	affinity := n.Get("session_affinity")
	kind := im.text(affinity, "NONE is used")
	im.affinity(kind, affinity, n, p)
	if !im.locality(n, p, kind) && cmp.Or(kind, "NONE") == "NONE" && n.Get("locality_lb_policy") == nil {
		im.unbound(n, p)
	}
	checks := n.First("health_checks", "health_check")
	given := checks != nil && checks.Kind != tree.Null && (!checks.Is(tree.List) || len(checks.Items) > 0)
	if !given && strings.HasPrefix(n.Key, "resource.google_compute_target_pool.") {
		im.Assumed(n, "health_checks of %s: none, so that every instance counts as up", source.Short(name))
	} else {
		p.Health = &sim.Health{Interval: 5 * sim.Second, Timeout: 5 * sim.Second, Fall: 2, Rise: 2}
	}
	if check := n.Get("health_check"); check.Is(tree.Map) {
		im.Translated(check, "health_check of %s", source.Short(name))
		im.seconds(check.Get("check_interval_sec"), &p.Health.Interval, sim.Hour)
		im.seconds(check.Get("timeout_sec"), &p.Health.Timeout, sim.Hour)
		im.count(check.Get("healthy_threshold"), &p.Health.Rise)
		im.count(check.Get("unhealthy_threshold"), &p.Health.Fall)
	}
	if ttl := n.Get("affinity_cookie_ttl_sec"); ttl != nil && kind != "GENERATED_COOKIE" {
		im.Harmless(ttl, "affinity_cookie_ttl_sec: only GENERATED_COOKIE has it")
	}
	switch {
	case p.Health == nil || im.googleCheck(n, p):
	case !given:
		im.Assumed(n, "health_checks of %s: not given, which Google Cloud takes of backends that are serverless or outside of it alone; its defaults, every 5 s, down after 2 failures, up after 2 successes", source.Short(name))
	default:
		im.Assumed(n, "health_checks of %s: where they are not given, the defaults of Google Cloud, every 5 s, down after 2 failures, up after 2 successes", source.Short(name))
	}
	for _, x := range []struct{ key, kinds string }{{"consistent_hash", "HEADER_FIELD and HTTP_COOKIE have"}, {"strong_session_affinity_cookie", "STRONG_COOKIE_AFFINITY has"}} {
		if y := n.Get(x.key); y != nil && !y.Touched() && !strings.Contains(x.kinds, cmp.Or(kind, "none")) {
			im.Harmless(y, "%s: only %s it", x.key, x.kinds)
		}
	}
	if list := n.Get("instances"); len(list.Children()) > 0 {
		im.Translated(list, "instances: %d servers", len(list.Items))
		for _, x := range list.Items {
			im.server(p, x, nil)
		}
	}
	im.googleGroups(n, p)
	im.googleTimeout(n, p)
	if o := n.Get("outlier_detection"); o != nil && o.Kind != tree.Null {
		im.NotCarried(o, "outlier_detection: not modelled for Google Cloud")
	}
	im.unlisted(p, n)
}

// unbound is what Google Cloud does where neither session affinity nor an algorithm is given: a load balancer of HTTP takes servers in
// turn, another one chooses by all five fields of a connection.
func (im *translation) unbound(n *tree.Node, p *ir.Pool) {
	if im.readsRequests(n) {
		p.Policy, p.Params = "round-robin", params.Of("round-robin")
		im.Assumed(n, "session_affinity and locality_lb_policy of %s: not given; ROUND_ROBIN", source.Short(p.Name))
		return
	}
	im.Assumed(n, "session_affinity of %s: none; a random backend per connection", source.Short(p.Name))
}

// readsRequests reports whether a backend service is behind a load balancer of HTTP, as it is by default.
func (im *translation) readsRequests(n *tree.Node) bool {
	if strings.HasPrefix(n.Key, "resource.google_compute_target_pool.") || n.Get("load_balancing_scheme").Value() == "INTERNAL" {
		return false
	}
	switch n.Get("protocol").Value() {
	case "", "HTTP", "HTTPS", "HTTP2", "GRPC", "H2C":
		return true
	}
	return false
}

func (im *translation) affinity(kind string, at, n *tree.Node, p *ir.Pool) {
	address := ir.KeySource{Kind: "address", Text: kind}
	var ttl sim.Time
	switch kind {
	case "", "NONE", "CLIENT_IP_PORT_PROTO":
		p.Policy, p.Params = "gcp/client-ip", gcp.ClientIP{Tuple: 5}
	case "CLIENT_IP":
		p.Policy, p.Params, p.Key = "gcp/client-ip", gcp.ClientIP{Tuple: 2}, address
	case "CLIENT_IP_PROTO":
		p.Policy, p.Params, p.Key = "gcp/client-ip", gcp.ClientIP{Tuple: 3}, address
	case "CLIENT_IP_NO_DESTINATION":
		p.Policy, p.Params, p.Key = "gcp/client-ip", gcp.ClientIP{Tuple: 1}, address
	case "GENERATED_COOKIE":
		im.seconds(n.Get("affinity_cookie_ttl_sec"), &ttl, fortnight)
		im.cookie(p, "gcp/generated-cookie", "GCLB", ttl)
		p.Params = gcp.GeneratedCookie{TTL: ttl}
	case "HTTP_COOKIE":
		c := n.Get("consistent_hash", "http_cookie")
		im.seconds(c.Get("ttl", "seconds"), &ttl, fortnight)
		im.cookie(p, "gcp/generated-cookie", im.text(c.Get("name"), "the name matters to no one here"), ttl)
		p.Params = gcp.GeneratedCookie{TTL: ttl}
	case "STRONG_COOKIE_AFFINITY":
		c := n.Get("strong_session_affinity_cookie")
		im.seconds(c.Get("ttl", "seconds"), &ttl, fortnight)
		im.cookie(p, "gcp/strong-cookie", im.text(c.Get("name"), "the name matters to no one here"), ttl)
		p.Params = gcp.StrongCookie{TTL: ttl}
	case "HEADER_FIELD":
		im.header(n, p)
	default:
		im.NotCarried(at, "session_affinity %s: not known; NONE is used", source.Short(kind))
		p.Policy, p.Params = "gcp/client-ip", gcp.ClientIP{Tuple: 5}
	}
}

func (im *translation) cookie(p *ir.Pool, policy, name string, ttl sim.Time) {
	p.Policy, p.CookieName, p.IdleTimeout = policy, name, ttl
	p.Key = ir.KeySource{Kind: "cookie", Name: name, Text: "session_affinity"}
}

func (im *translation) header(n *tree.Node, p *ir.Pool) {
	c := gcp.HeaderField{LocalityLBPolicy: "MAGLEV", MinimumRingSize: 1024}
	switch at := n.Get("locality_lb_policy"); {
	case at.Value() == "RING_HASH":
		c.LocalityLBPolicy = "RING_HASH"
		im.Translated(at, "locality_lb_policy: RING_HASH")
	case at.Value() == "MAGLEV":
		im.Translated(at, "locality_lb_policy: MAGLEV")
	case at == nil:
		im.NotCarried(n.Get("session_affinity"), "session_affinity HEADER_FIELD: needs locality_lb_policy RING_HASH or MAGLEV, and Google Cloud refuses it without; MAGLEV is used")
	}
	hash := n.Get("consistent_hash")
	im.count(hash.Get("minimum_ring_size"), &c.MinimumRingSize)
	c.Header = im.text(hash.Get("http_header_name"), "the name matters to no one here")
	p.Policy, p.Params = "gcp/header-field", c
	p.Key = ir.HeaderKey(c.Header, "http_header_name")
}
