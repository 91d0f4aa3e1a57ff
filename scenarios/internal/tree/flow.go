package tree

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"stickysim/sim/diag"
	"stickysim/sim/lazy"
)

// In YAML's flow style a comma ends a plain value even inside parentheses: {think: lognormal(mean=1s, cv=2)} is the value
// "lognormal(mean=1s" and a further key "cv=2)". That is never meant, so the pieces are joined until the parentheses are
// balanced, with a warning: other programs read the pieces.

var splitValue = diag.Register(diag.Code{Name: "split-value", Severity: diag.Note,
	Doc: "A comma inside braces or brackets ends a value in standard YAML, also within parentheses. The value is read as a whole here, but editors and other programs read two. Separate arguments by spaces: lognormal(mean=40ms cv=1)."})

// rejoinPairs mends the keys and values of a flow mapping.
func (c *converter) rejoinPairs(content []*yaml.Node, path string) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i+1 < len(content); i += 2 {
		key, value := content[i], content[i+1]
		first := value
		for i+3 < len(content) && open(value) && piece(content[i+2]) && content[i+3].Tag == "!!null" && content[i+3].Value == "" {
			value = join(value, content[i+2])
			i += 2
		}
		c.rejoined(first, value, Join(path, key.Value))
		out = append(out, key, value)
	}
	return out
}

// rejoinItems mends the items of a flow list.
func (c *converter) rejoinItems(content []*yaml.Node, path string) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i < len(content); i++ {
		value := content[i]
		first := value
		for i+1 < len(content) && open(value) && piece(content[i+1]) {
			i++
			value = join(value, content[i])
		}
		c.rejoined(first, value, Element(path, len(out)))
		out = append(out, value)
	}
	return out
}

func piece(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Style == 0 }

// open reports whether n is a plain value with a parenthesis that is not closed.
func open(n *yaml.Node) bool {
	return piece(n) && strings.Count(n.Value, "(") > strings.Count(n.Value, ")")
}

func join(a, b *yaml.Node) *yaml.Node {
	joined := *a
	joined.Value += ", " + b.Value
	joined.Tag = "!!str"
	return &joined
}

// call is how a distribution or an arrival process begins.
var call = lazy.Regexp(`^[a-z_]+\(`)

// rejoined warns of a value whose first piece is all that other programs read.
func (c *converter) rejoined(first, whole *yaml.Node, path string) {
	if first == whole {
		return
	}
	hint := `write "` + short(whole.Value) + `" with its quotes`
	if call().MatchString(whole.Value) {
		hint = "write " + short(strings.ReplaceAll(whole.Value, ", ", " "))
	}
	c.problem(first.Line, first.Column, diag.Problem{Rule: splitValue.Name, Warning: true, Path: path, Hint: hint,
		Message: "the comma ends this value in standard YAML: other programs read " + short(first.Value)})
}
