package tree

import (
	"errors"
	"strconv"
	"strings"
)

// Set returns n with the value at path replaced; mappings that are missing on the way are made. A path is keys joined
// by dots, "servers.count"; elements of lists are named or numbered from 0: "workload.shopper.think",
// "workload[0].think", "workload.0.think". A path into a
// plain word of a list, such as a policy without parameters, turns the word into a mapping.
func Set(n *Node, path string, value *Node) (*Node, error) {
	steps, err := split(path)
	if err != nil {
		return nil, err
	}
	return set(n, steps, value)
}

func split(path string) ([]string, error) {
	const longest = 1000
	if path == "" || len(path) > longest {
		return nil, errors.New("needs a path such as servers.count")
	}
	steps := strings.Split(strings.ReplaceAll(strings.ReplaceAll(path, "[", "."), "]", ""), ".")
	for _, s := range steps {
		if s == "" {
			return nil, errors.New(strconv.Quote(short(path)) + " is not a path; write one such as servers.count")
		}
	}
	if len(steps) > maxDepth {
		return nil, errors.New("the path has too many steps")
	}
	return steps, nil
}

func set(n *Node, steps []string, value *Node) (*Node, error) {
	if len(steps) == 0 {
		return value, nil
	}
	step := steps[0]
	switch {
	case n == nil || n.Kind == Null:
		n = &Node{Kind: Map, Pos: value.Pos}
	case n.Kind == Scalar && n.Text == step:
		n = &Node{Kind: Map, Pos: n.Pos, Path: n.Path, Keys: []Key{{step, n.Pos, Join(n.Path, step)}}, Items: []*Node{{Kind: Null, Pos: n.Pos, Path: Join(n.Path, step)}}}
	case n.Kind == Scalar:
		n = &Node{Kind: Map, Pos: value.Pos, Path: n.Path}
	case n.Kind == List:
		return setElement(n, steps, value)
	}
	child, err := set(n.Get(step), steps[1:], value)
	if err != nil {
		return nil, err
	}
	return n.With(Key{step, value.Pos, Join(n.Path, step)}, child), nil
}

func setElement(n *Node, steps []string, value *Node) (*Node, error) {
	step := steps[0]
	at, err := strconv.Atoi(step)
	if err != nil {
		at = find(n, step)
	}
	if at < 0 || at >= len(n.Items) {
		return nil, errors.New(n.Path + " has no element " + strconv.Quote(short(step)) + "; " + elements(n))
	}
	item, rest := n.Items[at], steps[1:]
	// The single key of {cookie: {ttl: 1h}} is the element's name, not a further step of the path.
	if err != nil && len(rest) > 0 && item.Name() == step && (item.Kind == Scalar || len(item.Keys) == 1 && item.Keys[0].Name == step) {
		rest = steps
	}
	child, err := set(item, rest, value)
	if err != nil {
		return nil, err
	}
	return n.withItem(at, child), nil
}

func elements(n *Node) string {
	if len(n.Items) == 0 {
		return "it is empty"
	}
	var names []string
	for _, item := range n.Items {
		if name := item.Name(); name != "" && len(names) < 20 {
			names = append(names, short(name))
		}
	}
	text := "it has 0 to " + strconv.Itoa(len(n.Items)-1)
	if len(names) > 0 {
		text += " (" + strings.Join(names, ", ") + ")"
	}
	return text
}
