package kong

import (
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// balance chooses the policy. hash_on stands for algorithm consistent-hashing.
func (im *translation) balance(n *tree.Node, p *ir.Pool) {
	algorithm, on := n.Get("algorithm"), n.Get("hash_on")
	kind := algorithm.Value()
	if on.Value() != "" && on.Value() != "none" && kind != "sticky-sessions" {
		kind = "consistent-hashing"
	}
	p.Policy = "round-robin"
	switch kind {
	case "consistent-hashing":
		im.hashOn(n, on, p)
	case "least-connections":
		p.Policy = "least-connections"
	case "sticky-sessions":
		im.sticky(n, p)
	case "":
		im.Assumed(n, "algorithm: not given, Kong's round-robin")
	case "round-robin":
	default:
		im.NotCarried(algorithm, "algorithm %s: not modelled; round-robin is used", source.Short(kind))
		algorithm = nil
	}
	if p.Params == nil {
		p.Params = params.Of(p.Policy)
	}
	if algorithm != nil {
		im.Translated(algorithm, "algorithm %s: policy %s", algorithm, p.Policy)
	}
	if on != nil && p.Policy != "consistent-hash" {
		im.Harmless(on, "hash_on %s: nothing is hashed", on)
	}
	for _, x := range n.Children() {
		switch x.Key {
		case "hash_fallback":
			if x.Value() != "none" && p.Policy == "consistent-hash" {
				im.NotCarried(x, "hash_fallback %s: every client has a value of its own for the key", x)
			}
		case "slots":
			im.Harmless(x, "slots: the size of Kong's ring; the policy has its own number of points")
		}
	}
}

// hashOn reads what is hashed.
func (im *translation) hashOn(n, on *tree.Node, p *ir.Pool) {
	key := "hash"
	p.Policy = "consistent-hash"
	part := func(name string) string {
		x := n.Get(name)
		if x != nil {
			im.Translated(x, "%s: %s", name, x)
		}
		return x.Value()
	}
	switch on.Value() {
	case "ip", "header", "cookie", "path", "query_arg", "consumer":
		im.Translated(on, "hash_on %s: policy consistent-hash", on)
	}
	switch on.Value() {
	case "ip":
		key, p.Key = "address", ir.KeySource{Kind: "address", Text: "hash_on ip"}
	case "header":
		if p.Key = ir.HeaderKey(part("hash_on_header"), "hash_on header"); p.Key.Address {
			key = "address"
		}
	case "cookie":
		p.CookieName = part("hash_on_cookie")
		p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "hash_on cookie"}
		im.Assumed(on, "hash_on cookie: every client has one; Kong sets it for those that have none")
	case "path":
		p.Key = ir.KeySource{Kind: "uri", Text: "hash_on path"}
	case "query_arg":
		p.Key = ir.KeySource{Kind: "argument", Name: part("hash_on_query_arg"), Text: "hash_on query_arg"}
	case "consumer":
		p.Key = ir.KeySource{Kind: "header", Name: "Authorization", Text: "hash_on consumer"}
		im.Assumed(on, "hash_on consumer: every client is a consumer of its own")
	default:
		p.Key = ir.KeySource{Kind: "header", Text: on.Value()}
		at := on
		if at == nil {
			at = n
		}
		im.NotCarried(at, "hash_on %s: not modelled; a text that every client has for itself is hashed", source.Short(on.Value()))
	}
	p.Params = params.Of(p.Policy, params.Setting{Name: "key", Value: key}, params.Setting{Name: "replicas", Value: 160})
	im.Assumed(n, "consistent-hashing of %s: a ring of 160 points a server; where they lie is not that of Kong, so single keys go elsewhere than there", source.Short(p.Name))
}

// sticky reads sessions that a cookie of Kong's keeps on a target.
func (im *translation) sticky(n *tree.Node, p *ir.Pool) {
	name := n.Get("sticky_sessions_cookie")
	p.Policy, p.CookieName = "cookie", name.Value()
	p.Params = params.Of("cookie")
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "sticky-sessions"}
	if name != nil {
		im.Translated(name, "sticky_sessions_cookie: %s", name)
	}
	im.Assumed(n, "sticky-sessions of %s: a session cookie that names the target", source.Short(p.Name))
}

// health reads the active health check, which is off without an interval, and without a number of failures.
func (im *translation) health(n *tree.Node, p *ir.Pool) {
	passive := n.Get("passive", "unhealthy")
	for _, key := range []string{"tcp_failures", "http_failures", "timeouts"} {
		if x := passive.Get(key); x != nil {
			if failures, ok := x.Int(); ok && failures == 0 {
				im.Harmless(x, "passive %s: off", key)
			} else {
				im.NotCarried(x, "passive %s %s: failed requests do not put a target aside", key, x)
			}
		}
	}
	if t := n.Get("threshold"); t != nil && t.Value() != "0" {
		im.NotCarried(t, "threshold %s: the upstream works as long as one target does", t)
	} else if t != nil {
		im.Harmless(t, "threshold: the upstream works as long as one target does")
	}
	active := n.Get("active")
	if active == nil {
		return
	}
	h := sim.Health{Timeout: sim.Second, Rise: 1}
	im.Translated(active, "healthchecks.active")
	im.seconds(active.Get("timeout"), &h.Timeout)
	im.seconds(active.Get("healthy", "interval"), &h.Interval)
	im.seconds(active.Get("unhealthy", "interval"), &h.Down)
	im.whole(active.Get("healthy", "successes"), 0, 255, &h.Rise)
	for _, key := range []string{"tcp_failures", "http_failures", "timeouts"} { // servers that are gone refuse connections first of all
		x := active.Get("unhealthy", key)
		if failures, ok := x.Int(); ok && failures > 0 && h.Fall == 0 {
			im.whole(x, 1, 255, &h.Fall)
		}
	}
	if h.Interval > 0 && h.Fall > 0 {
		h.Rise = max(h.Rise, 1)
		p.Health = &h
	}
}
