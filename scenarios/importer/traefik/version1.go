package traefik

import (
	"cmp"
	"strings"

	"stickysim/policies"
	policy "stickysim/policies/traefik"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// isVersion1 recognizes labels of Traefik 1, where what routers and services are now was frontends and backends.
func isVersion1(traefik *tree.Node) bool {
	return traefik.Get("http") == nil && traefik.First("backend", "frontend", "port") != nil
}

// version1 translates the labels of a container of Traefik 1.
func (t *translation) version1(s, traefik *tree.Node) error {
	count, err := t.containersOf(s)
	if err != nil || count == 0 {
		return err
	}
	read := func(path ...string) string {
		n := traefik.Get(path...)
		if n == nil || n.Text == "" {
			return ""
		}
		t.Translated(n, "traefik.%s: %s", strings.Join(path, "."), source.Short(n.Text))
		return n.Text
	}
	p := t.pool(cmp.Or(read("backend"), s.Key), s)
	scheme, port := cmp.Or(read("protocol"), "http"), read("port")
	if port != "" {
		port = ":" + port
	}
	weight, err := weightOf(traefik)
	if err != nil {
		return err
	}
	read("weight")
	sticky := policy.StickyCookie{Strategy: "wrr", Name: read("backend", "loadbalancer", "stickiness", "cookiename")}
	isSticky := false
	for _, name := range []string{"stickiness", "sticky"} {
		isSticky = strings.EqualFold(read("backend", "loadbalancer", name), "true") || isSticky
	}
	if m := traefik.Get("backend", "loadbalancer", "method"); strings.EqualFold(m.Value(), "wrr") {
		read("backend", "loadbalancer", "method")
	}
	if health := traefik.Get("backend", "healthcheck"); health.Get("path") != nil {
		err = t.health(&p, health)
	} else if health != nil {
		t.Harmless(health, "traefik.backend.healthcheck: without path there are no probes")
	}
	if err != nil {
		return err
	}
	for i := range count {
		host := containerName(s, i) + port
		if err := t.add(&p, s, host, scheme+"://"+host, weight); err != nil {
			return err
		}
	}
	p.Limits.Connect = dialTimeout
	entry, _ := policies.Lookup("traefik/wrr")
	p.Policy, p.Params, p.Key.Kind = "traefik/wrr", entry.Default, "none"
	if isSticky {
		if sticky.Name == "" {
			sticky.Name = defaultCookie(p.Name)
			t.Assumed(s, "sticky cookie without name: Traefik derives one from the backend's name, here %s", sticky.Name)
		}
		p.Policy, p.Params, p.CookieName = "traefik/sticky_cookie", sticky, sticky.Name
		p.Key = ir.KeySource{Kind: "cookie", Name: sticky.Name, Text: "sticky cookie " + sticky.Name}
		t.Assumed(s, "Traefik 1 writes a server's URL into the cookie, here it is a hash of it; both bind a client to its server")
	}
	t.Assumed(s, "%s: containers behind Traefik 1: %d; Docker gives their addresses, so names stand for them", source.Short(s.Key), count)
	t.Translated(s, "service %s: pool with %d servers, policy %s", source.Short(p.Name), len(p.Servers), p.Policy)
	t.Pools = append(t.Pools, p)
	return nil
}
