// Package caddy imports Caddy's configurations: every reverse_proxy becomes a pool with the policy of
// stickysim/policies/caddy, everything else becomes a remark.
//
// Read are Caddyfiles (whole, or just a reverse_proxy block), Caddy's JSON (whole, or any part that holds a
// reverse_proxy handler), and the test form of the Caddy project, a Caddyfile followed by "----------" and JSON.
//
// Input may be hostile: size, nesting, imports and the number of directives are bounded, and every error names file,
// line and column.
//
// Floor 6: imports importer/ir, importer/internal/tree, policies and sim.
package caddy

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Import reads the file name of fsys and the files it imports. What it holds, Caddyfile or JSON, is told by its first
// character.
func Import(fsys fs.FS, name string) (*ir.Config, error) {
	data, err := tree.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	t := &translation{config: ir.Config{Product: "caddy"}, names: map[string]int{}}
	if text := bytes.TrimLeft(data, "\ufeff \t\r\n"); len(text) > 0 && (text[0] == '{' && isJSON(text) || text[0] == '[') {
		err = t.json(name, data)
	} else {
		err = t.caddyfile(fsys, name, data)
	}
	if err != nil {
		return nil, err
	}
	if len(t.config.Pools) == 0 {
		t.remark(ir.Unsupported, place{file: name, line: 1}, "no reverse_proxy: nothing to balance")
	}
	return &t.config, nil
}

// isJSON tells an object from a Caddyfile's global options: its first word is quoted, or it is empty.
func isJSON(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// place is where something stands.
type place struct {
	file      string
	line, col int
}

func (p place) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", p.file, p.line, max(p.col, 1), fmt.Sprintf(format, args...))
}

// maxRemarks bounds a report.
const maxRemarks = 10_000

// translation is the configuration under construction.
type translation struct {
	config ir.Config
	names  map[string]int // of pools, to keep them apart
	loads  loads
}

func (t *translation) remark(level ir.Level, at place, format string, args ...any) {
	if len(t.config.Remarks) < maxRemarks {
		t.config.Remarks = append(t.config.Remarks,
			ir.Remark{Level: level, File: at.file, Line: at.line, Text: fmt.Sprintf(format, args...)})
	}
}

// clip shortens text of the file for a message.
func clip(text string) string {
	if r := []rune(strings.ToValidUTF8(text, "?")); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return strings.ToValidUTF8(text, "?")
}
