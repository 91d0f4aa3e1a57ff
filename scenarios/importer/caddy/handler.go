package caddy

import (
	"cmp"
	"strings"

	"stickysim/policies"
	"stickysim/policies/caddy"
	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// handler is a reverse_proxy, in either form of configuration.
type handler struct {
	ir.Place
	name      string
	upstreams []upstream
	policy    selection
	proxy     caddy.Proxy
	limit     int // unhealthy_request_count
	active    bool
	health    sim.Health
	limits    ir.Limits
	site      string // the address of the site; "" = all
	rest      bool   // gets the site's requests that no matcher sends elsewhere
}

type upstream struct {
	ir.Place
	dial  string
	limit int // max_requests
}

// selection is a selection policy with its parameters.
type selection struct {
	ir.Place
	name     string // "" = not given
	key      string // header field, query key or cookie name
	secret   string
	maxAge   sim.Time
	fallback string
	choose   int
	weights  []int
}

func newHandler(at ir.Place, name string) *handler {
	return &handler{Place: at, name: name}
}

// complete gives settings Caddy's defaults where they are 0, which is the same to Caddy as not given.
func (h *handler) complete() {
	h.proxy.MaxFails = cmp.Or(h.proxy.MaxFails, 1)
	h.health.Interval, h.health.Timeout = cmp.Or(h.health.Interval, 30*sim.Second), cmp.Or(h.health.Timeout, 5*sim.Second)
	h.health.Fall, h.health.Rise = cmp.Or(h.health.Fall, 1), cmp.Or(h.health.Rise, 1)
	h.limits.Connect = cmp.Or(h.limits.Connect, 3*sim.Second)
}

// pool adds the handler to the configuration.
func (t *translation) pool(h *handler) error {
	if len(h.upstreams) == 0 {
		t.NotCarried(h, "reverse_proxy without upstreams that the file names")
		return nil
	}
	h.complete()
	p := ir.Pool{
		Sees: t.seesOf(h.site), Limits: h.limits,
		Place: h.Place, Name: t.Names.Unique(cmp.Or(h.name, "reverse_proxy")), Balancers: ir.Balancers{Scope: "process"},
	}
	if err := t.choosePolicy(h, &p); err != nil {
		return err
	}
	if h.active {
		p.Health = &h.health
	}
	seen := source.Names{}
	for i, u := range h.upstreams {
		info := sim.ServerInfo{Name: seen.Unique(u.dial), Addr: u.dial, Weight: 1, Limit: u.limit}
		if info.Limit == 0 {
			info.Limit = h.limit
		}
		if i < len(h.policy.weights) {
			info.Weight = h.policy.weights[i]
		}
		p.Servers = append(p.Servers, ir.Server{Place: u.Place, Info: info, Status: sim.Up})
	}
	t.Pools = append(t.Pools, p)
	t.handlers = append(t.handlers, h)
	t.Translated(h, "reverse_proxy: pool %q with %d upstreams", source.Short(p.Name), len(p.Servers))
	return nil
}

// designate marks the first pool that gets all requests that no rule sends elsewhere: of a site for all hosts, or of the only site.
func (t *translation) designate() {
	sites := map[string]bool{}
	for _, h := range t.handlers {
		sites[h.site] = true
	}
	for i, h := range t.handlers {
		if all := h.site == "" || strings.HasPrefix(h.site, ":") || h.site == "http://" || h.site == "https://"; h.rest && (all || len(sites) == 1) {
			t.Pools[len(t.Pools)-len(t.handlers)+i].Default = true
			return
		}
	}
}

// fallbacks are the policies that need no key of their own.
var fallbacks = set("random first round_robin weighted_round_robin least_conn random_choose ip_hash client_ip_hash")

// choosePolicy sets the pool's policy, parameters and key.
func (t *translation) choosePolicy(h *handler, p *ir.Pool) error {
	s := &h.policy
	if s.name == "" {
		s.name, s.Place = "random", h.Place
		t.Assumed(h, "no selection policy: Caddy's default, random")
	}
	if s.fallback == "" {
		s.fallback = "random"
	} else if !fallbacks[s.fallback] {
		t.NotCarried(s, "fallback %s: needs a second key; random is used", source.Short(s.fallback))
		s.fallback = "random"
	}
	entry, ok := policies.Lookup("caddy/" + s.name)
	if !ok {
		return s.Errorf("unknown selection policy %q; known are client_ip_hash, cookie, first, header, ip_hash, "+
			"least_conn, query, random, random_choose, round_robin, uri_hash, weighted_round_robin", source.Short(s.name))
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
	t.Translated(s, "selection policy %s: policy %s", s.name, p.Policy)
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
		p.Key = ir.HeaderKey(s.key, "header "+s.key)
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
		return h.policy.Errorf("weighted_round_robin needs at least one positive weight")
	case n != len(h.upstreams):
		return h.policy.Errorf("weighted_round_robin has %d weights for %d upstreams", n, len(h.upstreams))
	}
	t.Translated(h.policy, "selection policy weighted_round_robin: weights of the servers")
	return nil
}
