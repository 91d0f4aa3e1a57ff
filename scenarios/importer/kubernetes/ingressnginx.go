package kubernetes

import (
	"slices"
	"strings"

	"stickysim/policies/ingressnginx"
	"stickysim/policies/keys"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

const communityNginx = "nginx.ingress.kubernetes.io/"

// ingressNginx reads the annotations of the community's ingress-nginx: affinity first, then hashing, then the
// algorithm, as the controller does.
func (im *translation) ingressNginx(o *object, p *ir.Pool, service string) {
	get := func(key string) *tree.Node { return o.annotation(communityNginx + key) }
	for _, key := range []string{"canary", "canary-weight", "canary-by-header", "canary-by-header-value", "canary-by-cookie", "canary-weight-total", "affinity-canary-behavior"} {
		if n := get(key); n != nil {
			im.NotCarried(n, "%s: the split between this Ingress and its main one is not modelled", key)
		}
	}
	if n := get("service-upstream"); n.True() {
		im.NotCarried(n, "service-upstream: the controller goes to the Service, whose own balancing then decides")
	}
	p.Sees = im.forwardedHeaders()
	im.ingressRetries(get, p)
	affinity, hashBy := get("affinity"), get("upstream-hash-by")
	im.ingressUnused(get, affinity.Value() == "cookie", hashBy.Value() != "")
	switch {
	case affinity.Value() == "cookie":
		namespace := o.namespace
		if namespace == "" {
			namespace = "default"
		}
		im.ingressCookie(affinity, get, p, namespace+"-"+service)
	case hashBy.Value() != "":
		im.hashBy(hashBy, get, p)
		if affinity != nil {
			im.NotCarried(affinity, "affinity %s: the controller knows cookie alone", affinity)
		}
	default:
		p.Policy, p.Params, p.Key = "ingress-nginx/round-robin", ingressnginx.RoundRobin{}, ir.KeySource{Kind: "none"}
		if affinity != nil {
			im.NotCarried(affinity, "affinity %s: the controller knows cookie alone", affinity)
		}
		lb := get("load-balance")
		switch {
		case lb == nil:
			im.Assumed(o.root, "load-balance: not given, round robin")
		case lb.Value() == "round_robin":
			im.Translated(lb, "load-balance: policy ingress-nginx/round-robin")
		default:
			im.NotCarried(lb, "load-balance %s: not modelled; round robin is used", lb)
		}
	}
}

// ingressUnused remarks on annotations that others leave without effect: a cookie goes before a hash, and both before load-balance.
func (im *translation) ingressUnused(get func(string) *tree.Node, cookie, hash bool) {
	say := func(unused bool, why string, keys ...string) {
		for _, key := range keys {
			if n := get(key); n != nil && unused {
				im.Harmless(n, "%s %s: %s", key, n, why)
			}
		}
	}
	say(cookie, "without effect, affinity: cookie goes before it", "upstream-hash-by", "upstream-hash-by-subset", "upstream-hash-by-subset-size", "load-balance")
	say(!cookie && hash, "without effect, upstream-hash-by goes before it", "load-balance")
	say(!cookie && !hash, "without effect, upstream-hash-by is not given", "upstream-hash-by-subset", "upstream-hash-by-subset-size")
	say(!cookie, "without effect, affinity is not cookie", "affinity-mode", "session-cookie-name", "session-cookie-expires", "session-cookie-max-age", "session-cookie-change-on-failure",
		"session-cookie-path", "session-cookie-domain", "session-cookie-samesite", "session-cookie-secure", "session-cookie-conditional-samesite-none")
}

// ingressRetries reads time limits, and how many pods a request is tried on. The controller's own are 5 s for a connection, a
// minute for an answer, and three attempts.
func (im *translation) ingressRetries(get func(string) *tree.Node, p *ir.Pool) {
	p.Limits.Connect, p.Limits.Attempt = 5*sim.Second, sim.Minute
	im.span(get("proxy-connect-timeout"), &p.Limits.Connect)
	im.span(get("proxy-read-timeout"), &p.Limits.Attempt)
	attempts := 3
	if im.whole(get("proxy-next-upstream-tries"), 0, 16, &attempts) && attempts == 0 {
		attempts = 16 // no limit
	}
	on := get("proxy-next-upstream")
	words := strings.Fields(on.Value())
	switch {
	case slices.Contains(words, "off"):
		attempts = 1
		im.Translated(on, "proxy-next-upstream: a request is tried on one pod")
	case on != nil && !slices.Contains(words, "error"):
		attempts = 1
		im.NotCarried(on, "proxy-next-upstream %s: only retries after connections that fail are modelled", on)
	case on != nil:
		im.Translated(on, "proxy-next-upstream: a request whose connection fails is tried on another pod")
	}
	p.Redispatch = attempts - 1
	if n := get("proxy-next-upstream-timeout"); n != nil && n.Value() != "0" {
		im.NotCarried(n, "proxy-next-upstream-timeout: attempts end by their number alone")
	}
}

// forwardedHeaders reads from the controller's ConfigMap whether it takes the client's address from proxies in front.
func (im *translation) forwardedHeaders() (s *ir.Sees) {
	for _, o := range im.objects {
		if o.kind != "ConfigMap" {
			continue
		}
		for _, key := range []string{"use-forwarded-headers", "use-proxy-protocol"} {
			if n := o.root.Get("data", key); n.True() {
				s, _ = ir.SeesFrom(strings.FieldsFunc(o.root.Get("data", "proxy-real-ip-cidr").Value(), func(r rune) bool { return r == ',' || r == ' ' }))
				im.Translated(n, "%s: $remote_addr is the address that proxies in front tell (clients: {seen_as: forwarded})", key)
			}
		}
	}
	return s
}

// ingressCookie translates affinity: cookie.
func (im *translation) ingressCookie(at *tree.Node, get func(string) *tree.Node, p *ir.Pool, backend string) {
	im.cookieAttributes(get)
	c := ingressnginx.Cookie{Mode: "balanced", Backend: backend}
	im.Translated(at, "affinity cookie: policy ingress-nginx/cookie")
	if m := get("affinity-mode"); m != nil {
		if m.Value() == "persistent" {
			c.Mode = "persistent"
		}
		if m.Value() != c.Mode {
			im.NotCarried(m, "affinity-mode: must be balanced or persistent, got %s; balanced is used", m)
		} else {
			im.Translated(m, "affinity-mode: %s", c.Mode)
		}
	}
	if f := get("session-cookie-change-on-failure"); f != nil {
		c.ChangeOnFailure = f.True()
		im.Translated(f, "session-cookie-change-on-failure: %v", c.ChangeOnFailure)
	}
	for _, key := range []string{"session-cookie-expires", "session-cookie-max-age"} { // browsers prefer max-age
		if n := get(key); n != nil {
			t, ok := n.Seconds()
			if !ok {
				im.NotCarried(n, "%s: must be a number of seconds, got %s", key, n)
				continue
			}
			c.TTL = t
			im.Translated(n, "%s: %v", key, t)
		}
	}
	p.CookieName = "INGRESSCOOKIE"
	if n := get("session-cookie-name"); n.Value() != "" {
		p.CookieName = n.Value()
		im.Translated(n, "session-cookie-name: %s", n)
	}
	p.Policy, p.Params, p.IdleTimeout = "ingress-nginx/cookie", c, c.TTL
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "affinity: cookie"}
}

func (im *translation) cookieAttributes(get func(string) *tree.Node) {
	for _, key := range []string{"path", "domain", "samesite", "secure", "conditional-samesite-none"} {
		if n := get("session-cookie-" + key); n != nil {
			im.Assumed(n, "session-cookie-%s: %s: every request of a client is taken to carry the cookie, also those for which this keeps it back", key, n)
			n.Cover(true)
		}
	}
}

// hashBy translates upstream-hash-by.
func (im *translation) hashBy(at *tree.Node, get func(string) *tree.Node, p *ir.Pool) {
	c := ingressnginx.HashBy{Key: "text", SubsetSize: 3}
	var parts keys.Template
	p.Key, parts = im.variable(at, at.Value())
	switch {
	case len(parts) == 1 && parts[0].From == keys.Seen:
		c.Key = strings.Trim(parts[0].Name, "${}")
	case !parts.IsOwn():
		c.Key = p.Key.Text
	}
	im.Translated(at, "upstream-hash-by %s: policy ingress-nginx/upstream-hash-by", at)
	if s := get("upstream-hash-by-subset"); s != nil {
		c.Subset = s.True()
		im.Translated(s, "upstream-hash-by-subset: %v", c.Subset)
	}
	if n := get("upstream-hash-by-subset-size"); n != nil {
		if x, ok := n.Int(); ok && x > 0 && x <= 100_000 {
			c.SubsetSize = x
			im.Translated(n, "upstream-hash-by-subset-size: %d", x)
		} else {
			im.NotCarried(n, "upstream-hash-by-subset-size: must be a whole number from 1, got %s", n)
		}
	}
	p.Policy, p.Params = "ingress-nginx/upstream-hash-by", c
}

// variable finds what an nginx expression holds, and says so where that is not plain. The dollar of a single variable may
// be missing.
func (im *translation) variable(at *tree.Node, text string) (ir.KeySource, keys.Template) {
	if plainVariable().MatchString(text) {
		text = "$" + text
	}
	from, parts := ir.NginxKey(text)
	of := func(s keys.Source) bool {
		return slices.ContainsFunc(parts, func(p keys.Part) bool { return p.From == s })
	}
	switch {
	case !slices.ContainsFunc(parts, func(p keys.Part) bool { return p.From != keys.Literal }):
		im.NotCarried(at, "%s: the key is the same for every request, so one server gets all requests", source.Short(text))
	case of(keys.Random):
		im.NotCarried(at, "%s: it differs from request to request or connection to connection: nothing sticks", source.Short(text))
	case from.Kind == "none":
		im.NotCarried(at, "%s: what of a request it stands for is unknown", source.Short(text))
	}
	if len(parts) > 1 || from.Address {
		im.Assumed(at, "%s: %s", source.Short(text), parts)
	}
	return from, parts
}

var plainVariable = lazy.Regexp(`^\w+$`)
