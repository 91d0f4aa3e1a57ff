// Package caddy imports Caddy's configurations: every reverse_proxy becomes a pool with the policy of
// stickysim/policies/caddy, everything else becomes a remark.
//
// It reads Caddyfiles (whole, or just a reverse_proxy block), Caddy's JSON (whole, or any part that holds a
// reverse_proxy handler), and the test form of the Caddy project, a Caddyfile followed by "----------" and JSON.
//
// Input may be hostile: size, nesting, imports and the number of directives are bounded. Every error has a place.
//
// Floor 8.
package caddy

import (
	"bytes"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

var _ = importer.Register(importer.Product{
	Name:       "caddy",
	Signs:      lazy.Regexp(`\breverse_proxy\b|\blb_policy\b`),
	Precedence: 1,
	Import:     importer.Each(importFile),
})

// importFile reads a file and the files it imports. The first characters show whether it is a Caddyfile or JSON.
func importFile(in *source.Input, name string) error {
	t := &translation{Input: in}
	return in.Read(name, func(data []byte) error {
		read := t.caddyfile
		if text := bytes.TrimLeft(data, "\ufeff \t\r\n"); len(text) > 0 && (text[0] == '{' && isJSON(text) || text[0] == '[') {
			read = t.json
		}
		err := read(name, data)
		t.designate()
		return err
	})
}

// isJSON distinguishes an object from a Caddyfile's global options: its first word is quoted, or it is empty.
func isJSON(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// translation is the configuration under construction.
type translation struct {
	*source.Input
	sees       *ir.Sees            // what trusted_proxies of the server says
	seesAt     map[string]*ir.Sees // the same, of servers that the options name by their port
	directives int
	handlers   []*handler // of the pools
	server     string     // of JSON, around what is read
	matched    bool       // a matcher of JSON decides whether requests get there
	added      int        // bytes that variables have added
}
