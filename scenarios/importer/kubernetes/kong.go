package kubernetes

import (
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// kong reads the KongUpstreamPolicy a Service asks for. Kong's balancers are its own; the textbook ones stand for them.
func (im *translation) kong(s *object, p *ir.Pool) {
	p.Policy, p.Key = "round-robin", ir.KeySource{Kind: "none"}
	defer func() {
		if p.Params == nil {
			p.Params = params.Of(p.Policy)
		}
	}()
	if s == nil {
		return
	}
	at := s.annotation("konghq.com/upstream-policy")
	o := im.named[s.ref("KongUpstreamPolicy", at.Value())]
	if at == nil || o == nil {
		if at != nil {
			im.NotCarried(at, "upstream-policy %s: not in this file; round robin is used", at)
		}
		return
	}
	im.Translated(at, "upstream-policy %s", at)
	switch a := o.spec("algorithm"); a.Value() {
	case "consistent-hashing":
		p.Policy = "consistent-hash"
		im.Translated(a, "algorithm consistent-hashing: policy consistent-hash; Kong's ring has other points")
		im.hashOn(o.spec("hashOn"), p)
	case "least-connections":
		p.Policy = "least-connections"
		im.Translated(a, "algorithm least-connections: policy least-connections")
	case "", "round-robin":
		if a != nil {
			im.Translated(a, "algorithm %s", a)
		}
	default:
		im.NotCarried(a, "algorithm %s: not modelled; round robin is used", a)
	}
	if slots := o.spec("slots"); slots != nil {
		im.Harmless(slots, "slots: the size of Kong's ring; consistent-hash has its own number of points")
	}
	if checks := o.spec("healthchecks", "active"); checks != nil {
		p.Health = im.kongHealth(checks)
	}
	if passive := o.spec("healthchecks", "passive"); passive != nil {
		im.NotCarried(passive, "healthchecks.passive: not modelled")
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
	im.Translated(n, "healthchecks.active: every %v, down after %d failures, up after %d successes", h.Interval, h.Fall, h.Rise)
	return h
}
