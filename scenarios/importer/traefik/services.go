package traefik

import (
	"crypto/sha1"
	"fmt"
	"strconv"
	"strings"

	"stickysim/policies"
	policy "stickysim/policies/traefik"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// maxServers bounds a service.
const maxServers = 10_000

// services translates a map of services. Those that are only parts of weighted ones make no pools of their own.
func (t *translation) services(list *tree.Node) error {
	parts := map[string]bool{}
	named := map[string]*tree.Node{}
	for _, s := range list.Children() {
		named[s.Key] = s
		for _, x := range s.Get("weighted", "services").Children() {
			parts[local(x.Get("name").Value())] = true
		}
	}
	for _, s := range list.Children() {
		var err error
		switch kind := s.First("loadbalancer", "weighted", "highestrandomweight", "mirroring", "failover"); {
		case kind == nil:
			t.NotCarried(s, "service %s: of no known kind", source.Short(s.Key))
		case kind.Key == "loadbalancer" && parts[s.Key]:
			continue
		case kind.Key == "loadbalancer":
			err = t.loadBalancer(s.Key, kind)
		case kind.Key == "weighted":
			err = t.weighted(s.Key, kind, named)
		default:
			t.NotCarried(kind, "service %s: %s: %s", source.Short(s.Key), kind.Key, otherKinds[kind.Key])
		}
		if err != nil {
			return err
		}
	}
	for _, s := range list.Children() {
		if lb := s.Get("loadbalancer"); parts[s.Key] && lb != nil && !lb.Touched() {
			t.Harmless(lb, "service %s: no weighted service gives it anything", source.Short(s.Key))
		}
	}
	return nil
}

// otherKinds are the kinds of services that a scenario does not have.
var otherKinds = map[string]string{
	"highestrandomweight": "a choice among services by the client's address is not modelled",
	"mirroring":           "copies of requests put load on services that is not modelled; each service is a pool of its own",
	"failover":            "that another service takes over is not modelled; each service is a pool of its own",
}

// loadBalancer translates a service of servers.
func (t *translation) loadBalancer(name string, n *tree.Node) error {
	p := t.pool(name, n)
	for _, s := range n.Get("servers").Children() {
		if err := t.server(&p, s); err != nil {
			return err
		}
	}
	if len(p.Servers) == 0 {
		t.NotCarried(n, "service %s: names no servers", source.Short(name))
		return nil
	}
	return t.finish(&p, n)
}

func (t *translation) pool(name string, n *tree.Node) ir.Pool {
	return ir.Pool{Name: t.Names.Unique(name), Place: n.Place, Balancers: ir.Balancers{Scope: "process"}}
}

// server adds an entry of servers.
func (t *translation) server(p *ir.Pool, n *tree.Node) error {
	weight, err := weightOf(n)
	if err != nil {
		return err
	}
	url := n.Get("url")
	if url.Value() == "" {
		return n.Errorf("servers: each needs a url such as http://10.0.0.1:8080")
	}
	if strings.Contains(url.Text, "{{") {
		t.NotCarried(url, "%s: a template; the text is used as the address", url)
	}
	return t.add(p, n, hostOf(url.Text), url.Text, weight)
}

// weightOf is the weight of a server or service.
func weightOf(n *tree.Node) (int, error) {
	w := n.Get("weight")
	if w == nil {
		return 1, nil
	}
	x, ok := w.Int()
	if !ok || x < 0 || x > 1e6 {
		return 0, w.Errorf("weight: %s is not a whole number between 0 and 1000000", w)
	}
	return x, nil
}

// hostOf is the name of a server in results: its URL without scheme and path.
func hostOf(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return host
	}
	return url
}

func (t *translation) add(p *ir.Pool, at *tree.Node, name, url string, weight int) error {
	if len(p.Servers) == maxServers {
		return at.Errorf("more than %d servers in a service", maxServers)
	}
	taken := t.taken[p]
	if taken == nil {
		taken = map[string]bool{}
		t.taken[p] = taken
	}
	if taken[name] {
		name += "#" + strconv.Itoa(len(p.Servers)+1)
	}
	taken[name] = true
	p.Servers = append(p.Servers, ir.Server{
		Info: sim.ServerInfo{Name: name, Addr: url, Weight: weight}, Status: sim.Up, Place: at.Place,
	})
	return nil
}

// finish sets policy and health check, and adds the pool.
func (t *translation) finish(p *ir.Pool, n *tree.Node) error {
	if err := t.balance(p, n); err != nil {
		return err
	}
	t.Translated(n, "service %s: pool with %d servers, policy %s", source.Short(p.Name), len(p.Servers), p.Policy)
	t.Pools = append(t.Pools, *p)
	return nil
}

// balance sets policy and health check of a service of servers.
func (t *translation) balance(p *ir.Pool, n *tree.Node) error {
	strategy := "wrr"
	switch s := n.Get("strategy"); s.Value() {
	case "":
		t.Assumed(n, "service %s names no strategy: wrr", source.Short(p.Name))
	case "wrr", "p2c", "hrw":
		strategy = s.Value()
		t.Translated(s, "strategy: %s", s)
	case "leasttime":
		t.NotCarried(s, "service %s: strategy: leasttime; wrr is used", source.Short(p.Name))
	default:
		return s.Errorf("strategy: %s is not wrr, p2c, hrw or leasttime", s)
	}
	p.Policy, p.Key.Kind = "traefik/"+strategy, "none"
	if strategy == "hrw" {
		p.Key = ir.KeySource{Kind: "address", Text: "hrw"}
	}
	entry, _ := policies.Lookup(p.Policy)
	p.Params = entry.Default
	if sticky := n.Get("sticky"); sticky.Get("cookie") != nil || sticky.True() {
		if err := t.sticky(p, sticky.Get("cookie"), strategy); err != nil {
			return err
		}
	}
	if err := t.health(p, n.Get("healthcheck")); err != nil {
		return err
	}
	t.limits(p, n.Get("serverstransport"))
	if x := n.Get("passivehealthcheck"); x != nil {
		t.NotCarried(x, "service %s: passiveHealthCheck: counts failures within a time, not in a row; write it as health.passive of the scenario", source.Short(p.Name))
	}
	return nil
}

func (t *translation) sticky(p *ir.Pool, n *tree.Node, strategy string) error {
	c := policy.StickyCookie{Strategy: strategy}
	var err error
	if c.Name, c.MaxAge, err = t.cookie(p, n); err != nil {
		return err
	}
	p.Policy, p.Params, p.CookieName, p.IdleTimeout = "traefik/sticky_cookie", c, c.Name, c.MaxAge
	p.Key = ir.KeySource{Kind: "cookie", Name: c.Name, Text: "sticky cookie " + c.Name}
	return nil
}

// cookie reads sticky.cookie, whose node can be missing.
func (t *translation) cookie(p *ir.Pool, n *tree.Node) (name string, maxAge sim.Time, err error) {
	name = n.Get("name").Value()
	at := n
	if n == nil {
		at = &tree.Node{Place: p.Place}
	}
	if name == "" {
		name = defaultCookie(p.Name)
		t.Assumed(at, "sticky cookie without name: Traefik derives one from the service's full name, here %s", name)
	}
	if age := n.Get("maxage"); age != nil {
		seconds, ok := age.Int()
		if !ok || seconds < -1e9 || seconds > 1e9 {
			return "", 0, age.Errorf("maxAge: %s is not a number of seconds", age)
		}
		if maxAge = sim.Time(max(0, seconds)) * sim.Second; seconds < 0 {
			t.NotCarried(age, "maxAge: %s deletes the cookie at once; a session cookie is used", age)
		}
	}
	for _, x := range n.Children() {
		switch x.Key {
		case "name", "maxage":
			t.Translated(x, "sticky cookie: %s %s", x.Key, x)
		case "secure", "samesite", "domain", "path":
			t.Assumed(x, "sticky cookie: %s %s: every request of a client is taken to carry the cookie, also those for which this keeps it back", x.Key, x)
			x.Cover(true)
		case "httponly":
			t.Harmless(x, "sticky cookie: httpOnly hides it from scripts; requests carry it")
		default:
			t.NotCarried(x, "sticky cookie: %s: not understood", source.Short(x.Key))
		}
	}
	return name, maxAge, nil
}

// defaultCookie is GenerateName of pkg/server/cookie.
func defaultCookie(service string) string {
	return fmt.Sprintf("_%x", sha1.Sum([]byte("_TRAEFIK_BACKEND_"+service)))[:6]
}

// health translates an active health check.
func (t *translation) health(p *ir.Pool, n *tree.Node) error {
	if !n.Is(tree.Map) || len(n.Items) == 0 {
		return nil
	}
	h := sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 1, Rise: 1}
	for _, x := range n.Items {
		to := map[string]*sim.Time{"interval": &h.Interval, "unhealthyinterval": &h.Down, "timeout": &h.Timeout}[x.Key]
		if to == nil {
			continue
		}
		d, ok := x.Duration()
		if !ok || d == 0 {
			return x.Errorf("healthCheck: %s is not a duration such as 10s", x)
		}
		*to = d
		t.Translated(x, "healthCheck: %s %s", x.Key, x)
	}
	p.Health = &h
	return nil
}
