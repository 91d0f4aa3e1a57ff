// Package tree is a scenario as it was written: a tree of maps, lists and scalars with the place of each in the file.
// [Parse] reads it from YAML, [Merge] overrides one by another, [Set] replaces a value at a path. Nodes are immutable, so
// trees share branches.
//
// Floor 1.
package tree

import (
	"slices"
	"strconv"
	"strings"

	"stickysim/sim/diag"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

var kindNames = [...]string{"nothing", "a single value", "a list", "a mapping"}

// String is the kind in words.
func (k Kind) String() string { return kindNames[k] }

// Pos is a place in a file.
type Pos struct {
	File      string
	Line, Col int // from 1; 0 = not known
}

// Node is a value with its place.
type Node struct {
	Kind   Kind
	Text   string  // of a Scalar, as written without quotes
	Quoted bool    // the scalar was quoted, so it is text
	Keys   []Key   // of a Map, in the order written
	Items  []*Node // of a List; of a Map, parallel to Keys
	Pos    Pos
	Path   string // from the root, "servers.count", "workload[0].think"; "" for the root
}

// Key is a key of a map with its place.
type Key struct {
	Name string
	Pos  Pos
	Path string // of the value of the key
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if i := n.index(key); i >= 0 {
		return n.Items[i]
	}
	return nil
}

func (n *Node) index(key string) int {
	if n == nil || n.Kind != Map {
		return -1
	}
	for i := range n.Keys {
		if n.Keys[i].Name == key {
			return i
		}
	}
	return -1
}

// Problem makes a problem at n.
func (n *Node) Problem(rule, message, hint string) diag.Problem {
	return diag.Problem{Rule: rule, File: n.Pos.File, Line: n.Pos.Line, Col: n.Pos.Col, Path: n.Path, Message: message, Hint: hint}
}

// KeyProblem makes a problem at the i-th key of the map n.
func (n *Node) KeyProblem(i int, rule, message, hint string) diag.Problem {
	k := n.Keys[i]
	return diag.Problem{Rule: rule, File: k.Pos.File, Line: k.Pos.Line, Col: k.Pos.Col, Path: k.Path, Message: message, Hint: hint}
}

// Join appends a key to a path.
func Join(path, key string) string {
	if path == "" {
		return short(key)
	}
	return path + "." + short(key)
}

// Element appends a list index to a path.
func Element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// place gives every node below root its path. A node that aliases share has the shortest of its paths, so that the layout
// of the file does not matter.
func place(root *Node) {
	type visit struct {
		n    *Node
		path string
	}
	seen := map[*Node]bool{}
	for level := []visit{{root, root.Path}}; len(level) > 0; {
		slices.SortFunc(level, func(a, b visit) int { return strings.Compare(a.path, b.path) })
		var below []visit
		for _, v := range level {
			if seen[v.n] {
				continue
			}
			seen[v.n], v.n.Path = true, v.path
			for i, item := range v.n.Items {
				path := Element(v.path, i)
				if v.n.Kind == Map {
					path = Join(v.path, v.n.Keys[i].Name)
					v.n.Keys[i].Path = path
				}
				below = append(below, visit{item, path})
			}
		}
		level = below
	}
}

// With returns the map n with key set to value; a new key goes to the end.
func (n *Node) With(key Key, value *Node) *Node {
	c := *n
	c.Keys, c.Items = append([]Key{}, n.Keys...), append([]*Node{}, n.Items...)
	if i := n.index(key.Name); i >= 0 {
		c.Items[i] = value
		return &c
	}
	c.Keys, c.Items = append(c.Keys, key), append(c.Items, value)
	return &c
}

// withItem returns the list n with its i-th item replaced.
func (n *Node) withItem(i int, value *Node) *Node {
	c := *n
	c.Items = append([]*Node{}, n.Items...)
	c.Items[i] = value
	return &c
}

// Name is the name of an element of a list: its text, or its field name, variant, population or policy, or its only key. It
// is "" for an element without a name.
func (n *Node) Name() string {
	switch {
	case n.Kind == Scalar:
		return n.Text
	case n.Kind != Map:
		return ""
	}
	for _, key := range []string{"name", "variant", "population"} {
		if v := n.Get(key); v != nil && v.Kind == Scalar {
			return v.Text
		}
	}
	if policy := n.Get("policy"); policy != nil {
		return policy.Name()
	}
	if len(n.Keys) == 1 {
		return n.Keys[0].Name
	}
	return ""
}

// short cuts hostile text before it reaches a terminal.
func short(text string) string {
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:60], "") + "..."
	}
	if strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0 {
		text = strconv.Quote(text)
	}
	return text
}
