package traefik

import (
	"stickysim/policies"
	"stickysim/scenarios/importer/internal/levels"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// weighted translates a service of services: two levels, with a group of servers for each of them. Services are taken in
// turn, in shuffled order as servers are, and kept by a cookie of their own.
func (t *translation) weighted(name string, n *tree.Node, named map[string]*tree.Node) error {
	p := t.pool(name, n)
	w := policies.Weighted{Sticky: "none", Turns: true, Failover: n.Get("healthcheck") != nil}
	var groups []levels.Group
	for _, x := range n.Get("services").Children() {
		part, weight, err := t.part(x, named)
		if err != nil {
			return err
		}
		if part != nil {
			groups = append(groups, levels.Group{Pool: *part, Weight: weight, At: x})
		}
	}
	if len(groups) == 0 {
		t.NotCarried(n, "service %s: no servers", source.Short(name))
		return nil
	}
	cookie, err := t.stickyService(&p, &w, n.Get("sticky"))
	if err != nil {
		return err
	}
	if levels.Join(t.Input, &p, w, groups); p.CookieName == "" {
		p.CookieName = cookie
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
	t.Translated(n, "service %s: pool with %d servers in %d groups, policy weighted", source.Short(name), len(p.Servers), len(groups))
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
	p = &ir.Pool{Name: name, Place: lb.Place, Balancers: ir.Balancers{Scope: "process"}}
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

// stickyService reads the cookie of a weighted service, which names one of its services, and returns its name.
func (t *translation) stickyService(p *ir.Pool, w *policies.Weighted, n *tree.Node) (string, error) {
	if n.Get("cookie") == nil && !n.True() {
		return "", nil
	}
	name, maxAge, err := t.cookie(p, n.Get("cookie"))
	if err != nil {
		return "", err
	}
	w.Sticky, w.Lifetime = "cookie", max(maxAge, 0)
	t.Translated(n, "service %s: cookie %s keeps a client with a service (weighted, sticky: cookie); its servers are chosen anew for each request unless they are sticky, too", source.Short(p.Name), source.Short(name))
	return name, nil
}
