// Package tree is the common form of structured configuration files (YAML, JSON, TOML, HCL) while they are imported:
// maps, lists and scalars that know their place, and whether a remark covers them. [Node.Account] finds what no remark
// covers, so that every part of a file is accounted for.
//
// Floor 6.
package tree

import (
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
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
	ir.Place
	Kind  Kind
	Key   string  // in the map the node is in
	Text  string  // of a scalar
	Tag   string  // that YAML has in front of the value, such as !Ref; empty for the standard ones
	Items []*Node // of a list or map, in order
	Body  int     // line on which the text of a scalar begins that has lines of its own; 0 = of another scalar

	covered bool // there is a remark on it
	whole   bool // which counts for all below
	asked   bool // an importer knows the key by name
	plain   bool // a scalar of YAML without quotes
	either  bool // it is to be true or false
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
			x.asked = true
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

// True reports whether n is a scalar that says true, quoted or not. [Node.Account] remarks on one that says neither true nor false.
func (n *Node) True() bool {
	if n.Is(Scalar) {
		n.either = true
	}
	yes, _ := n.truth()
	return yes
}

// truth is what a scalar says, and whether it is true or false at all. Without quotes, yes and on are true in YAML 1.1, which most
// products still read. Texts are read as Go does, since most products do.
func (n *Node) truth() (yes, ok bool) {
	text := strings.ToLower(n.Value())
	switch {
	case text == "true" || text == "false" || text == "":
		return text == "true", true
	case !n.plain:
		yes, err := strconv.ParseBool(text)
		return yes, err == nil
	}
	switch text {
	case "yes", "on", "y":
		return true, true
	case "no", "off", "n":
		return false, true
	}
	return false, false
}

// Where returns the place of n.
func (n *Node) Where() ir.Place {
	if n == nil {
		return ir.Place{}
	}
	return n.Place
}

// Cover notes that there is a remark on n. whole says that it counts for all below.
func (n *Node) Cover(whole bool) {
	if n != nil {
		n.covered, n.whole = true, n.whole || whole
	}
}

// Remarked reports whether there is a remark on n.
func (n *Node) Remarked() bool { return n != nil && n.covered }

// Settled reports whether there is a remark on n that counts for all below.
func (n *Node) Settled() bool { return n != nil && n.whole }

// Touched reports whether there is a remark on n, or on something below it.
func (n *Node) Touched() bool { return n != nil && (n.covered || n.touched()) }

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
	return source.Short(n.Text)
}

// First1 returns the value of a key in the first item of a list.
func (n *Node) First1(key string) string {
	if len(n.Children()) == 0 {
		return ""
	}
	return n.Items[0].Get(key).Value()
}
