package kong

import (
	"slices"

	"stickysim/policies/kong"
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
	if !slices.Contains([]string{"", "round-robin", "consistent-hashing", "least-connections", "sticky-sessions", "latency"}, algorithm.Value()) {
		im.NotCarried(algorithm, "algorithm %s: must be round-robin, consistent-hashing, least-connections, latency or sticky-sessions", algorithm)
		algorithm = nil
	}
	p.Policy = "round-robin"
	switch kind {
	case "consistent-hashing":
		if x := algorithm.Value(); x != "" && x != kind {
			im.Harmless(algorithm, "algorithm %s: hash_on %s goes before it, and stands for consistent-hashing", x, on)
			algorithm = nil
		}
		im.hash(n, p)
	case "least-connections":
		p.Policy = "least-connections"
	case "sticky-sessions":
		im.sticky(n, p)
	case "":
		im.Assumed(n, "algorithm: not given, Kong's round-robin")
	case "round-robin":
	case "latency":
		im.NotCarried(algorithm, "algorithm latency: not modelled; round-robin is used")
		algorithm = nil
	}
	if p.Params == nil {
		p.Params = params.Of(p.Policy)
	}
	if algorithm != nil {
		im.Translated(algorithm, "algorithm %s: policy %s", algorithm, p.Policy)
	}
	if x := n.Get("sticky_sessions_cookie"); x != nil && kind != "sticky-sessions" {
		im.Harmless(x, "sticky_sessions_cookie: only sticky-sessions has it")
	}
	if kind == "consistent-hashing" {
		return
	}
	if on != nil {
		im.Harmless(on, "hash_on %s: nothing is hashed", on)
	}
	if x := n.Get("slots"); x != nil {
		im.Harmless(x, "slots: only a ring has them")
	}
}

// hash makes a ring: what is hashed, of what requests without that are hashed, and how large it is.
func (im *translation) hash(n *tree.Node, p *ir.Pool) {
	c := kong.ConsistentHashing{HashOn: "none", Fallback: "none", Slots: 10_000}
	p.Policy = "kong/consistent-hashing"
	p.Key = im.hashOn(n, "hash_on", &c.HashOn, &c.Header)
	if c.HashOn == "cookie" {
		p.CookieName = p.Key.Name
		if x := n.Get("hash_fallback"); x != nil {
			im.Harmless(x, "hash_fallback: Kong gives a cookie to clients without one")
		}
	} else if other := im.hashOn(n, "hash_fallback", &c.Fallback, &c.FallbackHeader); c.Fallback == "cookie" {
		p.CookieName = other.Name
	}
	if c.HashOn == "none" {
		im.Assumed(n, "consistent-hashing without hash_on: Kong hashes an empty text, so one target gets all requests")
	}
	im.whole(n.Get("slots"), 10, 65_536, &c.Slots)
	p.Params = c
}

// hashOn reads hash_on or hash_fallback into a parameter, with the header that it may name.
func (im *translation) hashOn(n *tree.Node, name string, on, header *string) ir.KeySource {
	x := n.Get(name)
	if x == nil || x.Kind == tree.Null {
		return ir.KeySource{Kind: "none"}
	}
	named := func(suffix string) string {
		field := name + suffix
		if suffix == "_cookie" {
			field = "hash_on_cookie" // of both
		}
		at := n.Get(field)
		if at != nil {
			im.Translated(at, "%s: %s", field, at)
		} else if suffix != "_header" {
			im.NotCarried(x, "%s %s: %s is missing, so Kong refuses this upstream; every client has a value of its own", name, x, field)
		}
		return at.Value()
	}
	*on = x.Value()
	key := ir.KeySource{Kind: "none", Text: name + " " + x.Value()}
	switch x.Value() {
	case "none":
	case "ip":
		key.Kind = "address"
	case "header":
		if *header = named("_header"); *header == "" {
			*on = "none"
			im.NotCarried(x, "%s header: %s_header is missing, so Kong refuses this upstream; nothing is hashed in its place", name, name)
			return key
		}
		key = ir.HeaderKey(*header, key.Text)
	case "cookie":
		key.Kind, key.Name = "cookie", named("_cookie")
		im.Assumed(x, "%s cookie: Kong gives it to clients that have none, for their session", name)
	case "path":
		key.Kind = "uri"
	case "query_arg":
		key.Kind, key.Name = "argument", named("_query_arg")
	case "uri_capture":
		key.Kind, key.Name = "argument", named("_uri_capture")
		im.Assumed(x, "%s uri_capture: every client has a value of its own there", name)
	case "consumer":
		key.Kind, key.Name = "header", "Authorization"
		im.Assumed(x, "%s consumer: every client is a consumer of its own", name)
	default:
		*on = "none"
		im.NotCarried(x, "%s %s: not understood; nothing is hashed in its place", name, source.Short(x.Value()))
		return key
	}
	im.Translated(x, "%s: %s", name, x)
	return key
}

// ring completes the parameters of a ring with what else its upstream and its service say, and remarks on a fleet that does not fit.
func (im *translation) ring(n *tree.Node, p *ir.Pool) {
	c, ok := p.Params.(kong.ConsistentHashing)
	if !ok {
		return
	}
	c.Retries = p.Redispatch
	if t := n.Get("healthchecks", "threshold"); t != nil {
		if x, ok := t.Number(); ok && x >= 0 && x <= 100 {
			c.Threshold = x
			im.Translated(t, "threshold %s: below it, the upstream answers 503", t)
		}
	}
	p.Params = c
	targets := make([]sim.ServerInfo, len(p.Servers))
	for i := range p.Servers {
		targets[i] = p.Servers[i].Info
	}
	if err := c.Fits(targets); err != nil {
		at := n.Get("slots")
		if at == nil {
			at = n
		}
		im.Assumed(at, "upstream %s: %v", source.Short(p.Name), err)
	}
}

// sticky reads sessions that a cookie of Kong's keeps on a target.
func (im *translation) sticky(n *tree.Node, p *ir.Pool) {
	name := n.Get("sticky_sessions_cookie")
	p.Policy, p.CookieName = "cookie", name.Value()
	p.Params = params.Of("cookie")
	p.Key = ir.KeySource{Kind: "cookie", Name: p.CookieName, Text: "sticky-sessions"}
	if name != nil {
		im.Translated(name, "sticky_sessions_cookie: %s", name)
	} else {
		im.NotCarried(n.Get("algorithm"), "algorithm sticky-sessions: sticky_sessions_cookie is missing, so Kong refuses this upstream")
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
	switch t := n.Get("threshold"); {
	case t == nil || im.Mentioned(t): // by its ring
	case t.Value() != "0":
		im.NotCarried(t, "threshold %s: the upstream works as long as one target does", t)
	default:
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
	switch {
	case h.Interval > 0 && h.Fall > 0:
		h.Rise = max(h.Rise, 1)
		p.Health = &h
	case h.Interval > 0:
		im.Assumed(active, "healthchecks.active: tcp_failures, http_failures and timeouts of unhealthy are 0, as they are by default, so that no check marks a target down")
	default:
		im.Assumed(active, "healthchecks.active: healthy.interval is 0, as it is by default, so that healthy targets are not checked")
	}
}
