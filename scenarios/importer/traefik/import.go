// Package traefik imports Traefik's configurations: HTTP services become pools with a policy of
// stickysim/policies/traefik, everything else becomes a remark.
//
// It reads static and dynamic files in TOML or YAML, whole or in part, the dynamic files that a static one names as far
// as the file system has them, and the labels of docker-compose files.
//
// Input may be hostile: size, nesting and the number of values are bounded. Every error has a place.
//
// Floor 8.
package traefik

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name: "traefik",
	Signs: lazy.Regexp(`(?m)\btraefik\.(enable|http|tcp|backend|frontend|port)\b|^\s*\[+(http|tcp|udp|entryPoints|providers)(\.|\])|` +
		`^(http|entryPoints|providers):\s*$|(?i)\bloadBalancer:\s*$`),
	Precedence: 5,
	Import:     importer.Each(importFile),
})

// importFile reads a file and the dynamic files that it names.
func importFile(in *source.Input, name string) error {
	t := &translation{Input: in, read: map[string]bool{name: true}, made: map[string]*defined{}, taken: map[*ir.Pool]map[string]bool{}, middlewares: map[string]*tree.Node{}, transports: map[string]*tree.Node{}, sees: map[string]*ir.Sees{}}
	before := len(in.Pools)
	err := in.Read(name, func(data []byte) error { return t.file(name, data) })
	t.retries(before)
	for _, p := range t.parts {
		p.Account(in, known(), p.shown, p.under...)
	}
	t.applyEntryPoints(before)
	return err
}

// translation is the configuration under construction.
type translation struct {
	*source.Input
	read map[string]bool // files that were read

	taken map[*ir.Pool]map[string]bool // names of servers

	parts       []part // of the files, which are accounted for at the end
	routers     []*tree.Node
	used        []*tree.Node          // lists of the names of middlewares
	middlewares map[string]*tree.Node // by name
	transports  map[string]*tree.Node // by name
	transport   *tree.Node            // of the static file, for services that name none

	labels bool                // the file has labels
	made   map[string]*defined // services of labels, by name
	hidden bool                // containers are behind Traefik only if a label says so

	sees map[string]*ir.Sees // what the entry points say, by name; nil: they have the address of the connection
}

// part is a tree with the path of it that remarks show, and the path that it has in the table.
type part struct {
	*tree.Node
	shown string
	under []string
}

// file translates the content of a file.
func (t *translation) file(name string, data []byte) error {
	var docs []*tree.Node
	var err error
	if strings.EqualFold(path.Ext(name), ".toml") || looksLikeTOML(data) {
		docs, err = readTOML(name, data)
	} else {
		docs, err = tree.Documents(name, data, nil)
	}
	if err != nil {
		return err
	}
	for _, doc := range docs {
		foldAll(doc)
		under, err := t.document(doc)
		if err != nil {
			return err
		}
		t.parts = append(t.parts, part{doc, "", under})
	}
	return nil
}

// looksLikeTOML recognizes TOML in a file whose name does not say so: its first line that is neither empty nor a comment
// is a [table] or a key = value.
func looksLikeTOML(data []byte) bool {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		name, _, assigned := strings.Cut(line, "=")
		return line[0] == '[' && strings.HasSuffix(line, "]") && !strings.Contains(line, ":") ||
			assigned && !strings.ContainsAny(name, ":-\"'{")
	}
	return false
}

// document translates one file, or a part of one, and returns the path in a file of what it is.
func (t *translation) document(top *tree.Node) (under []string, err error) {
	switch {
	case top.Get("services").Is(tree.Map) && top.Get("http") == nil && composed(top.Get("services")):
		for _, x := range top.Items {
			if strings.HasPrefix(x.Key, "x-") {
				t.Harmless(x, "%s: has an effect only where an alias of it stands", source.Short(x.Key))
			}
		}
		return []string{"compose"}, t.compose(top.Get("services"))
	case top.Get("servers").Is(tree.List):
		return []string{"http", "services", "service", "loadbalancer"}, t.loadBalancer("service", top)
	case top.Get("loadbalancer") != nil:
		return []string{"http", "services", "service"}, t.services(&tree.Node{Kind: tree.Map, Items: []*tree.Node{{
			Kind: tree.Map, Key: "service", Place: top.Get("loadbalancer").Place, Items: top.Items}}})
	case top.Get("http") == nil && top.First("services", "routers", "middlewares") != nil:
		return []string{"http"}, t.http(top)
	}
	t.entryPoints(top.Get("entrypoints"))
	if x := top.Get("serverstransport"); x != nil {
		t.transport = x
	}
	for _, kind := range []string{"tcp", "udp"} {
		if x := top.Get(kind); x != nil {
			t.NotCarried(x, "%s: only HTTP services are imported", kind)
		}
	}
	if err := t.http(top.Get("http")); err != nil {
		return nil, err
	}
	return nil, t.providers(top.Get("providers"))
}

// entryPoints reads whose address services see: that of the connection, unless a proxy speaks the PROXY protocol.
func (t *translation) entryPoints(n *tree.Node) {
	for _, e := range n.Children() {
		for _, x := range []*tree.Node{e, e.Get("http")} {
			if strings.EqualFold(x.Value(), "true") { // as flags have it
				t.Harmless(x, "entryPoints.%s: has its defaults", source.Short(e.Key))
			}
		}
		t.use(e.Get("http", "middlewares"))
		p := e.Get("proxyprotocol")
		if t.sees[e.Key] = nil; p == nil {
			continue
		}
		trusted := values(p.Get("trustedips"))
		if p.Get("insecure").True() {
			trusted = nil // all are
		}
		t.sees[e.Key], _ = ir.SeesFrom(trusted)
		t.Translated(p, "entryPoints.%s.proxyProtocol: hrw sees the address that the proxy tells (clients: {seen_as: forwarded})", source.Short(e.Key))
	}
}

// applyEntryPoints has services see what the entry points of their routers say: those that a router names, or all.
func (t *translation) applyEntryPoints(before int) {
	first := func(names []string) (s *ir.Sees) {
		for _, name := range names {
			s = cmp.Or(s, t.sees[name])
		}
		return s
	}
	any := first(slices.Sorted(maps.Keys(t.sees)))
	of := map[string]*ir.Sees{} // by service in lower case
	for _, r := range t.routers {
		service, sees := strings.ToLower(local(r.Get("service").Value())), any
		if names := values(r.Get("entrypoints")); len(names) > 0 {
			sees = first(names)
		}
		was, known := of[service]
		if known && (was == nil) != (sees == nil) {
			t.NotCarried(r, "router %s: some routers to %s have entry points with the PROXY protocol, others without; all requests are taken to come with it", source.Short(r.Key), source.Short(service))
		}
		of[service] = cmp.Or(was, sees)
	}
	for i := before; i < len(t.Pools); i++ {
		sees, known := of[strings.ToLower(t.Pools[i].Name)]
		if !known {
			sees = any
		}
		t.Pools[i].Sees = sees
	}
}

// values are the texts of a list, or of a text with commas, as labels and flags have it.
func values(n *tree.Node) (list []string) {
	for _, x := range n.Children() {
		list = append(list, x.Value())
	}
	for x := range strings.SplitSeq(n.Value(), ",") {
		if x = strings.TrimSpace(x); x != "" {
			list = append(list, x)
		}
	}
	return list
}

// http translates the services of the section, and collects its routers and middlewares.
func (t *translation) http(n *tree.Node) error {
	t.collect(n)
	return t.services(n.Get("services"))
}

func (t *translation) collect(n *tree.Node) {
	t.routers = append(t.routers, n.Get("routers").Children()...)
	for _, r := range n.Get("routers").Children() {
		t.use(r.Get("middlewares"))
	}
	for _, x := range n.Get("serverstransports").Children() {
		t.transports[x.Key] = x
	}
	for _, m := range n.Get("middlewares").Children() {
		t.middlewares[m.Key] = m
		t.use(m.Get("chain", "middlewares"))
	}
}
