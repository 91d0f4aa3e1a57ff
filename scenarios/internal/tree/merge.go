package tree

// Merge returns base overridden by over: mappings are merged key by key, other values are replaced. A mapping over a list
// is merged into the elements whose names are its keys. A nil over changes nothing.
func Merge(base, over *Node) *Node {
	switch {
	case over == nil:
		return base
	case base == nil || over.Kind != Map:
		return over
	case base.Kind == List && named(base, over):
		return mergeNamed(base, over)
	case base.Kind != Map:
		return over
	}
	out := base
	for i, key := range over.Keys {
		out = out.With(key, Merge(base.Get(key.Name), over.Items[i]))
	}
	return out
}

// named reports whether every key of over is the name of an element of the list base.
func named(base, over *Node) bool {
	for _, key := range over.Keys {
		if find(base, key.Name) < 0 {
			return false
		}
	}
	return len(over.Keys) > 0
}

func mergeNamed(base, over *Node) *Node {
	out := base
	for i, key := range over.Keys {
		at := find(base, key.Name)
		out = out.withItem(at, Merge(out.Items[at], over.Items[i]))
	}
	return out
}

// find returns the first element of the list n that is called name, or -1.
func find(n *Node, name string) int {
	for i, item := range n.Items {
		if item.Name() == name {
			return i
		}
	}
	return -1
}
