package cloudformation

import (
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
)

// deepest bounds conditions in conditions.
const deepest = 16

// made reports whether a resource is there, as far as the template says it.
func (im *translation) made(r *tree.Node) bool {
	c := r.Get("Condition")
	if c == nil {
		return true
	}
	switch yes, known := im.holds(c, 0); {
	case !known:
		im.Assumed(c, "Condition %s: it depends on what is not in the template, and is taken to hold", c)
	case yes:
		im.Assumed(c, "Condition %s: holds, with the defaults of parameters", c)
	default:
		im.Assumed(r, "Condition %s does not hold, with the defaults of parameters: %s is left out", c, source.Short(r.Key))
		r.Cover(true)
		return false
	}
	c.Cover(true)
	return true
}

// choose puts the branch that an If takes in its place, where the template says which. It reports false where that is no value.
func (im *translation) choose(x *tree.Node) (some bool) {
	for range deepest {
		name, argument := function(x)
		if name != "If" || len(argument.Children()) != 3 {
			return true
		}
		condition := argument.Items[0]
		yes, known := im.holds(condition, 0)
		if !known {
			return true
		}
		branch, does := argument.Items[2], "does not hold"
		if yes {
			branch, does = argument.Items[1], "holds"
		}
		im.Assumed(x, "If %s: the condition %s, with the defaults of parameters", condition, does)
		if name, argument := function(branch); name == "Ref" && argument.Value() == "AWS::NoValue" {
			return false
		}
		x.Kind, x.Text, x.Tag, x.Items = branch.Kind, branch.Text, branch.Tag, branch.Items
	}
	return true
}

// holds is what a condition says, by name or as an expression. It is known where all that it compares is.
func (im *translation) holds(n *tree.Node, depth int) (yes, known bool) {
	name, argument := function(n)
	switch parts := argument.Children(); {
	case depth == deepest:
	case name == "" && n.Is(tree.Scalar):
		return im.named(n.Text, depth)
	case name == "Condition":
		return im.named(argument.Value(), depth)
	case name == "Equals" && len(parts) == 2:
		a, known := im.plain(parts[0])
		b, too := im.plain(parts[1])
		return a == b, known && too
	case name == "Not" && len(parts) == 1:
		yes, known := im.holds(parts[0], depth+1)
		return !yes, known
	case name == "And" || name == "Or":
		all := true
		for _, x := range parts {
			yes, known := im.holds(x, depth+1)
			if known && yes == (name == "Or") {
				return yes, true
			}
			all = all && known
		}
		return name == "And", all && len(parts) > 0
	}
	return false, false
}

// condition is a named one, and what it says once that is known.
type condition struct {
	at         *tree.Node
	seen       bool
	yes, known bool
}

// named is what the condition of a name says. One that depends on itself is not known.
func (im *translation) named(name string, depth int) (yes, known bool) {
	c := im.conditions[name]
	if c == nil {
		return false, false
	}
	if !c.seen {
		c.seen = true
		c.yes, c.known = im.holds(c.at, depth+1)
	}
	return c.yes, c.known
}
