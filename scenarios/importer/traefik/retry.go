package traefik

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// local is a name without its provider, app of app@file.
func local(name string) string {
	name, _, _ = strings.Cut(name, "@")
	return name
}

// retries gives the services behind routers with a retry middleware its attempts. Traefik tries another server where one does not
// answer at all, which is the redispatch of a scenario.
func (t *translation) retries(before int) {
	for _, m := range t.retrying {
		used := false
		for _, r := range t.routers {
			for _, name := range r.Get("middlewares").Children() {
				used = local(name.Value()) == m.Key && t.retry(m, local(r.Get("service").Value()), before) || used
			}
		}
		if !used {
			t.NotCarried(m.Get("retry"), "middleware %s: retries; no router of these files leads through it to a service", source.Short(m.Key))
		}
	}
}

// retry gives a service the attempts of a middleware, and reports whether there is such a service.
func (t *translation) retry(m *tree.Node, service string, before int) bool {
	at := m.Get("retry", "attempts")
	n, err := strconv.Atoi(at.Value())
	if err != nil || n < 1 || n > 16 {
		return false
	}
	found := false
	for i := before; i < len(t.Pools); i++ {
		if p := &t.Pools[i]; strings.EqualFold(p.Name, service) {
			p.Redispatch, found = n-1, true
			t.Translated(at, "middleware %s: %d attempts for each request of %s that a server does not answer at all", source.Short(m.Key), n, source.Short(p.Name))
		}
	}
	if i := m.Get("retry", "initialinterval"); i != nil && found {
		t.Assumed(i, "middleware %s: attempts follow each other at once, without initialInterval", source.Short(m.Key))
	}
	return found
}
