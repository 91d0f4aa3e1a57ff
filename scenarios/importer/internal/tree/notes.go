package tree

import (
	"cmp"
	"fmt"
	"slices"

	"stickysim/scenarios/importer/ir"
)

// maxRemarks bounds a report; beyond it the rest is counted.
const maxRemarks = 10_000

// Notes collects remarks.
type Notes struct {
	list    []ir.Remark
	dropped int
}

// Translated remarks that at became part of the scenario.
func (t *Notes) Translated(at *Node, format string, args ...any) {
	t.add(ir.Translated, at, format, args)
}

// Ignored remarks that at has no influence on routing, load or sessions.
func (t *Notes) Ignored(at *Node, format string, args ...any) { t.add(ir.Ignored, at, format, args) }

// Default remarks that the file does not say something, and what was assumed.
func (t *Notes) Default(at *Node, format string, args ...any) { t.add(ir.Default, at, format, args) }

// Unsupported remarks that at matters and could not be carried over.
func (t *Notes) Unsupported(at *Node, format string, args ...any) {
	t.add(ir.Unsupported, at, format, args)
}

// add files a remark; all but defaults cover the node, whose absent value they are about.
func (t *Notes) add(level ir.Level, at *Node, format string, args []any) {
	r := ir.Remark{Level: level, Text: fmt.Sprintf(format, args...)}
	if at != nil {
		r.File, r.Line = at.File, at.Line
		at.covered = at.covered || level != ir.Default
	}
	if len(t.list) == maxRemarks {
		t.dropped++
		return
	}
	t.list = append(t.list, r)
}

// Rest calls remark for each largest part of n that no remark covered, with its path.
func (t *Notes) Rest(n *Node, path string, remark func(path string, n *Node)) {
	switch {
	case n.covered:
	case len(n.Items) == 0 || !n.touched():
		if n.Kind != Null && !(len(n.Items) == 0 && n.Kind >= List && n.Kind <= Map) {
			remark(path, n)
		}
	default:
		for i, x := range n.Items {
			step := x.Key
			if n.Kind == List {
				step = fmt.Sprintf("%d", i)
			}
			if path != "" {
				step = path + "." + step
			}
			t.Rest(x, step, remark)
		}
	}
}

// touched reports whether something below n is covered.
func (n *Node) touched() bool {
	return slices.ContainsFunc(n.Items, func(x *Node) bool { return x.covered || x.touched() })
}

// Find calls found for each topmost node below n that matches, with its path.
func (n *Node) Find(path string, match func(*Node) bool, found func(path string, n *Node)) {
	for _, x := range n.Children() {
		below := path + "." + x.Key
		if match(x) {
			found(below, x)
		} else {
			x.Find(below, match, found)
		}
	}
}

// Remarks returns what was collected, by file and line; within a line in the order of remarking.
func (t *Notes) Remarks() []ir.Remark {
	slices.SortStableFunc(t.list, func(a, b ir.Remark) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	if t.dropped > 0 {
		return append(t.list, ir.Remark{Level: ir.Unsupported, Text: fmt.Sprintf("%d further remarks are left out", t.dropped)})
	}
	return t.list
}
