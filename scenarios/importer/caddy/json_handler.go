package caddy

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// json translates Caddy's JSON: every object with "handler": "reverse_proxy", wherever it is.
func (t *translation) json(name string, data []byte) error {
	top, err := readJSON(name, data)
	if err != nil {
		return err
	}
	if err := t.search(top, "", true); err != nil {
		return err
	}
	top.Account(t.Input, knownKeys, "")
	return nil
}

// holders are the keys below which handlers stand.
var holders = set("apps http servers routes handle errors named_routes handle_response")

// search finds the handlers in n. name is the server or route matcher that n is part of. known says that they are where Caddy
// has them.
func (t *translation) search(n *tree.Node, name string, known bool) error {
	if n.Get("handler").Value() == "reverse_proxy" || n.Is(tree.Map) && n.Get("handler") == nil && n.Get("upstreams").Is(tree.List) {
		return t.jsonHandler(n, name)
	}
	outer := t.matched
	defer func() { t.matched = outer }()
	if m := n.Get("match"); m.Is(tree.List) && n.Get("handle") != nil {
		t.matched = true
		if hosts := m.Items; len(hosts) > 0 {
			name = strings.TrimSpace(name + " " + matcher(hosts[0]))
		}
	}
	if known {
		t.otherHandler(n)
	}
	for _, x := range n.Children() {
		below := name
		if n.Key == "servers" && n.Is(tree.Map) {
			below, t.sees, t.server = x.Key, nil, x.Key
			t.jsonServer(x)
		}
		here := known && (!n.Is(tree.Map) || holders[x.Key] || n.Key == "servers" || n.Key == "named_routes")
		pools := len(t.Pools)
		if err := t.search(x, below, here); err != nil {
			return err
		}
		if known && !here && len(t.Pools) > pools {
			t.NotCarried(x, "%s: not understood; the upstreams in it are imported", source.Short(x.Key))
		}
	}
	return nil
}

// matcher is the first host or path of a route's matcher.
func matcher(n *tree.Node) string {
	for _, kind := range []string{"host", "path"} {
		if x := n.Get(kind); len(x.Children()) > 0 {
			return x.Items[0].Value()
		}
	}
	return ""
}

// object reads the fields of a JSON object into variables.
type object struct {
	*translation
	*tree.Node
}

func (o object) duration(key string, to *sim.Time) error {
	n := o.Get(key)
	if n == nil {
		return nil
	}
	d, ok := duration(n.Value())
	if ns, err := strconv.ParseInt(n.Value(), 10, 64); err == nil { // a bare number is in nanoseconds
		d, ok = sim.Time(ns), ns >= 0 && ns <= int64(maxDuration)
	}
	if !ok {
		return n.Errorf("%s: %s is not a duration such as \"10s\", or nanoseconds", key, n)
	}
	*to = d
	return o.covered(n)
}

func (o object) number(key string, to *int) error {
	n := o.Get(key)
	if n == nil {
		return nil
	}
	x, ok := n.Int()
	if !ok || x < 0 || x > 1e6 {
		return n.Errorf("%s: %s is not a whole number between 0 and 1000000", key, n)
	}
	*to = x
	return o.covered(n)
}

func (o object) covered(n *tree.Node) error {
	o.Translated(n, "%s: %s", n.Key, n)
	return nil
}

// first runs steps in order, and returns the first error.
func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (t *translation) jsonHandler(n *tree.Node, name string) error {
	h := newHandler(n.Place, name)
	h.site, h.rest = t.server, !t.matched
	lb := object{t, n.Get("load_balancing")}
	passive := object{t, n.Get("health_checks", "passive")}
	err := first(
		func() error { return t.jsonUpstreams(h, n.Get("upstreams")) },
		func() error { return t.jsonPolicy(&h.policy, n.Get("load_balancing", "selection_policy")) },
		func() error { return lb.number("retries", &h.proxy.Retries) },
		func() error { return lb.duration("try_duration", &h.proxy.TryDuration) },
		func() error { return lb.duration("try_interval", &h.proxy.TryInterval) },
		func() error { return passive.duration("fail_duration", &h.proxy.FailDuration) },
		func() error { return passive.number("max_fails", &h.proxy.MaxFails) },
		func() error { return passive.number("unhealthy_request_count", &h.limit) },
		func() error { return t.jsonActive(h, n.Get("health_checks", "active")) },
	)
	if err != nil {
		return err
	}
	if codes := passive.Get("unhealthy_status"); codes.Is(tree.List) {
		for _, x := range codes.Items {
			h.proxy.UnhealthyStatus = append(h.proxy.UnhealthyStatus, x.Value())
		}
		t.Translated(codes, "unhealthy_status: %s", codes)
	}
	t.transport(h, n.Get("transport"))
	for _, x := range n.Items {
		if why := lost["reverse_proxy "+x.Key]; why != "" {
			t.NotCarried(x, "%s: %s", x.Key, why)
		}
	}
	for _, x := range []*tree.Node{lb.Get("retry_match"), passive.Get("unhealthy_latency")} {
		if x != nil {
			t.NotCarried(x, "%s: %s", x.Key, lost["reverse_proxy "+strings.Replace(x.Key, "retry_match", "lb_retry_match", 1)])
		}
	}
	t.Translated(n, "handler reverse_proxy")
	n.Get("handler")
	n.Account(t.Input, knownKeys, "", "reverse_proxy")
	n.Cover(true)
	return t.pool(h)
}

// transport reads the time limits of connections to upstreams.
func (t *translation) transport(h *handler, n *tree.Node) {
	o := object{t, n}
	for _, x := range []struct {
		key string
		to  *sim.Time
	}{{"dial_timeout", &h.limits.Connect}, {"response_header_timeout", &h.limits.Attempt}} {
		if err := o.duration(x.key, x.to); err != nil {
			t.NotCarried(o.Get(x.key), "%v", err)
		}
	}
	for _, x := range n.Children() {
		if why := lost["transport "+x.Key]; why != "" {
			t.NotCarried(x, "transport.%s: %s", x.Key, why)
		}
	}
}

// handlers are the handlers that choose no upstream.
var handlers = map[string]string{
	"acme_server": certs, "authentication": reach, "copy_response": text, "copy_response_headers": text, "encode": text, "error": reach,
	"file_server": reach, "headers": text, "log_append": logging, "map": reach, "metrics": logging, "push": text, "request_body": reach,
	"rewrite": text, "static_response": reach, "templates": reach, "tracing": logging, "vars": reach,
}

// otherHandler remarks on a handler that is no reverse_proxy. Some hold others.
func (t *translation) otherHandler(n *tree.Node) {
	x := n.Get("handler")
	switch name := x.Value(); {
	case name == "":
	case name == "subroute" || name == "intercept" || name == "invoke":
		t.Harmless(x, "handler %s: what it holds is read", name)
	case handlers[name] != "":
		t.Harmless(n, "handler %s: %s", name, handlers[name])
	default:
		t.NotCarried(n, "handler %s: not understood", source.Short(name))
	}
}

// jsonServer reads which proxies a server trusts.
func (t *translation) jsonServer(n *tree.Node) {
	proxies := n.Get("trusted_proxies")
	switch {
	case proxies == nil:
	case proxies.Get("source").Value() == "static":
		var ranges []string
		for _, x := range proxies.Get("ranges").Children() {
			ranges = append(ranges, x.Value())
		}
		t.trust(proxies, ranges)
	default:
		t.sees = &ir.Sees{}
		t.NotCarried(proxies, "trusted_proxies: which addresses that are is not in the file; all proxies are trusted")
	}
	if x := n.Get("client_ip_headers"); x != nil {
		t.Translated(x, "client_ip_headers: where trusted proxies write the client's address")
	}
	for _, x := range n.Items {
		if why := lostOfServers[x.Key]; why != "" {
			t.NotCarried(x, "%s: %s", x.Key, why)
		}
	}
}

// lostOfServers are the settings of a server that matter, or may matter, and are not carried over.
var lostOfServers = map[string]string{
	"listener_wrappers": lost["servers listener_wrappers"], "trusted_proxies_unix": lost["servers trusted_proxies_unix"],
	"read_timeout": lost["servers timeouts"], "read_header_timeout": lost["servers timeouts"], "read_idle_timeout": lost["servers timeouts"],
	"read_min_rate": lost["servers timeouts"], "write_timeout": lost["servers timeouts"], "write_idle_timeout": lost["servers timeouts"],
	"write_min_rate": lost["servers timeouts"], "max_write_chunk": lost["servers timeouts"], "idle_timeout": lost["servers timeouts"],
}

func (t *translation) jsonUpstreams(h *handler, list *tree.Node) error {
	for _, x := range list.Children() {
		u := upstream{Place: x.Place, dial: x.Get("dial").Value()}
		if u.dial == "" {
			return u.Errorf("upstreams: each needs a dial such as \"10.0.0.1:8080\"")
		}
		if len(h.upstreams) == maxUpstreams {
			return u.Errorf("more than %d upstreams", maxUpstreams)
		}
		if err := (object{t, x}).number("max_requests", &u.limit); err != nil {
			return err
		}
		t.Translated(x, "upstream %s", source.Short(u.dial))
		h.upstreams = append(h.upstreams, u)
	}
	return nil
}

func (t *translation) jsonPolicy(s *selection, n *tree.Node) error {
	if n == nil {
		return nil
	}
	s.Place, s.name = n.Place, n.Get("policy").Value()
	if s.name == "" {
		return s.Errorf("selection_policy: needs a policy such as \"ip_hash\"")
	}
	s.key = n.First("field", "key", "name").Value()
	s.secret = n.Get("secret").Value()
	s.fallback = n.Get("fallback", "policy").Value()
	for _, w := range n.Get("weights").Children() {
		x, ok := w.Int()
		if !ok || x < 0 || x > 1e6 {
			return w.Errorf("weights: %s is not a whole number between 0 and 1000000", w)
		}
		s.weights = append(s.weights, x)
	}
	if (s.name == "header" || s.name == "query") && s.key == "" {
		return s.Errorf("selection_policy %s: names no field or key", s.name)
	}
	for _, x := range n.Items {
		switch x.Key {
		case "policy", "field", "key", "name", "secret", "fallback", "weights":
			t.Translated(x, "selection_policy: %s %s", x.Key, x)
		}
	}
	o := object{t, n}
	if err := o.number("choose", &s.choose); err != nil {
		return err
	}
	if s.choose == 1 || s.choose > 1000 {
		return n.Get("choose").Errorf("choose must be between 2 and 1000, or 0 for Caddy's default, 2; got %d", s.choose)
	}
	return o.duration("max_age", &s.maxAge)
}

func (t *translation) jsonActive(h *handler, n *tree.Node) error {
	if n == nil {
		return nil
	}
	h.active = n.First("path", "uri", "port") != nil
	if x := n.First("uri", "path"); x != nil {
		t.Translated(x, "health_checks.active.%s: %s", x.Key, x)
	}
	o := object{t, n}
	return first(
		func() error { return o.duration("interval", &h.health.Interval) },
		func() error { return o.duration("timeout", &h.health.Timeout) },
		func() error { return o.number("fails", &h.health.Fall) },
		func() error { return o.number("passes", &h.health.Rise) },
	)
}
