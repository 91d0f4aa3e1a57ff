package caddy

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim"
)

// json translates Caddy's JSON: every object with "handler": "reverse_proxy", wherever it is.
func (t *translation) json(name string, data []byte) error {
	top, err := readJSON(name, data)
	if err != nil {
		return err
	}
	if err := t.search(top, ""); err != nil {
		return err
	}
	top.Rest("", func(path string, n *tree.Node) {
		t.Harmless(n, "%s: does not choose among upstreams", source.Short(path))
	})
	return nil
}

// search finds the handlers in n. name is the server or route matcher that n is part of.
func (t *translation) search(n *tree.Node, name string) error {
	if n.Get("handler").Value() == "reverse_proxy" || n.Is(tree.Map) && n.Get("handler") == nil && n.Get("upstreams").Is(tree.List) {
		return t.jsonHandler(n, name)
	}
	if m := n.Get("match"); m.Is(tree.List) && n.Get("handle") != nil {
		if hosts := m.Items; len(hosts) > 0 {
			name = strings.TrimSpace(name + " " + matcher(hosts[0]))
		}
	}
	if proxies := n.Get("trusted_proxies"); proxies.Get("source").Value() == "static" {
		var ranges []string
		for _, x := range proxies.Get("ranges").Children() {
			ranges = append(ranges, x.Value())
		}
		t.trust(proxies, ranges)
	}
	for _, x := range n.Children() {
		below := name
		if n.Key == "servers" && n.Is(tree.Map) {
			below, t.sees = x.Key, nil
		}
		if err := t.search(x, below); err != nil {
			return err
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

func (o object) number(key string, to *int, least int) error {
	n := o.Get(key)
	if n == nil {
		return nil
	}
	x, ok := n.Int()
	if !ok || x < least || x > 1e6 {
		return n.Errorf("%s: %s is not a whole number between %d and 1000000", key, n, least)
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
	lb := object{t, n.Get("load_balancing")}
	passive := object{t, n.Get("health_checks", "passive")}
	err := first(
		func() error { return t.jsonUpstreams(h, n.Get("upstreams")) },
		func() error { return t.jsonPolicy(&h.policy, n.Get("load_balancing", "selection_policy")) },
		func() error { return lb.number("retries", &h.proxy.Retries, 0) },
		func() error { return lb.duration("try_duration", &h.proxy.TryDuration) },
		func() error { return lb.duration("try_interval", &h.proxy.TryInterval) },
		func() error { return passive.duration("fail_duration", &h.proxy.FailDuration) },
		func() error { return passive.number("max_fails", &h.proxy.MaxFails, 1) },
		func() error { return passive.number("unhealthy_request_count", &h.limit, 1) },
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
	if x := n.Get("dynamic_upstreams"); x != nil {
		t.NotCarried(x, "dynamic_upstreams: upstreams are known only at run time")
	}
	t.rest(n)
	n.Cover(true) // with remarks on all fields
	return t.pool(h)
}

// rest remarks on what was not translated.
func (t *translation) rest(n *tree.Node) {
	for _, x := range n.Items {
		switch x.Key {
		case "handler", "upstreams", "dynamic_upstreams":
		case "load_balancing", "health_checks":
			x.Rest(x.Key, func(path string, x *tree.Node) {
				if strings.HasPrefix(path, "health_checks.active.") {
					t.Harmless(x, "%s: says what a probe asks, not when", path)
				} else {
					t.NotCarried(x, "%s: has no counterpart", path)
				}
			})
		default:
			t.Harmless(x, "%s: does not choose among upstreams", source.Short(x.Key))
		}
	}
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
		if err := (object{t, x}).number("max_requests", &u.limit, 0); err != nil {
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
	if err := o.number("choose", &s.choose, 2); err != nil {
		return err
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
		func() error { return o.number("fails", &h.health.Fall, 1) },
		func() error { return o.number("passes", &h.health.Rise, 1) },
	)
}
