package envoy

import (
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// pool translates one cluster.
func (im *translation) pool(c *tree.Node) ir.Pool {
	p := ir.Pool{Name: clusterName(c), Place: c.Place, Balancers: ir.Balancers{Scope: "process"}}
	for _, x := range []*tree.Node{c.Get("name"), c.Get("@type"), c.Get("load_assignment", "cluster_name")} {
		if x != nil {
			im.Translated(x, "%s: %s", x.Key, x)
		}
	}
	settings := im.clusterSettings(c)
	im.retries(p.Name, &settings)
	im.limits(c, &p)
	im.discovery(c)
	p.Servers = im.servers(c)
	p.Health = im.health(c)
	key, from := im.key(p.Name, &p)
	p.Policy, p.Params = im.policy(c, settings, key)
	if p.Key = from; p.Policy != "envoy/ring-hash" && p.Policy != "envoy/maglev" {
		p.Key, p.CookieName, p.IdleTimeout = ir.KeySource{Kind: "none"}, "", 0
	} else if from.Text == unknownKey {
		im.Assumed(c, "hash_policy: no route to cluster %s in this file; a header is assumed", source.Short(p.Name))
	}
	im.session(&p, c, settings)
	return p
}

// integer reads a positive whole number, bare or wrapped in {value: N}.
func (im *translation) integer(n *tree.Node, to *int) {
	if n == nil {
		return
	}
	x, ok := n.Int()
	if n.Kind == tree.Map {
		x, ok = n.Get("value").Int()
	}
	if !ok || x < 0 {
		im.NotCarried(n, "%s: must be a whole number, got %s; %d is used", n.Key, n, *to)
		return
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
}

// span reads a duration, "5s" or {seconds: 5}.
func (im *translation) span(n *tree.Node, to *sim.Time) bool {
	if n == nil {
		return false
	}
	t, ok := n.Duration()
	if n.Kind == tree.Map {
		t, ok = n.Get("seconds").Seconds()
		if nanos, whole := n.Get("nanos").Int(); whole && nanos >= 0 && nanos < 1e9 {
			t, ok = t+sim.Time(nanos), ok || n.Get("seconds") == nil
		}
	}
	if !ok {
		im.NotCarried(n, "%s: must be a duration such as 5s, got %s", n.Key, n)
		return false
	}
	*to = t
	im.Translated(n, "%s: %v", n.Key, t)
	return true
}
