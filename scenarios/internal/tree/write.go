package tree

import "go.yaml.in/yaml/v4"

// Write prints n as YAML. Aliases and merge keys are written out, comments are not kept.
func Write(n *Node) ([]byte, error) { return yaml.Dump(node(n), yaml.WithIndent(2)) }

func node(n *Node) *yaml.Node {
	switch n.Kind {
	case Map:
		out := &yaml.Node{Kind: yaml.MappingNode}
		for i, key := range n.Keys {
			out.Content = append(out.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key.Name}, node(n.Items[i]))
		}
		return out
	case List:
		out := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range n.Items {
			out.Content = append(out.Content, node(item))
		}
		return out
	case Null:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	out := &yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}
	if n.Quoted {
		out.Tag = "!!str"
	}
	return out
}
