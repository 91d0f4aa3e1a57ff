package kubernetes

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/params"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// span reads a duration such as 5s, or a number of seconds. It reports whether there is one.
func (im *translation) span(n *tree.Node, to *sim.Time) bool {
	t, ok := im.duration(n)
	if ok {
		*to = t
		im.Translated(n, "%s: %v", n.Key, t)
	}
	return ok
}

// duration is span without a remark on a duration that is one.
func (im *translation) duration(n *tree.Node) (t sim.Time, ok bool) {
	if n == nil {
		return 0, false
	}
	if t, ok = n.Duration(); !ok {
		im.NotCarried(n, "%s: must be a duration such as 5s, got %s", n.Key, n)
	}
	return t, ok
}

// whole reads a whole number within bounds. It reports whether there is one.
func (im *translation) whole(n *tree.Node, low, high int, to *int) bool {
	if n == nil {
		return false
	}
	x, ok := n.Int()
	if !ok || x < low || x > high {
		im.NotCarried(n, "%s: must be a whole number from %d to %d, got %s", n.Key, low, high, n)
		return false
	}
	*to = x
	im.Translated(n, "%s: %d", n.Key, x)
	return true
}

// word reads one of some words, of which the first is the default. It remarks on any other.
func (im *translation) word(n *tree.Node, words ...string) string {
	switch {
	case n == nil:
		return words[0]
	case slices.Contains(words, n.Value()):
		im.Translated(n, "%s: %s", n.Key, n)
		return n.Value()
	}
	im.NotCarried(n, "%s: must be %s, got %s; %s is used", n.Key, strings.Join(words, " or "), n, words[0])
	return words[0]
}

// set gives the policy of a pool the parameters that n asks for, if the policy takes them.
func (im *translation) set(p *ir.Pool, n *tree.Node, settings ...params.Setting) bool {
	c, err := params.Try(p.Params, settings...)
	if err != nil {
		im.NotCarried(n, "%s: %v; the default is used", n.Key, err)
		return false
	}
	p.Params = c
	im.Translated(n, "%s: %v", n.Key, settings[0].Value)
	return true
}

// number sets a parameter of a pool's policy to the whole number that n holds.
func (im *translation) number(p *ir.Pool, n *tree.Node, name string) bool {
	if n == nil {
		return false
	}
	x, ok := n.Int()
	if !ok {
		im.NotCarried(n, "%s: must be a whole number, got %s", n.Key, n)
		return false
	}
	return im.set(p, n, params.Setting{Name: name, Value: x})
}

// leaveOut remarks on fields of n that matter and have no counterpart.
func (im *translation) leaveOut(n *tree.Node, why string, keys ...string) {
	for _, x := range n.Children() {
		if slices.Contains(keys, x.Key) && !x.Remarked() {
			im.NotCarried(x, "%s: %s", x.Key, why)
		}
	}
}

// leftOut is how a kind is read that matters and has no counterpart.
func leftOut(why string) func(*translation, *object) {
	return func(im *translation, o *object) {
		im.NotCarried(o.root, "%s %s: %s", o.kind, o.name, why)
	}
}
