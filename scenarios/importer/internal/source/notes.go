package source

import (
	"cmp"
	"fmt"
	"slices"

	"stickysim/scenarios/importer/ir"
)

// maxRemarks bounds the remarks in one drawer; the rest is counted.
const maxRemarks = 10_000

// Part is a piece of a configuration that a remark can be about: a statement, a line, a value.
type Part interface {
	Where() ir.Place // the zero Place for what is not in any file
}

// Notes collects the remarks of an import. It knows the statements that the parsers have found, so that none of them is
// without a remark at the end.
type Notes struct {
	remarks    []ir.Remark
	counts     [ir.NotCarried + 1]int // of remarks, by drawer, those beyond the bound included
	files      map[string]int         // in order of the first remark
	statements []statement
	mentioned  map[ir.Place]bool
}

// statement is what a parser found.
type statement struct {
	ir.Place
	text string
}

// Expect notes that there is a statement. If it gets no remark, the import says that it was not understood.
func (n *Notes) Expect(at Part, text string) {
	n.statements = append(n.statements, statement{at.Where(), text})
}

// Cover notes that a remark on what is around a statement covers it.
func (n *Notes) Cover(at Part) { n.mention(at.Where()) }

// Mentioned reports whether there is a remark at the place of a part, or one that covers it.
func (n *Notes) Mentioned(at Part) bool { return n.mentioned[at.Where()] }

func (n *Notes) mention(at ir.Place) {
	if n.mentioned == nil {
		n.mentioned = map[ir.Place]bool{}
	}
	n.mentioned[at] = true
}

// Translated remarks that a part became part of the scenario.
func (n *Notes) Translated(at Part, format string, args ...any) {
	n.Remark(ir.Translated, at, format, args...)
}

// Harmless remarks that a part has no influence on routing, load or sessions.
func (n *Notes) Harmless(at Part, format string, args ...any) {
	n.Remark(ir.Harmless, at, format, args...)
}

// Assumed remarks that the configuration does not say something at a part, and what was assumed.
func (n *Notes) Assumed(at Part, format string, args ...any) {
	n.Remark(ir.Assumed, at, format, args...)
}

// NotCarried remarks that a part matters, or may matter, and is not part of the scenario.
func (n *Notes) NotCarried(at Part, format string, args ...any) {
	n.Remark(ir.NotCarried, at, format, args...)
}

// Remark puts a remark on a part into a drawer. A part that shares its place with others, such as a value in a tree,
// keeps for itself that there is a remark on it, in a method Cover. What is translated may have parts that are not.
func (n *Notes) Remark(d ir.Drawer, at Part, format string, args ...any) {
	place := at.Where()
	if c, ok := at.(interface{ Cover(whole bool) }); ok && d != ir.Assumed { // an assumption is about what is not there
		c.Cover(d != ir.Translated)
	}
	n.mention(place)
	if _, known := n.files[place.File]; !known {
		if n.files == nil {
			n.files = map[string]int{}
		}
		n.files[place.File] = len(n.files)
	}
	if n.counts[d]++; n.counts[d] <= maxRemarks {
		n.remarks = append(n.remarks, ir.Remark{Place: place, Drawer: d, Text: fmt.Sprintf(format, args...)})
	}
}

// Remarks returns the remarks, by file and line; within a line in the order of remarking, each once: what counts for several servers is
// read for each of them. Statements without a remark get one here.
func (n *Notes) Remarks() []ir.Remark {
	for _, s := range n.statements {
		if !n.mentioned[s.Place] {
			n.NotCarried(s, "%s: not understood", Short(s.text))
		}
	}
	seen := map[ir.Remark]bool{}
	n.remarks = slices.DeleteFunc(n.remarks, func(r ir.Remark) bool {
		again := seen[r]
		seen[r] = true
		return again
	})
	slices.SortStableFunc(n.remarks, func(a, b ir.Remark) int {
		return cmp.Or(cmp.Compare(n.files[a.File], n.files[b.File]), cmp.Compare(a.Line, b.Line))
	})
	for d, count := range n.counts {
		if more := count - maxRemarks; more > 0 {
			n.remarks = append(n.remarks, ir.Remark{Drawer: ir.Drawer(d), Text: fmt.Sprintf("%d further remarks are left out", more)})
		}
	}
	return n.remarks
}
