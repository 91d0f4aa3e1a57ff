package kubernetes

import (
	"cmp"
	"strconv"
	"strings"

	"stickysim/policies/keys"
	"stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// nginxInc reads the annotations of NGINX Inc.'s controller, which writes nginx upstreams.
func (im *translation) nginxInc(o *object, p *ir.Pool, service string) {
	names := map[string]string{"connect-timeout": "proxy-connect-timeout", "read-timeout": "proxy-read-timeout", "next-upstream": "proxy-next-upstream",
		"next-upstream-timeout": "proxy-next-upstream-timeout", "next-upstream-tries": "proxy-next-upstream-tries"}
	get := func(key string) *tree.Node { return o.annotation("nginx.org/" + cmp.Or(names[key], key)) }
	im.nginxMethod(get("lb-method"), p)
	for _, prefix := range []string{"nginx.com/", "nginx.org/"} {
		im.stickyServices(o.annotation(prefix+"sticky-cookie-services"), p, service)
	}
	im.nginxUpstream(get, p)
	for _, key := range []string{"nginx.com/health-checks", "nginx.com/health-checks-mandatory", "nginx.com/health-checks-mandatory-queue", "nginx.com/slow-start", "nginx.org/use-cluster-ip", "nginx.org/limit-req-rate", "nginx.org/location-snippets", "nginx.org/server-snippets"} {
		if n := o.annotation(key); n != nil {
			im.NotCarried(n, "%s: not modelled", key)
		}
	}
}

// stickyServices reads a list such as "serviceName=web srv_id expires=1h;serviceName=...".
func (im *translation) stickyServices(at *tree.Node, p *ir.Pool, service string) {
	for _, entry := range strings.Split(at.Value(), ";") {
		words := strings.Fields(entry)
		if len(words) < 2 || words[0] != "serviceName="+service {
			continue
		}
		var expires string
		for _, w := range words[2:] {
			if text, ok := strings.CutPrefix(w, "expires="); ok {
				expires = text
			}
		}
		im.nginxCookie(p, words[1], expires)
		im.Translated(at, "sticky-cookie-services: policy nginx/sticky_cookie for service %s", source.Short(service))
	}
}

// nginxCookie puts a cookie of nginx in front of a pool. Those who have none yet are balanced by the pool's method.
func (im *translation) nginxCookie(p *ir.Pool, name, expires string) {
	var t sim.Time
	if expires != "max" {
		t, _ = (&tree.Node{Kind: tree.Scalar, Text: expires}).Duration()
	}
	balance, settings := strings.TrimPrefix(p.Policy, "nginx/"), []params.Setting{{Name: "expires", Value: t}}
	switch c := p.Params.(type) {
	case nginx.Random:
		if c.Two {
			balance = "random two"
		}
	case nginx.Hash:
		if c.Consistent {
			balance = "hash consistent"
		}
		settings = append(settings, params.Setting{Name: "hash_key", Value: c.Key})
	}
	p.Policy, p.CookieName, p.IdleTimeout = "nginx/sticky_cookie", name, t
	p.Params = params.Of(p.Policy, append(settings, params.Setting{Name: "balance", Value: balance})...)
	p.Key = ir.KeySource{Kind: "cookie", Name: name, Text: "sticky cookie " + name}
}

// nginxMethod gives a pool the method that is asked for, or the controller's own.
func (im *translation) nginxMethod(m *tree.Node, p *ir.Pool) {
	p.Balancers.Scope = "process"
	p.Policy, p.Key = "nginx/random", ir.KeySource{Kind: "none"}
	p.Params = params.Of(p.Policy, params.Setting{Name: "two", Value: true})
	if m != nil {
		im.lbMethod(m, p)
	} else {
		im.Assumed(p.Place, "lb-method: not given, random two least_conn")
	}
}

// nginxUpstream reads what nginx does with pods that fail. get finds a setting by its name in a VirtualServer.
func (im *translation) nginxUpstream(get func(string) *tree.Node, p *ir.Pool) {
	p.Limits.Connect, p.Limits.Attempt = 60*sim.Second, 60*sim.Second // nginx's own
	im.span(get("connect-timeout"), &p.Limits.Connect)
	im.span(get("read-timeout"), &p.Limits.Attempt)
	if on := get("next-upstream"); on.Value() == "off" {
		im.set(p, on, params.Setting{Name: "next_upstream", Value: false})
	} else if on != nil {
		im.nextUpstream(on, p)
	}
	if t, ok := im.duration(get("next-upstream-timeout")); ok {
		im.set(p, get("next-upstream-timeout"), params.Setting{Name: "next_upstream_timeout", Value: t})
	}
	im.number(p, get("next-upstream-tries"), "next_upstream_tries")
	fails, timeout, limit := get("max-fails"), get("fail-timeout"), 0
	options := map[string]string{}
	if fails != nil && im.whole(fails, 0, 1_000_000, new(int)) {
		options["max_fails"] = fails.Value()
	}
	if t, ok := im.duration(timeout); ok {
		options["fail_timeout"] = strconv.Itoa(int(t/sim.Second)) + "s"
		im.Translated(timeout, "fail-timeout: %v", t)
	}
	if n := get("max-conns"); n.Value() != "0" {
		im.whole(n, 1, unlimited, &limit)
	}
	if len(options) > 0 || limit > 0 {
		im.listed(p, p.Place, limit, options)
	}
}

// nextUpstream reads after which failures nginx tries another pod.
func (im *translation) nextUpstream(n *tree.Node, p *ir.Pool) {
	var known []string
	for _, word := range strings.Fields(n.Value()) {
		switch word {
		case "error", "timeout", "http_503", "non_idempotent":
			known = append(known, word)
		default:
			im.Assumed(n, "%s: servers never answer with %s", n.Key, source.Short(word))
		}
	}
	im.set(p, n, params.Setting{Name: "next_upstream_on", Value: strings.Join(known, " ")})
}

// lbMethod translates nginx.org/lb-method, which is an nginx directive without its semicolon.
func (im *translation) lbMethod(m *tree.Node, p *ir.Pool) {
	words := append(strings.Fields(m.Value()), "", "")
	var settings []params.Setting
	switch words[0] {
	case "round_robin", "least_conn":
		p.Policy = "nginx/" + words[0]
	case "ip_hash":
		p.Policy, p.Key = "nginx/ip_hash", ir.KeySource{Kind: "address", Text: "ip_hash"}
	case "random":
		settings = append(settings, params.Setting{Name: "two", Value: words[1] == "two"})
	case "hash":
		var parts keys.Template
		p.Policy = "nginx/hash"
		if p.Key, parts = im.variable(m, words[1]); !parts.IsOwn() {
			settings = append(settings, params.Setting{Name: "key", Value: p.Key.Text})
		}
		settings = append(settings, params.Setting{Name: "consistent", Value: words[2] == "consistent"})
	default:
		im.NotCarried(m, "lb-method %s: not modelled; random two is used", m)
		return
	}
	p.Params = params.Of(p.Policy, settings...)
	im.Translated(m, "lb-method: policy %s", p.Policy)
}
