package traefik

import (
	"strings"

	"stickysim/policies"
	policy "stickysim/policies/traefik"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// label is one label of a container.
type label struct {
	*tree.Node
	key, value string // the key in lower case
}

func labelsOf(lists ...*tree.Node) []label {
	var all []label
	for _, list := range lists {
		for _, x := range list.Children() {
			key, value := x.Key, x.Value()
			if list.Kind == tree.List {
				key, value, _ = strings.Cut(x.Value(), "=")
			}
			all = append(all, label{x, strings.ToLower(strings.TrimSpace(key)), value})
		}
	}
	return all
}

// isVersion1 recognizes labels of Traefik 1, where what routers and services are now was frontends and backends.
func isVersion1(labels []label) bool {
	old := false
	for _, l := range labels {
		if strings.HasPrefix(l.key, "traefik.http.") {
			return false
		}
		old = old || strings.HasPrefix(l.key, "traefik.backend") || strings.HasPrefix(l.key, "traefik.frontend.") || l.key == "traefik.port"
	}
	return old
}

// harmless1 are labels of Traefik 1 that say which requests get here and what is done to them.
var harmless1 = map[string]bool{"enable": true, "tags": true, "domain": true, "docker.network": true, "frontend.rule": true,
	"frontend.entrypoints": true, "frontend.priority": true, "frontend.passhostheader": true, "frontend.passtlscert": true}

// version1 translates the labels of a container of Traefik 1.
func (t *translation) version1(s *tree.Node, labels []label, count int) error {
	name := s.Key
	for _, l := range labels {
		if l.key == "traefik.backend" {
			name = l.value
		}
	}
	p := t.pool(name, s)
	scheme, port, weight, sticky := "http", "", 1, policy.StickyCookie{Strategy: "wrr"}
	isSticky := false
	health := sim.Health{Interval: 30 * sim.Second, Timeout: 5 * sim.Second, Fall: 1, Rise: 1}
	for _, l := range labels {
		name, ours := strings.CutPrefix(l.key, "traefik.")
		if !ours {
			continue
		}
		switch {
		case name == "port":
			port = ":" + l.value
		case name == "protocol":
			scheme = l.value
		case name == "backend":
		case name == "weight":
			w, ok := (&tree.Node{Kind: tree.Scalar, Text: l.value}).Int()
			if !ok || w < 0 || w > 1e6 {
				return l.Errorf("%s: must be a whole number between 0 and 1000000", source.Short(l.key))
			}
			weight = w
		case name == "backend.loadbalancer.stickiness" || name == "backend.loadbalancer.sticky":
			isSticky = isSticky || strings.EqualFold(l.value, "true")
		case name == "backend.loadbalancer.stickiness.cookiename":
			sticky.Name = l.value
		case name == "backend.loadbalancer.method" && strings.EqualFold(l.value, "wrr"):
		case name == "backend.healthcheck.interval":
			d, ok := (&tree.Node{Kind: tree.Scalar, Text: l.value}).Duration()
			if !ok || d == 0 {
				return l.Errorf("%s: must be a duration such as 10s", source.Short(l.key))
			}
			health.Interval = d
		case name == "backend.healthcheck.path":
			p.Health = &health
		case harmless1[name]:
			t.Harmless(l, "%s: which requests get here is part of the workload", source.Short(l.key))
			continue
		default:
			t.NotCarried(l, "%s: a label of Traefik 1 that is not understood", source.Short(l.key))
			continue
		}
		t.Translated(l, "%s: %s", source.Short(l.key), source.Short(l.value))
	}
	for i := range count {
		host := containerName(s, i) + port
		if err := t.add(&p, s, host, scheme+"://"+host, weight); err != nil {
			return err
		}
	}
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
	t.Assumed(s, "%s: %d container(s) behind Traefik 1; Docker gives their addresses, so names stand for them", source.Short(s.Key), count)
	t.Translated(s, "service %s: pool with %d servers, policy %s", source.Short(p.Name), len(p.Servers), p.Policy)
	t.Pools = append(t.Pools, p)
	return nil
}
