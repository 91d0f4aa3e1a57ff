package cloudformation

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// longest bounds a text that is computed.
const longest = 1 << 16

var substitutes = lazy.Regexp(`\$\{[^{}]*\}`)

// computed is the value of an expression that the template itself says: a text with parameters in it, or an entry of a mapping. Of a text
// that is one reference alone, it makes that reference.
func (im *translation) computed(n *tree.Node) (text string, known bool) {
	name, argument := function(n)
	switch {
	case name == "Sub" && argument.Is(tree.Scalar):
		return im.substituted(n, argument.Text)
	case name == "FindInMap" && len(argument.Children()) >= 3:
		var keys []string
		for _, x := range argument.Items[:3] {
			key, ok := im.plain(x)
			if !ok {
				return "", false
			}
			keys = append(keys, key)
		}
		for _, m := range im.mappings {
			if value := m.Get(keys...); value.Is(tree.Scalar) {
				im.Assumed(n, "%s: %s, from mapping %s", n.Key, value, source.Short(strings.Join(keys, ".")))
				return value.Text, true
			}
		}
	}
	return "", false
}

// substituted is a text with the defaults of parameters in the place of their names.
func (im *translation) substituted(n *tree.Node, text string) (string, bool) {
	inside, one := strings.CutPrefix(text, "${")
	if inside, closed := strings.CutSuffix(inside, "}"); one && closed && !strings.Contains(inside, "{") && im.parameters[inside] == nil {
		n.Tag, n.Kind, n.Text, n.Items = "!Ref", tree.Scalar, inside, nil
		if strings.Contains(inside, ".") {
			n.Tag = "!GetAtt"
		}
		return "", false
	}
	known, length := true, len(text)
	whole := substitutes().ReplaceAllStringFunc(text, func(v string) string {
		value := im.parameters[strings.Trim(v, "${}")]
		length += len(value.Value())
		if known = known && value.Is(tree.Scalar) && length <= longest; !known {
			return v
		}
		return value.Value()
	})
	if known && whole != text {
		im.Assumed(n, "%s: %s, with the defaults of its parameters", n.Key, source.Short(whole))
	}
	return whole, known
}

// plain is a scalar, or the default of a parameter that is referred to.
func (im *translation) plain(n *tree.Node) (string, bool) {
	if name, argument := function(n); name == "Ref" {
		value := im.parameters[argument.Value()]
		return value.Value(), value.Is(tree.Scalar)
	}
	return n.Value(), n.Is(tree.Scalar) && n.Tag == ""
}

// function is the name of a function, without Fn::, and what it is of.
func function(n *tree.Node) (name string, argument *tree.Node) {
	if name = strings.TrimPrefix(n.Tag, "!"); name != "" {
		return name, n
	}
	if n.Is(tree.Map) && len(n.Items) == 1 {
		return strings.TrimPrefix(n.Items[0].Key, "Fn::"), n.Items[0]
	}
	return "", nil
}
