package kubernetes

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// setting finds an annotation that a controller reads from the Service, else from the Ingress.
func setting(ingress, service *object, prefix string) func(string) *tree.Node {
	return func(key string) *tree.Node {
		if service != nil {
			if n := service.annotation(prefix + key); n != nil {
				return n
			}
		}
		return ingress.annotation(prefix + key)
	}
}

// haproxyIngress reads the annotations of the controller haproxy-ingress.
func (im *translation) haproxyIngress(o, s *object, pool *ir.Pool) {
	get := setting(o, s, "haproxy-ingress.github.io/")
	p := im.haproxyPods(pool, "random(2)")
	p.options.Redispatch = -1
	p.balance(get("balance-algorithm"))
	switch affinity := get("affinity"); affinity.Value() {
	case "":
	case "cookie":
		im.Translated(affinity, "affinity cookie: policy haproxy/cookie")
		p.CookieName = "INGRESSCOOKIE"
		if n := get("session-cookie-name"); n.Value() != "" {
			p.CookieName = n.Value()
			im.Translated(n, "session-cookie-name: %s", n)
		}
		if n := get("session-cookie-strategy"); n != nil && n.Value() != "insert" {
			im.NotCarried(n, "session-cookie-strategy %s: the cookie is inserted here", n)
		}
		for _, key := range []string{"session-cookie-keywords", "session-cookie-dynamic", "session-cookie-value-strategy", "session-cookie-preserve", "session-cookie-shared"} {
			p.cookieWords(get(key))
		}
	default:
		im.NotCarried(affinity, "affinity %s: the controller knows cookie alone", affinity)
	}
	p.time(get("timeout-connect"), &p.Limits.Connect)
	p.time(get("timeout-server"), &p.Limits.Attempt)
	p.time(get("timeout-queue"), &p.Limits.Queue)
	p.podLimit(get("maxconn-server"))
	h := sim.Health{Interval: 2 * sim.Second, Fall: 3, Rise: 2}
	im.whole(get("health-check-fall-count"), 1, 1000, &h.Fall)
	im.whole(get("health-check-rise-count"), 1, 1000, &h.Rise)
	interval := get("health-check-interval")
	if interval == nil {
		interval = get("backend-check-interval")
	}
	p.checked(h, interval)
	if interval == nil {
		im.Assumed(o.root, "health checks of %s: the controller's own, every 2 s", source.Short(p.Name))
	}
	for _, key := range []string{"blue-green-deploy", "blue-green-balance", "blue-green-mode", "blue-green-cookie", "blue-green-header"} {
		if n := get(key); n != nil {
			im.NotCarried(n, "%s: the weights of groups of pods are not modelled", key)
		}
	}
	for _, key := range []string{"limit-connections", "limit-rps", "maxqueue-server", "initial-weight", "service-upstream", "agent-check-port", "peers-table", "config-backend", "dynamic-scaling", "assign-backend-server-id"} {
		if n := get(key); n != nil {
			im.NotCarried(n, "%s: not modelled", key)
		}
	}
	p.finish()
}

// cookieWords remarks on how the value of a cookie is made, which here always names the pod.
func (p *haproxyPool) cookieWords(n *tree.Node) {
	if n != nil {
		p.Translated(n, "%s: %s; the cookie names the pod", n.Key, n)
	}
}

// haproxyTech reads the annotations of HAProxy Technologies' controller.
func (im *translation) haproxyTech(o, s *object, pool *ir.Pool) {
	get := setting(o, s, "haproxy.org/")
	p := im.haproxyPods(pool, "roundrobin")
	p.balance(get("load-balance"))
	for _, key := range []string{"cookie-persistence", "cookie-persistence-no-dynamic"} {
		if c := get(key); c.Value() != "" {
			p.CookieName = strings.Fields(c.Value() + " _")[0]
			im.Translated(c, "%s: policy haproxy/cookie", key)
			if s == nil || s.annotation("haproxy.org/"+key) == nil {
				im.Assumed(c, "%s: older controllers read it from the Ingress; newer ones from the Service alone", key)
			}
		}
	}
	p.time(get("timeout-connect"), &p.Limits.Connect)
	p.time(get("timeout-server"), &p.Limits.Attempt)
	p.time(get("timeout-queue"), &p.Limits.Queue)
	p.podLimit(get("pod-maxconn"))
	if check := get("check"); strings.EqualFold(check.Value(), "false") {
		im.Translated(check, "check: none; pods leave when Kubernetes says so")
	} else {
		if check != nil {
			im.Translated(check, "check: %s", check)
		}
		h := sim.Health{Interval: 2 * sim.Second, Fall: 3, Rise: 2}
		p.time(get("timeout-check"), &h.Timeout)
		p.checked(h, get("check-interval"))
		if get("check-interval") == nil {
			im.Assumed(o.root, "health checks of %s: HAProxy's own, every 2 s, down after 3 failures, up after 2 successes", source.Short(p.Name))
		}
	}
	for _, key := range []string{"rate-limit-requests", "rate-limit-period", "backend-config-snippet", "route-acl", "standalone-backend", "src-ip-header"} {
		if n := get(key); n != nil {
			im.NotCarried(n, "%s: not modelled", key)
		}
	}
	p.finish()
}
