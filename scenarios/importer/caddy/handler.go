package caddy

import (
	"fmt"
	"strconv"

	"stickysim/policies"
	"stickysim/policies/caddy"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// handler is a reverse_proxy, in either form of configuration.
type handler struct {
	place
	name      string
	upstreams []upstream
	policy    selection
	proxy     caddy.Proxy
	limit     int // unhealthy_request_count
	active    bool
	health    sim.Health
}

type upstream struct {
	place
	dial  string
	limit int // max_requests
}

// selection is a selection policy with its parameters.
type selection struct {
	place
	name     string // "" = not given
	key      string // header field, query key or cookie name
	secret   string
	maxAge   sim.Time
	fallback string
	choose   int
	weights  []int
}

func newHandler(at place, name string) *handler {
	return &handler{
		place: at, name: name,
		proxy:  caddy.Proxy{MaxFails: 1},
		health: sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 1, Rise: 1},
	}
}

// pool adds the handler to the configuration.
func (t *translation) pool(h *handler) error {
	if len(h.upstreams) == 0 {
		t.remark(ir.Unsupported, h.place, "reverse_proxy without upstreams that the file names")
		return nil
	}
	p := ir.Pool{
		Name: t.unique(h.name), File: h.file, Line: h.line,
		Balancers: ir.Balancers{Scope: "process"},
	}
	if err := t.choosePolicy(h, &p); err != nil {
		return err
	}
	if h.active {
		p.Health = &h.health
	}
	seen := map[string]int{}
	for i, u := range h.upstreams {
		info := sim.ServerInfo{Name: u.dial, Addr: u.dial, Weight: 1, Limit: u.limit}
		if seen[u.dial]++; seen[u.dial] > 1 {
			info.Name = fmt.Sprintf("%s#%d", u.dial, seen[u.dial])
		}
		if info.Limit == 0 {
			info.Limit = h.limit
		}
		if i < len(h.policy.weights) {
			info.Weight = h.policy.weights[i]
		}
		p.Servers = append(p.Servers, ir.Server{Info: info, Status: sim.Up, Line: u.line})
	}
	t.config.Pools = append(t.config.Pools, p)
	t.remark(ir.Translated, h.place, "reverse_proxy: pool %q with %d upstreams", clip(p.Name), len(p.Servers))
	return nil
}

// unique makes a pool's name the only one.
func (t *translation) unique(name string) string {
	if name == "" {
		name = "reverse_proxy"
	}
	if t.names[name]++; t.names[name] > 1 {
		name += "#" + strconv.Itoa(t.names[name])
	}
	return name
}

// fallbacks are the policies that can stand in without a key of their own.
var fallbacks = set("random first round_robin weighted_round_robin least_conn random_choose ip_hash client_ip_hash")

// choosePolicy sets the pool's policy, parameters and key.
func (t *translation) choosePolicy(h *handler, p *ir.Pool) error {
	s := &h.policy
	if s.name == "" {
		s.name, s.place = "random", h.place
		t.remark(ir.Default, h.place, "no selection policy: Caddy's default, random")
	}
	if s.fallback == "" {
		s.fallback = "random"
	} else if !fallbacks[s.fallback] {
		t.remark(ir.Unsupported, s.place, "fallback %s: needs a second key; random is used", clip(s.fallback))
		s.fallback = "random"
	}
	entry, ok := policies.Lookup("caddy/" + s.name)
	if !ok {
		return s.errorf("unknown selection policy %q; known are client_ip_hash, cookie, first, header, ip_hash, "+
			"least_conn, query, random, random_choose, round_robin, uri_hash, weighted_round_robin", clip(s.name))
	}
	p.Policy, p.Key.Kind = entry.Name, "none"
	switch c := params.Embed(entry.Default, h.proxy).(type) {
	case caddy.WeightedRoundRobin:
		p.Params = c
		return t.weights(h)
	case caddy.RandomChoose:
		if s.choose > 0 {
			c.Choose = s.choose
		}
		p.Params = c
	default:
		p.Params = keyed(c, h, p)
	}
	t.remark(ir.Translated, s.place, "selection policy %s: policy %s", s.name, p.Policy)
	return nil
}

// keyed sets the parameters and the key of policies that have a key. Other policies stay as they are.
func keyed(config policies.Config, h *handler, p *ir.Pool) policies.Config {
	s := &h.policy
	switch c := config.(type) {
	case caddy.IPHash, caddy.ClientIPHash:
		p.Key = ir.KeySource{Kind: "address", Text: s.name}
	case caddy.URIHash:
		p.Key = ir.KeySource{Kind: "uri", Text: s.name}
	case caddy.Header:
		c.Field, c.Fallback = s.key, s.fallback
		p.Key = ir.KeySource{Kind: "header", Name: s.key, Text: "header " + s.key}
		return c
	case caddy.Query:
		c.Parameter, c.Fallback = s.key, s.fallback
		p.Key = ir.KeySource{Kind: "argument", Name: s.key, Text: "query " + s.key}
		return c
	case caddy.Cookie:
		c.Secret, c.MaxAge, c.Fallback = s.secret, s.maxAge, s.fallback
		if s.key != "" {
			c.Name = s.key
		}
		p.Key = ir.KeySource{Kind: "cookie", Name: c.Name, Text: "cookie " + c.Name}
		p.CookieName, p.IdleTimeout = c.Name, s.maxAge
		return c
	}
	return config
}

// weights checks that weighted_round_robin has one for each upstream.
func (t *translation) weights(h *handler) error {
	total := 0
	for _, w := range h.policy.weights {
		total += w
	}
	switch n := len(h.policy.weights); {
	case total == 0:
		return h.policy.errorf("weighted_round_robin needs at least one positive weight")
	case n != len(h.upstreams):
		return h.policy.errorf("weighted_round_robin has %d weights for %d upstreams", n, len(h.upstreams))
	}
	t.remark(ir.Translated, h.policy.place, "selection policy weighted_round_robin: weights of the servers")
	return nil
}
