package tree

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

// Known are the paths of keys of a product that are harmless, or matter.
type Known struct {
	harmless []source.Harmless
	matters  []source.Matters
	paths    func() paths
}

// paths are the steps of all paths, made when the first file of the product is read.
type paths struct {
	top, anywhere *knot
}

// knot is a step of a path.
type knot struct {
	why     string // not empty: known, with all below
	matters bool   // not harmless
	next    map[string]*knot
}

// NewKnown makes a table of lists of harmless paths.
func NewKnown(lists []source.Harmless) *Known {
	k := &Known{harmless: lists}
	k.paths = lazy.Value(k.join)
	return k
}

// Matters adds paths that get the remark that they are not carried over, and why.
func (k *Known) Matters(lists []source.Matters) *Known {
	k.matters = append(k.matters, lists...)
	return k
}

// join makes the paths. One that is listed twice is a programming error and panics.
func (k *Known) join() paths {
	p := paths{&knot{}, &knot{}}
	for name, why := range source.Reasons(k.harmless) {
		p.at(name).why = why
	}
	for _, l := range k.matters {
		for _, name := range l.Names {
			x := p.at(name)
			if x.why != "" {
				panic("tree: " + name + " is listed twice")
			}
			x.why, x.matters = l.Why, true
		}
	}
	return p
}

// at is the knot of a path, which is made if it is missing.
func (k paths) at(path string) *knot {
	at := k.top
	path, everywhere := strings.CutPrefix(path, "** ")
	if everywhere {
		at = k.anywhere
	}
	for key := range strings.SplitSeq(path, " ") {
		if at.next == nil {
			at.next = map[string]*knot{}
		}
		if at.next[key] == nil {
			at.next[key] = &knot{}
		}
		at = at.next[key]
	}
	return at
}

// step follows a key from each of the knots, and from the beginning of the paths that begin anywhere.
func (k paths) step(from []*knot, key string) []*knot {
	var to []*knot
	for _, x := range append(from[:len(from):len(from)], k.anywhere) {
		for _, name := range [2]string{key, "*"} {
			if y := x.next[name]; y != nil {
				to = append(to, y)
			}
		}
	}
	return to
}

// Account gives a remark to every part of n that has none: it is harmless, or matters, if known has its path, otherwise it was
// not understood. A remark that something is harmless or not carried over covers all below it. One that it is translated covers the
// fields below that were asked for by name. What is known and empty is harmless. The path in remarks begins with shown, that in the table with the keys in under.
func (n *Node) Account(in *source.Input, known *Known, shown string, under ...string) {
	all := known.paths()
	at := []*knot{all.top}
	for _, key := range under {
		at = all.step(at, key)
	}
	a := accounting{in, all}
	a.truths(n)
	a.node(n, at, shown, false)
}

type accounting struct {
	*source.Input
	known paths
}

// truths remarks on scalars that are to be true or false and are neither.
func (a accounting) truths(n *Node) {
	if n == nil {
		return
	}
	if _, ok := n.truth(); n.either && !ok {
		n.either = false
		a.NotCarried(n, "%s: must be true or false, got %s; it counts as false", source.Short(n.Key), n)
	}
	for _, x := range n.Items {
		a.truths(x)
	}
}

// node accounts for n. read says that n is part of something translated, and was asked for by name.
func (a accounting) node(n *Node, at []*knot, shown string, read bool) {
	if n == nil || n.whole {
		return
	}
	deeper := false
	for _, k := range at {
		if k.why != "" && !n.covered {
			drawer := ir.Harmless
			if k.matters {
				drawer = ir.NotCarried
			}
			a.Remark(drawer, n, "%s: %s", source.Short(shown), k.why)
			return
		}
		deeper = deeper || len(k.next) > 0
	}
	if n.covered || read {
		a.items(n, at, shown, true)
		return
	}
	if len(n.Items) > 0 && (deeper || n.touched()) {
		a.items(n, at, shown, false)
		return
	}
	if (deeper || n.asked) && len(n.Items) == 0 && n.Kind != Scalar && n.Kind != Unknown {
		a.Harmless(n, "%s: empty", source.Short(shown))
		return
	}
	a.NotCarried(n, "%s: not understood", source.Short(shown))
}

// items accounts for the items of n, which is translated or not.
func (a accounting) items(n *Node, at []*knot, shown string, translated bool) {
	for i, x := range n.Items {
		if n.Kind == List {
			a.node(x, at, path(shown, strconv.Itoa(i)), translated)
		} else {
			a.node(x, a.known.step(at, x.Key), path(shown, x.Key), translated && x.asked)
		}
	}
}

func path(shown, key string) string {
	if shown == "" {
		return key
	}
	return shown + "." + key
}
