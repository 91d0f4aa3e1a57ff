package tree

import "slices"

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
