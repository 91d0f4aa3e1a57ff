package traefik

import (
	"maps"
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// maxAttempts bounds the attempts for a request.
const maxAttempts = 16

// local is a name without its provider, app of app@file.
func local(name string) string {
	name, _, _ = strings.Cut(name, "@")
	return name
}

// use notes a list of middlewares, such as that of a router.
func (t *translation) use(list *tree.Node) {
	if list != nil {
		t.used = append(t.used, list)
		list.Cover(true) // each name gets a remark when all middlewares are known
	}
}

// retries gives the services behind routers with a retry middleware its attempts. Traefik tries another server where one does not
// answer at all, which is the redispatch of a scenario.
func (t *translation) retries(before int) {
	for _, list := range t.used {
		for _, name := range values(list) {
			if t.middlewares[local(name)] == nil {
				t.NotCarried(list, "middleware %s: is not in these files", source.Short(name))
			} else {
				t.Harmless(list, "middleware %s: has remarks of its own", source.Short(name))
			}
		}
	}
	pools := map[string][]*ir.Pool{} // by name in lower case
	for i := range t.Pools[before:] {
		p := &t.Pools[before+i]
		name := strings.ToLower(p.Name)
		pools[name] = append(pools[name], p)
	}
	retried := map[*tree.Node]bool{}
	for _, r := range t.routers {
		for _, m := range t.through(r.Get("middlewares"), map[string]bool{}) {
			if t.retry(m, pools[strings.ToLower(local(r.Get("service").Value()))]) {
				retried[m] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.middlewares)) {
		m := t.middlewares[name]
		if n := m.Get("retry"); n != nil && !retried[m] {
			t.NotCarried(n, "middleware %s: retries; no router of these files leads through it to a service, or attempts is not a number up to %d", source.Short(m.Key), maxAttempts)
		}
	}
}

// through are the middlewares of a list, those of chains included.
func (t *translation) through(list *tree.Node, seen map[string]bool) (all []*tree.Node) {
	for _, name := range values(list) {
		m := t.middlewares[local(name)]
		if m == nil || seen[m.Key] {
			continue
		}
		seen[m.Key] = true
		all = append(all, m)
		all = append(all, t.through(m.Get("chain", "middlewares"), seen)...)
	}
	return all
}

// retry gives pools the attempts of a middleware, and reports whether there are any.
func (t *translation) retry(m *tree.Node, pools []*ir.Pool) bool {
	at := m.Get("retry", "attempts")
	n, ok := at.Int()
	if !ok || n < 1 || n > maxAttempts || len(pools) == 0 {
		return false
	}
	for _, p := range pools {
		p.Redispatch = n - 1
		t.Translated(at, "middleware %s: %d attempts for each request of %s that a server does not answer at all", source.Short(m.Key), n, source.Short(p.Name))
	}
	if i := m.Get("retry", "initialinterval"); i != nil && !i.Remarked() {
		t.Assumed(i, "middleware %s: attempts follow each other at once, without initialInterval", source.Short(m.Key))
		i.Cover(true)
	}
	return true
}
