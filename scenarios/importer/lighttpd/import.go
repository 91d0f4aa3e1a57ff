// Package lighttpd imports lighttpd.conf: every key of proxy.server becomes a pool with the policy that proxy.balance
// names, everything else becomes a remark.
//
// Conditional blocks make pools of their own; what they do not set holds from the block around. Included files are
// read as far as fsys has them; include_shell is not run.
//
// Input may be hostile: size, nesting, includes and the number of values are bounded, and every error names file,
// line and column.
//
// Floor 6: imports importer/ir, importer/internal/tree, policies and sim.
package lighttpd

import (
	"fmt"
	"io/fs"
	"strings"

	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Import reads the file name of fsys and the files it includes.
func Import(fsys fs.FS, name string) (*ir.Config, error) {
	data, err := tree.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	t := &translation{fsys: fsys, names: map[string]int{}, open: []string{name}}
	t.config.Product = "lighttpd"
	list, err := t.parse(name, data)
	if err == nil {
		err = t.scope(list, scope{})
	}
	if err != nil {
		return nil, err
	}
	if len(t.config.Pools) == 0 {
		t.remark(ir.Unsupported, place{file: name, line: 1}, "no proxy.server: nothing to balance")
	}
	return &t.config, nil
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
	fsys   fs.FS
	config ir.Config
	names  map[string]int // of pools, to keep them apart
	open   []string       // files being read
	files  int
	values int
}

func (t *translation) remark(level ir.Level, at place, format string, args ...any) {
	if len(t.config.Remarks) < maxRemarks {
		t.config.Remarks = append(t.config.Remarks,
			ir.Remark{Level: level, File: at.file, Line: at.line, Text: fmt.Sprintf(format, args...)})
	}
}

// clip shortens text of the file for a message.
func clip(text string) string {
	text = strings.ToValidUTF8(text, "?")
	if r := []rune(text); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return text
}
