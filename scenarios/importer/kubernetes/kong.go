package kubernetes

import (
	"stickysim/policies"
	"stickysim/policies/kong"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

var (
	_ = register("configuration.konghq.com", leftOut("plugins that hold requests back or answer them are not modelled"), "KongPlugin", "KongClusterPlugin")
	_ = register("configuration.konghq.com", leftOut("only Ingresses lead to pools of Kong's"), "KongIngress", "TCPIngress", "UDPIngress", "KongServiceFacade")
)

// kong reads the KongUpstreamPolicy a Service asks for. For Kong's balancers without a ring the textbook ones stand.
func (im *translation) kong(s *object, p *ir.Pool) {
	p.Policy, p.Key = "round-robin", ir.KeySource{Kind: "none"}
	p.Limits, p.Redispatch = ir.Limits{Connect: sim.Minute, Attempt: sim.Minute}, 5 // Kong's own
	defer func() {
		if p.Params == nil {
			p.Params = params.Of(p.Policy)
		}
	}()
	if s == nil {
		return
	}
	im.kongService(s, p)
	at := s.annotation("konghq.com/upstream-policy")
	o := im.named[s.ref("KongUpstreamPolicy", at.Value())]
	if at == nil || o == nil {
		if at != nil {
			im.NotCarried(at, "upstream-policy %s: not in this file; round robin is used", at)
		}
		return
	}
	o.used = true
	im.Translated(at, "upstream-policy %s", at)
	switch a := o.spec("algorithm"); a.Value() {
	case "consistent-hashing":
		im.kongRing(o, p)
		im.Translated(a, "algorithm consistent-hashing: policy %s", p.Policy)
	case "least-connections":
		p.Policy = "least-connections"
		im.Translated(a, "algorithm least-connections: policy least-connections")
	case "sticky-sessions":
		im.kongCookie(a, o.spec("stickySessions", "cookie"), p)
		if n := o.spec("hashOn"); n != nil {
			im.Harmless(n, "hashOn: nothing is hashed beside sticky-sessions")
		}
	case "", "round-robin":
		if a != nil {
			im.Translated(a, "algorithm %s", a)
		}
	default:
		im.NotCarried(a, "algorithm %s: not modelled; round robin is used", a)
	}
	for _, n := range []*tree.Node{o.spec("hashOn"), o.spec("hashOnFallback"), o.spec("slots")} {
		if n != nil && p.Policy != "kong/consistent-hashing" && !n.Remarked() {
			im.Harmless(n, "%s: only consistent-hashing hashes", n.Key)
		}
	}
	if checks := o.spec("healthchecks", "active"); checks != nil {
		p.Health = im.kongHealth(checks)
	}
	switch n := o.spec("healthchecks", "threshold"); {
	case n == nil || n.Remarked(): // by its ring
	case n.Value() != "0":
		im.NotCarried(n, "threshold %s: Kong answers 503 itself where less of the weight is healthy; here the pods that are left take all", n)
	default:
		im.Translated(n, "threshold 0: the pods that are left take all")
	}
	if passive := o.spec("healthchecks", "passive"); passive != nil {
		im.NotCarried(passive, "healthchecks.passive: not modelled")
	}
}

// kongCookie has Kong's cookie name a pod. A client whose pod is gone gets another one, and a new cookie.
func (im *translation) kongCookie(at, name *tree.Node, p *ir.Pool) {
	p.Policy = "cookie"
	p.Params = params.Of(p.Policy, params.Setting{Name: "balance", Value: policies.Named("round-robin")})
	p.CookieName = name.Value()
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "stickySessions.cookie"}
	im.Translated(at, "algorithm sticky-sessions: policy cookie")
	if name != nil {
		im.Translated(name, "stickySessions.cookie: %s", name)
	}
	im.Assumed(at, "algorithm sticky-sessions: every client sends the cookie back until its session ends")
}

// kongService reads time limits, in milliseconds, and retries from the annotations of a Service.
func (im *translation) kongService(s *object, p *ir.Pool) {
	for _, limit := range []struct {
		key string
		to  *sim.Time
	}{{"connect-timeout", &p.Limits.Connect}, {"read-timeout", &p.Limits.Attempt}} {
		ms := 0
		if im.whole(s.annotation("konghq.com/"+limit.key), 1, 1<<31, &ms) {
			*limit.to = sim.Time(ms) * sim.Millisecond
		}
	}
	im.whole(s.annotation("konghq.com/retries"), 0, 32_767, &p.Redispatch)
	if n := s.annotation("konghq.com/override"); n != nil {
		im.NotCarried(n, "override: KongIngress is not read; use KongUpstreamPolicy")
	}
	if n := s.annotation("konghq.com/plugins"); n != nil {
		im.NotCarried(n, "plugins: those that hold requests back or answer them are not modelled")
	}
}

// kongRing makes Kong's ring: what is hashed, of what requests without that are hashed, and how large it is.
func (im *translation) kongRing(o *object, p *ir.Pool) {
	c := kong.ConsistentHashing{HashOn: "none", Fallback: "none", Slots: 10_000, Retries: p.Redispatch}
	on := o.spec("hashOn")
	if on == nil {
		im.Assumed(o.root, "hashOn: not given, so Kong hashes an empty text, and one pod gets all requests")
	}
	p.Key = im.kongHash(on, &c.HashOn, &c.Header)
	switch other := o.spec("hashOnFallback"); {
	case other == nil:
	case c.HashOn == "cookie":
		im.Harmless(other, "hashOnFallback: Kong gives a cookie to clients without one")
	default:
		im.kongHash(other, &c.Fallback, &c.FallbackHeader)
	}
	if p.Key.Kind == "cookie" {
		p.CookieName = p.Key.Name
	}
	im.whole(o.spec("slots"), 10, 65_536, &c.Slots)
	if t := o.spec("healthchecks", "threshold"); t != nil {
		if x, ok := t.Number(); ok && x >= 0 && x <= 100 {
			c.Threshold = x
			im.Translated(t, "threshold %s: below it, Kong answers 503", t)
		}
	}
	p.Policy, p.Params = "kong/consistent-hashing", c
}

// kongHash reads hashOn or hashOnFallback into a parameter, with the header that it may name.
func (im *translation) kongHash(n *tree.Node, on, header *string) (key ir.KeySource) {
	key.Kind = "none"
	if n == nil {
		return key
	}
	value := func(name string) string { return n.Get(name).Value() }
	switch input := value("input"); {
	case value("cookie") != "":
		*on, key = "cookie", ir.KeySource{Kind: "cookie", Name: value("cookie"), Text: n.Key + ".cookie"}
	case value("header") != "":
		*on, *header, key = "header", value("header"), ir.HeaderKey(value("header"), n.Key+".header")
	case value("queryArg") != "":
		*on, key = "query_arg", ir.KeySource{Kind: "argument", Name: value("queryArg"), Text: n.Key + ".queryArg"}
	case value("uriCapture") != "":
		*on, key = "uri_capture", ir.KeySource{Kind: "argument", Name: value("uriCapture"), Text: n.Key + ".uriCapture"}
	case input == "ip":
		*on, key = "ip", ir.KeySource{Kind: "address", Text: n.Key + ".input: ip"}
	case input == "path":
		*on, key = "path", ir.KeySource{Kind: "uri", Text: n.Key + ".input: path"}
	case input == "consumer":
		*on, key = "consumer", ir.KeySource{Kind: "header", Name: "Authorization", Text: n.Key + ".input: consumer"}
		im.Assumed(n, "%s consumer: every client is a consumer of its own", n.Key)
	case input == "none":
	default:
		im.NotCarried(n, "%s: only cookie, header, queryArg, uriCapture and the inputs ip, path, consumer and none are known", n.Key)
		return key
	}
	im.Translated(n, "%s: %s %s", n.Key, key.Kind, source.Short(key.Name))
	for _, name := range []string{"cookie", "header", "queryArg", "uriCapture", "input"} {
		if x := n.Get(name); x != nil {
			im.Translated(x, "%s: %s", name, x)
		}
	}
	return key
}

func (im *translation) kongHealth(n *tree.Node) *sim.Health {
	h := &sim.Health{Timeout: sim.Second}
	healthy, unhealthy := n.Get("healthy"), n.Get("unhealthy")
	im.span(healthy.Get("interval"), &h.Interval)
	im.span(n.Get("timeout"), &h.Timeout)
	im.span(unhealthy.Get("interval"), &h.Down)
	im.whole(healthy.Get("successes"), 0, 255, &h.Rise)
	for _, key := range []string{"tcpFailures", "httpFailures", "timeouts"} { // servers that are gone refuse connections first of all
		if x, failures := unhealthy.Get(key), 0; im.whole(x, 0, 255, &failures) && h.Fall == 0 {
			h.Fall = failures
		}
	}
	switch {
	case h.Interval <= 0:
		im.Assumed(n, "healthchecks.active: healthy.interval is 0, as it is by default, so that healthy pods are not checked")
		im.Translated(n, "healthchecks.active: off")
		return nil
	case h.Fall == 0:
		im.Assumed(n, "healthchecks.active: no number of failures is given, so that no check marks a pod down")
		im.Translated(n, "healthchecks.active: without effect")
		return nil
	}
	h.Rise, h.Timeout = max(h.Rise, 1), max(h.Timeout, sim.Millisecond)
	im.Translated(n, "healthchecks.active: every %v, down after %d failures, up after %d successes", h.Interval, h.Fall, h.Rise)
	return h
}
