// Package traefik imports Traefik's configurations: HTTP services become pools with a policy of
// stickysim/policies/traefik, everything else becomes a remark.
//
// Read are static and dynamic files in TOML or YAML, whole or in part, the dynamic files that a static one names as
// far as fsys has them, and the labels of docker-compose files.
//
// Input may be hostile: size, nesting and the number of values are bounded, and every error names the file and line.
//
// Floor 6: imports importer/ir, importer/internal/tree, policies and sim.
package traefik

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Import reads the file name of fsys.
func Import(fsys fs.FS, name string) (*ir.Config, error) {
	t := &translation{fsys: fsys, names: map[string]int{}, read: map[string]bool{}}
	t.config.Product = "traefik"
	if err := t.file(name); err != nil {
		return nil, err
	}
	if len(t.config.Pools) == 0 {
		t.remark(ir.Unsupported, &tree.Node{File: name, Line: 1}, "no HTTP service with servers: nothing to balance")
	}
	return &t.config, nil
}

// maxRemarks bounds a report, maxFiles what a static configuration may name.
const (
	maxRemarks = 10_000
	maxFiles   = 100
)

// translation is the configuration under construction.
type translation struct {
	fsys   fs.FS
	config ir.Config
	names  map[string]int // of pools, to keep them apart
	read   map[string]bool
}

func (t *translation) remark(level ir.Level, at *tree.Node, format string, args ...any) {
	if len(t.config.Remarks) < maxRemarks {
		t.config.Remarks = append(t.config.Remarks,
			ir.Remark{Level: level, File: at.File, Line: at.Line, Text: fmt.Sprintf(format, args...)})
	}
}

func errorf(at *tree.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:1: %s", at.File, at.Line, fmt.Sprintf(format, args...))
}

// file reads a file once.
func (t *translation) file(name string) error {
	if t.read[name] || len(t.read) == maxFiles {
		return nil
	}
	t.read[name] = true
	data, err := tree.ReadFile(t.fsys, name)
	if err != nil {
		return err
	}
	if strings.EqualFold(path.Ext(name), ".toml") || looksLikeTOML(data) {
		top, err := readTOML(name, data)
		if err != nil {
			return err
		}
		return t.document(top)
	}
	docs, err := tree.Documents(t.fsys, name, fold)
	if err != nil {
		return atColumn(name, err)
	}
	for _, doc := range docs {
		if err := t.document(doc); err != nil {
			return err
		}
	}
	return nil
}

// atColumn brings errors of the YAML reader into the form file:line:column.
func atColumn(name string, err error) error {
	var line int
	text := strings.TrimPrefix(err.Error(), name+": ")
	if i := strings.Index(text, "line "); i >= 0 {
		if _, scan := fmt.Sscanf(text[i:], "line %d", &line); scan == nil {
			return fmt.Errorf("%s:%d:1: %s", name, line, text)
		}
	}
	if strings.HasPrefix(text, name+":") {
		return err
	}
	return fmt.Errorf("%s:1:1: %s", name, text)
}

// looksLikeTOML tells TOML in a file without telling name: its first line that says anything is a [table] or a
// key = value.
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
				Kind: tree.Map, Key: "service", File: x.File, Line: x.Line, Items: []*tree.Node{x}}}})
		case "providers":
			err = t.providers(x)
		case "tcp", "udp":
			t.remark(ir.Unsupported, x, "%s: only HTTP services are imported", x.Key)
		default:
			t.remark(ir.Ignored, x, "%s: does not choose among servers", short(x.Key))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// short shortens a key for a message.
func short(key string) string { return (&tree.Node{Kind: tree.Scalar, Text: key}).String() }

// providers follows the file provider.
func (t *translation) providers(n *tree.Node) error {
	for _, x := range n.Children() {
		if x.Key != "file" {
			t.remark(ir.Unsupported, x, "providers.%s: its services are known only at run time", short(x.Key))
			continue
		}
		var names []string
		if f := x.Get("filename").Value(); f != "" {
			names = t.glob(f)
		}
		if d := x.Get("directory").Value(); d != "" {
			for _, ext := range []string{"*.toml", "*.yaml", "*.yml"} {
				names = append(names, t.glob(path.Join(d, ext))...)
			}
		}
		if len(names) == 0 && x.First("filename", "directory") != nil {
			t.remark(ir.Unsupported, x, "providers.file: its files are not at hand; what they hold is not part of the import")
		}
		for _, name := range names {
			if err := t.file(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *translation) glob(name string) []string {
	name = strings.TrimPrefix(path.Clean(name), "/")
	names, err := fs.Glob(t.fsys, name)
	if err != nil || !fs.ValidPath(name) {
		return nil
	}
	return names
}

// http translates the routers and services of the section.
func (t *translation) http(n *tree.Node) error {
	for _, x := range n.Children() {
		switch x.Key {
		case "services":
			if err := t.services(x); err != nil {
				return err
			}
		case "middlewares":
			for _, m := range x.Children() {
				if retry := m.Get("retry"); retry != nil {
					t.remark(ir.Unsupported, retry, "middleware %s: retries; set the scenario's redispatch instead", short(m.Key))
				} else {
					t.remark(ir.Ignored, m, "middleware %s: does not choose among servers", short(m.Key))
				}
			}
		default:
			t.remark(ir.Ignored, x, "http.%s: does not choose among servers", short(x.Key))
		}
	}
	return nil
}
