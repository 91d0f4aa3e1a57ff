// Package tree is the common form of structured configuration files (YAML, JSON, HCL) while they are imported: maps,
// lists and scalars that know their place, and whether a remark has covered them. What no remark covered at the end
// is reported by [Notes.Rest], so that nothing is passed over in silence.
//
// Floor 5: imports scenarios/importer/ir and below.
package tree

import (
	"strconv"
	"strings"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds. Unknown is an expression whose value the file does not say; its Text is the expression.
const (
	Null Kind = iota
	Scalar
	List
	Map
	Unknown
)

// Node is a value in a file. All methods can be called on nil, which is an absent value.
type Node struct {
	Kind  Kind
	Key   string // in the map the node is in
	Text  string // of a scalar
	File  string
	Line  int
	Items []*Node // of a list or map, in order

	covered bool
}

// Get follows keys down through maps; nil where one is absent.
func (n *Node) Get(keys ...string) *Node {
	for _, key := range keys {
		n = n.item(key)
	}
	return n
}

func (n *Node) item(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	for _, x := range n.Items {
		if x.Key == key {
			return x
		}
	}
	return nil
}

// First returns the first of the keys that n, a map, has.
func (n *Node) First(keys ...string) *Node {
	for _, key := range keys {
		if x := n.item(key); x != nil {
			return x
		}
	}
	return nil
}

// Children returns the items of a list or map.
func (n *Node) Children() []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// Is reports whether n is of the kind.
func (n *Node) Is(k Kind) bool { return n != nil && n.Kind == k }

// Value returns the text of a scalar, otherwise "".
func (n *Node) Value() string {
	if n.Is(Scalar) {
		return n.Text
	}
	return ""
}

// Int returns a scalar's whole number. It is false for anything else, and beyond ±2⁵³.
func (n *Node) Int() (int, bool) {
	i, err := strconv.ParseInt(n.Value(), 10, 64)
	return int(i), err == nil && i >= -1<<53 && i <= 1<<53
}

// Number returns a scalar's finite number.
func (n *Node) Number() (float64, bool) {
	x, err := strconv.ParseFloat(n.Value(), 64)
	return x, err == nil && x-x == 0
}

// True reports whether n is a scalar that says true, quoted or not.
func (n *Node) True() bool { return strings.EqualFold(n.Value(), "true") }

// Cover marks n and all below it as dealt with.
func (n *Node) Cover() {
	if n != nil {
		n.covered = true
	}
}

// String is n as a remark shows it: a scalar's text, shortened, or what kind of thing it is.
func (n *Node) String() string {
	if n == nil {
		return ""
	}
	switch n.Kind {
	case Null:
		return "null"
	case List:
		return "[" + strconv.Itoa(len(n.Items)) + " items]"
	case Map:
		return "{" + strconv.Itoa(len(n.Items)) + " fields}"
	}
	text := strings.Join(strings.Fields(n.Text), " ")
	if r := []rune(text); len(r) > 80 {
		text = string(r[:77]) + "..."
	}
	return text
}

// Short returns at most 80 characters of text from a file, on one line.
func Short(text string) string { return (&Node{Kind: Scalar, Text: text}).String() }

// First1 returns the value of a key in the first item of a list.
func (n *Node) First1(key string) string {
	if len(n.Children()) == 0 {
		return ""
	}
	return n.Items[0].Get(key).Value()
}
