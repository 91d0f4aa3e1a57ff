package kubernetes

import (
	"stickysim/policies"
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

// kong reads the KongUpstreamPolicy a Service asks for. Kong's balancers are its own; the textbook ones stand for them.
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
		p.Policy = "consistent-hash"
		im.Translated(a, "algorithm consistent-hashing: policy consistent-hash; Kong's ring has other points")
		im.hashOn(o.spec("hashOn"), p)
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
	for _, n := range []*tree.Node{o.spec("hashOn"), o.spec("hashOnFallback")} {
		if n != nil && p.Policy != "consistent-hash" && !n.Remarked() {
			im.Harmless(n, "%s: only consistent-hashing hashes", n.Key)
		}
	}
	if slots := o.spec("slots"); slots != nil {
		im.Harmless(slots, "slots: the size of Kong's ring; consistent-hash has its own number of points")
	}
	if other := o.spec("hashOnFallback"); other != nil && !other.Remarked() {
		im.NotCarried(other, "hashOnFallback: every client has the value that is hashed")
	}
	if checks := o.spec("healthchecks", "active"); checks != nil {
		p.Health = im.kongHealth(checks)
	}
	if n := o.spec("healthchecks", "threshold"); n != nil && n.Value() != "0" {
		im.NotCarried(n, "threshold %s: Kong answers 503 itself where less of the weight is healthy; here the pods that are left take all", n)
	} else if n != nil {
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
	im.whole(s.annotation("konghq.com/retries"), 0, 15, &p.Redispatch)
	if n := s.annotation("konghq.com/override"); n != nil {
		im.NotCarried(n, "override: KongIngress is not read; use KongUpstreamPolicy")
	}
	if n := s.annotation("konghq.com/plugins"); n != nil {
		im.NotCarried(n, "plugins: those that hold requests back or answer them are not modelled")
	}
}

// hashOn translates what Kong hashes.
func (im *translation) hashOn(n *tree.Node, p *ir.Pool) {
	key := "hash"
	switch {
	case n.Get("cookie") != nil:
		p.CookieName = n.Get("cookie").Value()
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "hashOn.cookie"}
	case n.Get("header") != nil:
		if p.Key = ir.HeaderKey(n.Get("header").Value(), "hashOn.header"); p.Key.Address {
			key = "address"
		}
	case n.Get("queryArg") != nil:
		p.Key = ir.KeySource{Kind: "argument", Name: n.Get("queryArg").Value(), Text: "hashOn.queryArg"}
	case n.Get("input").Value() == "ip":
		key, p.Key = "address", ir.KeySource{Kind: "address", Text: "hashOn.input: ip"}
	case n.Get("input").Value() == "path":
		p.Key = ir.KeySource{Kind: "uri", Text: "hashOn.input: path"}
	default:
		p.Key = ir.KeySource{Kind: "header", Text: "unknown"}
		if n != nil {
			im.NotCarried(n, "hashOn: only cookie, header, queryArg and the inputs ip and path are known")
		}
	}
	if n != nil {
		im.Translated(n, "hashOn: %s %s", p.Key.Kind, source.Short(p.Key.Name))
		for _, key := range []string{"cookie", "header", "queryArg", "input"} {
			if x := n.Get(key); x != nil {
				im.Translated(x, "%s: %s", key, x)
			}
		}
	}
	p.Params = params.Of(p.Policy, params.Setting{Name: "key", Value: key})
}

func (im *translation) kongHealth(n *tree.Node) *sim.Health {
	h := &sim.Health{Timeout: sim.Second, Fall: 1, Rise: 1}
	healthy, unhealthy := n.Get("healthy"), n.Get("unhealthy")
	h.Interval, _ = healthy.Get("interval").Seconds()
	if t, ok := n.Get("timeout").Seconds(); ok && t > 0 {
		h.Timeout = t
	}
	if t, ok := unhealthy.Get("interval").Seconds(); ok && t > 0 {
		h.Down = t
	}
	if x, ok := healthy.Get("successes").Int(); ok && x > 0 && x < 1000 {
		h.Rise = x
	}
	for _, key := range []string{"httpFailures", "tcpFailures", "timeouts"} {
		if x, ok := unhealthy.Get(key).Int(); ok && x > 0 && x < 1000 {
			h.Fall = x
		}
	}
	if h.Interval <= 0 {
		im.Harmless(n, "healthchecks.active: off without an interval")
		return nil
	}
	im.Translated(healthy.Get("interval"), "interval: %v", h.Interval)
	im.Translated(n, "healthchecks.active: every %v, down after %d failures, up after %d successes", h.Interval, h.Fall, h.Rise)
	return h
}
