package tree

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// In YAML's flow style a comma ends a plain value even inside parentheses: {think: lognormal(mean=1s, cv=2)} is read as
// the value "lognormal(mean=1s" and a further key "cv=2)". That is never meant, so the pieces are joined
// until the parentheses are balanced.

// rejoinPairs mends the keys and values of a flow mapping.
func rejoinPairs(content []*yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i+1 < len(content); i += 2 {
		key, value := content[i], content[i+1]
		for i+3 < len(content) && open(value) && piece(content[i+2]) && content[i+3].Tag == "!!null" && content[i+3].Value == "" {
			value = join(value, content[i+2])
			i += 2
		}
		out = append(out, key, value)
	}
	return out
}

// rejoinItems mends the items of a flow list.
func rejoinItems(content []*yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i < len(content); i++ {
		value := content[i]
		for i+1 < len(content) && open(value) && piece(content[i+1]) {
			i++
			value = join(value, content[i])
		}
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
