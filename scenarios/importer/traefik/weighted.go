package traefik

import (
	"fmt"
	"reflect"

	"stickysim/policies"
	policy "stickysim/policies/traefik"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// weighted translates a service of services: two levels, with a group of servers for each of them. Services are taken in
// turn, in shuffled order as servers are, and kept by a cookie of their own.
func (t *translation) weighted(name string, n *tree.Node, named map[string]*tree.Node) error {
	p := t.pool(name, n)
	w := policies.Weighted{Sticky: "none", Turns: true, Failover: n.Get("healthcheck") != nil}
	var inside *ir.Pool // the part whose policy is that of all: the first of several servers
	for _, x := range n.Get("services").Children() {
		part, weight, err := t.part(x, named)
		if err != nil {
			return err
		}
		if part == nil {
			continue
		}
		if len(w.Groups) == policies.MaxGroups {
			t.NotCarried(x, "service %s: more than %d services", source.Short(name), policies.MaxGroups)
			continue
		}
		w.Groups = append(w.Groups, fmt.Sprintf("%s=%d", part.Name, weight))
		for _, s := range part.Servers {
			s.Info.Options = map[string]string{policies.GroupOption: part.Name}
			if err := t.add(&p, &tree.Node{Place: s.Place}, s.Info.Name, s.Info.Addr, s.Info.Weight); err != nil {
				return err
			}
			p.Servers[len(p.Servers)-1].Info.Options = s.Info.Options
		}
		if inside == nil || len(inside.Servers) == 1 && len(part.Servers) > 1 {
			if inside != nil {
				t.differs(x, inside, part)
			}
			inside = part
		} else {
			t.differs(x, part, inside)
		}
	}
	if inside == nil {
		t.NotCarried(n, "service %s: no servers", source.Short(name))
		return nil
	}
	w.Inside = policies.Policy{Name: inside.Policy, Config: inside.Params}
	p.Key, p.Health, p.CookieName, p.IdleTimeout = inside.Key, inside.Health, inside.CookieName, inside.IdleTimeout
	if err := t.stickyService(&p, &w, n.Get("sticky")); err != nil {
		return err
	}
	if hc := n.Get("healthcheck"); hc != nil {
		t.Translated(hc, "healthCheck: services without a server that is up get nothing (failover)")
	} else {
		t.Translated(n, "service %s: without healthCheck, a service whose servers are all down is still chosen, and its clients get errors", source.Short(name))
	}
	for _, x := range n.Items {
		switch x.Key {
		case "services", "sticky", "healthcheck":
		default:
			t.NotCarried(x, "service %s: %s: not understood", source.Short(name), source.Short(x.Key))
		}
	}
	p.Policy, p.Params = "weighted", w
	t.Translated(n, "service %s: pool with %d servers in %d groups, policy weighted", source.Short(name), len(p.Servers), len(w.Groups))
	t.Pools = append(t.Pools, p)
	return nil
}

// part reads a service that is a part of a weighted one; nil where it gets nothing.
func (t *translation) part(x *tree.Node, named map[string]*tree.Node) (p *ir.Pool, weight int, err error) {
	name := local(x.Get("name").Value())
	if weight, err = weightOf(x); err != nil {
		return nil, 0, err
	}
	for _, f := range x.Items {
		switch f.Key {
		case "name", "weight":
		default:
			t.NotCarried(f, "service %s: %s of a part of a weighted service has no counterpart", source.Short(name), source.Short(f.Key))
		}
	}
	lb := named[name].Get("loadbalancer")
	switch {
	case weight == 0:
		t.Translated(x, "service %s: weight 0, so it gets nothing", source.Short(name))
		return nil, 0, nil
	case lb == nil && named[name] != nil:
		t.NotCarried(x, "service %s: a weighted service of services that are no load balancers has no counterpart", source.Short(name))
		return nil, 0, nil
	case len(lb.Get("servers").Children()) == 0:
		t.NotCarried(x, "service %s: the file does not say its servers", source.Short(name))
		if lb != nil {
			t.NotCarried(lb, "service %s: names no servers", source.Short(name))
		}
		return nil, 0, nil
	}
	p = &ir.Pool{Name: name, Place: lb.Place}
	for _, s := range lb.Get("servers").Children() {
		if err := t.server(p, s); err != nil {
			return nil, 0, err
		}
	}
	if err := t.balance(p, lb); err != nil {
		return nil, 0, err
	}
	t.Translated(x, "service %s: weight %d, a group of %d servers", source.Short(name), weight, len(p.Servers))
	t.Translated(lb, "service %s: a part of a weighted service", source.Short(name))
	return p, weight, nil
}

// differs remarks on a part whose settings give way to those of another.
func (t *translation) differs(x *tree.Node, part, inside *ir.Pool) {
	if len(part.Servers) > 1 && !reflect.DeepEqual(anonymous(part.Params), anonymous(inside.Params)) {
		t.NotCarried(x, "service %s: its servers are chosen as those of %s are, by %s", source.Short(part.Name), source.Short(inside.Name), inside.Policy)
	}
	if !reflect.DeepEqual(part.Health, inside.Health) {
		t.NotCarried(x, "service %s: its health check differs from that of %s, which stands for both", source.Short(part.Name), source.Short(inside.Name))
	}
}

// anonymous are parameters without the name of the cookie.
func anonymous(c policies.Config) policies.Config {
	if s, ok := c.(policy.StickyCookie); ok {
		s.Name = ""
		return s
	}
	return c
}

// stickyService reads the cookie of a weighted service, which names one of its services.
func (t *translation) stickyService(p *ir.Pool, w *policies.Weighted, n *tree.Node) error {
	if n.Get("cookie") == nil && !n.True() {
		return nil
	}
	name, maxAge, err := t.cookie(p, n.Get("cookie"))
	if err != nil {
		return err
	}
	w.Sticky = "cookie"
	t.Translated(n, "service %s: cookie %s keeps a client with a service (weighted, sticky: cookie); its servers are chosen anew for each request unless they are sticky, too", source.Short(p.Name), source.Short(name))
	if maxAge > 0 {
		t.NotCarried(n.Get("cookie", "maxage"), "service %s: the cookie lasts until the browser is closed, not %v", source.Short(p.Name), maxAge)
	}
	if p.CookieName == "" {
		p.CookieName = name
	}
	return nil
}
