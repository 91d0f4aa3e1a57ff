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
	"path"
	"regexp"
	"strings"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

var _ = importer.Register(importer.Product{
	Name: "traefik",
	Signs: regexp.MustCompile(`(?m)\btraefik\.(enable|http|tcp|backend|frontend|port)\b|^\s*\[+(http|tcp|udp|entryPoints|providers)(\.|\])|` +
		`^(http|entryPoints|providers):\s*$|(?i)\bloadBalancer:\s*$`),
	Precedence: 5,
	Import:     importer.Each(importFile),
})

// importFile reads a file and the dynamic files that it names.
func importFile(in *source.Input, name string) error {
	t := &translation{Input: in, read: map[string]bool{name: true}, taken: map[*ir.Pool]map[string]bool{}}
	before := len(in.Pools)
	err := in.Read(name, func(data []byte) error { return t.file(name, data) })
	t.retries(before)
	for i := before; i < len(in.Pools); i++ {
		in.Pools[i].Sees = t.sees
	}
	return err
}

// translation is the configuration under construction.
type translation struct {
	*source.Input
	read map[string]bool // files that were read

	taken map[*ir.Pool]map[string]bool // names of servers

	routers  []*tree.Node
	retrying []*tree.Node // middlewares that retry

	sees *ir.Sees // what the entry points say
}

// file translates the content of a file.
func (t *translation) file(name string, data []byte) error {
	var docs []*tree.Node
	var err error
	if strings.EqualFold(path.Ext(name), ".toml") || looksLikeTOML(data) {
		docs, err = readTOML(name, data)
	} else {
		docs, err = tree.Documents(name, data, fold)
	}
	if err != nil {
		return err
	}
	for _, doc := range docs {
		if err := t.document(doc); err != nil {
			return err
		}
		doc.Rest("", func(path string, n *tree.Node) {
			t.Harmless(n, "%s: does not choose among servers", source.Short(path))
		})
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

// document translates one file, or a part of one.
func (t *translation) document(top *tree.Node) error {
	if top.Get("services").Is(tree.Map) && top.Get("http") == nil && composed(top.Get("services")) {
		return t.compose(top.Get("services"))
	}
	if top.Get("servers").Is(tree.List) { // the inside of a loadBalancer
		return t.loadBalancer("service", top)
	}
	for _, x := range top.Children() {
		var err error
		switch x.Key {
		case "http":
			err = t.http(x)
		case "services", "routers", "middlewares": // the inside of http
			err = t.http(top)
			return err
		case "loadbalancer":
			return t.services(&tree.Node{Kind: tree.Map, Items: []*tree.Node{{
				Kind: tree.Map, Key: "service", Place: x.Place, Items: []*tree.Node{x}}}})
		case "entrypoints":
			t.entryPoints(x)
		case "providers":
			err = t.providers(x)
		case "tcp", "udp":
			t.NotCarried(x, "%s: only HTTP services are imported", x.Key)
		default:
			t.Harmless(x, "%s: does not choose among servers", source.Short(x.Key))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entryPoints reads whose address services see: that of the connection, unless a proxy speaks the PROXY protocol.
func (t *translation) entryPoints(n *tree.Node) {
	for _, e := range n.Children() {
		if p := e.Get("proxyprotocol"); p != nil {
			var trusted []string
			for _, x := range p.Get("trustedips").Children() {
				trusted = append(trusted, x.Value())
			}
			t.sees, _ = ir.SeesFrom(trusted)
			t.Translated(p, "entryPoints.%s.proxyProtocol: hrw sees the address that the proxy tells (clients: {seen_as: forwarded})", source.Short(e.Key))
		}
		if f := e.Get("forwardedheaders"); f != nil {
			t.Harmless(f, "entryPoints.%s.forwardedHeaders: which X-Forwarded headers servers get; hrw goes by the address of the connection", source.Short(e.Key))
		}
	}
}

// providers follows the file provider.
func (t *translation) providers(n *tree.Node) error {
	for _, x := range n.Children() {
		if x.Key != "file" {
			t.NotCarried(x, "providers.%s: its services are known only at run time", source.Short(x.Key))
			continue
		}
		var names []string
		if f := x.Get("filename").Value(); f != "" {
			names = t.Glob(f)
		}
		if d := x.Get("directory").Value(); d != "" {
			for _, ext := range []string{"*.toml", "*.yaml", "*.yml"} {
				names = append(names, t.Glob(path.Join(d, ext))...)
			}
		}
		if len(names) == 0 && x.First("filename", "directory") != nil {
			t.NotCarried(x, "providers.file: its files are missing; what they contain is not part of the import")
		}
		for _, name := range names {
			if t.read[name] {
				continue
			}
			t.read[name] = true
			if err := t.Include(x.Place, name, func(data []byte) error { return t.file(name, data) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// http translates the routers and services of the section.
func (t *translation) http(n *tree.Node) error {
	for _, x := range n.Children() {
		switch x.Key {
		case "services":
			if err := t.services(x); err != nil {
				return err
			}
		case "routers":
			t.routers = append(t.routers, x.Children()...)
			t.Harmless(x, "http.routers: which requests get here is part of the workload")
		case "middlewares":
			for _, m := range x.Children() {
				if m.Get("retry") != nil {
					t.retrying = append(t.retrying, m)
				} else {
					t.Harmless(m, "middleware %s: does not choose among servers", source.Short(m.Key))
				}
			}
		default:
			t.Harmless(x, "http.%s: does not choose among servers", source.Short(x.Key))
		}
	}
	return nil
}
