package tree

import (
	"fmt"
	"slices"
)

// Rest calls remark for each largest part of n that no remark covers, with its path.
func (n *Node) Rest(path string, remark func(path string, n *Node)) {
	switch {
	case n.covered:
	case len(n.Items) == 0 || !n.touched():
		remark(path, n)
	default:
		for i, x := range n.Items {
			step := x.Key
			if n.Kind == List {
				step = fmt.Sprintf("%d", i)
			}
			if path != "" {
				step = path + "." + step
			}
			x.Rest(step, remark)
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
