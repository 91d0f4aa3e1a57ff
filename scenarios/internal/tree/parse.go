package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"stickysim/sim/diag"
)

// Limits of a file, so that hostile input costs little.
const (
	MaxBytes = 4 << 20 // of text
	maxNodes = 500_000 // after aliases are followed
	maxDepth = 64
)

// Parse reads one YAML document whose top level is a mapping. Aliases and merge keys (<<) are followed. It reports
// duplicate keys, tags, alias cycles and bombs, binary data, empty files and second documents; the node is nil when
// the text cannot be read at all.
func Parse(file string, data []byte) (*Node, diag.List) {
	c := &converter{file: file, done: map[*yaml.Node]*built{}}
	n := c.document(data)
	if n != nil && n.Kind != Map {
		c.problems.Add(n.Problem("wrong-type", "a scenario is a mapping of fields, this is "+n.Kind.String(), "begin with a line such as name: my-scenario"))
		n = nil
	}
	return n, c.problems
}

// ParseValue reads a value given outside a file, such as that of --set. The whole value has the place pos.
func ParseValue(text, path string, pos Pos) (*Node, diag.List) {
	if strings.TrimSpace(text) == "" {
		return &Node{Kind: Scalar, Quoted: true, Pos: pos, Path: path}, nil
	}
	c := &converter{file: pos.File, fixed: &pos, root: path, done: map[*yaml.Node]*built{}}
	n := c.document([]byte(text))
	return n, c.problems
}

type converter struct {
	file     string
	fixed    *Pos // the place of everything; nil: where it stands
	root     string
	problems diag.List
	done     map[*yaml.Node]*built
	shared   bool // some node is used in more than one place
}

// built is a converted node with its size when aliases are followed. A nil node marks one that is being converted, or
// that failed.
type built struct {
	node   *Node
	size   int
	failed bool
}

func (c *converter) fail(line, col int, rule, message, hint string) {
	c.problem(line, col, diag.Problem{Rule: rule, Message: message, Hint: hint})
}

// problem adds p, with its place.
func (c *converter) problem(line, col int, p diag.Problem) {
	p.File, p.Line, p.Col = c.file, line, col
	if c.fixed != nil {
		p.Path, p.Line, p.Col = c.root, c.fixed.Line, c.fixed.Col
	}
	c.problems.Add(p)
}

func (c *converter) document(data []byte) *Node {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > MaxBytes:
		c.fail(0, 0, "too-large", fmt.Sprintf("is larger than %d MiB", MaxBytes>>20), "a scenario has some kilobytes; logs are named in it, not part of it")
		return nil
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		c.fail(0, 0, "not-text", "is not text in UTF-8", "a scenario is a YAML file")
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		c.syntax(err)
		return nil
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		c.fail(0, 0, "empty", "is empty", "see `stickysim scenarios list` for examples to copy")
		return nil
	} else if err != nil {
		c.syntax(err)
		return nil
	}
	top := &doc
	if top.Kind == yaml.DocumentNode && len(top.Content) > 0 {
		top = top.Content[0]
	}
	b := c.convert(top, c.root, 0)
	if b == nil {
		return nil
	}
	if c.shared {
		place(b.node)
	}
	if err := loader.Load(&second); err == nil {
		c.fail(max(second.Line, 1), 0, "second-document", "a second document begins here", "one scenario to a file; alternatives go under policies")
	} else if !errors.Is(err, io.EOF) {
		c.syntax(err)
	}
	return b.node
}

// syntax reports an error of the YAML library.
func (c *converter) syntax(err error) {
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		for _, e := range all.Errors {
			c.fail(e.Mark.Line, e.Mark.Column, "syntax", "is not YAML: "+e.Message, "")
		}
	case errors.As(err, &one):
		c.fail(one.Mark.Line, one.Mark.Column, "syntax", "is not YAML: "+one.Message, syntaxHint(one.Message))
	default:
		c.fail(0, 0, "syntax", "is not YAML: "+short(err.Error()), "")
	}
}

func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, "tab"):
		return "indent with spaces"
	case strings.Contains(message, "mapping values are not allowed"):
		return "quote a value that has a colon and a space in it, or write it without the space: steps(0s:2/s 30m:10/s)"
	}
	return ""
}

func (c *converter) pos(n *yaml.Node) Pos {
	if c.fixed != nil {
		return *c.fixed
	}
	return Pos{File: c.file, Line: n.Line, Col: n.Column}
}

// convert returns n as a tree, or nil after a problem that makes it unusable.
func (c *converter) convert(n *yaml.Node, path string, depth int) *built {
	if n.Kind == yaml.AliasNode {
		return c.alias(n)
	}
	if depth > maxDepth {
		c.fail(n.Line, n.Column, "too-deep", fmt.Sprintf("is nested more than %d deep", maxDepth), "")
		return nil
	}
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		c.fail(n.Line, n.Column, "tag", "has the tag "+short(n.Tag)+"; scenarios have no tags", "write the value alone")
	}
	b := &built{size: 1}
	c.done[n] = b
	node := &Node{Pos: c.pos(n), Path: path}
	ok := true
	switch n.Kind {
	case yaml.MappingNode:
		node.Kind = Map
		ok = c.mapping(n, node, b, depth)
	case yaml.SequenceNode:
		node.Kind = List
		content := n.Content
		if n.Style&yaml.FlowStyle != 0 {
			content = c.rejoinItems(content, path)
		}
		for i, item := range content {
			ok = c.child(item, Element(path, i), node, b, depth) && ok
		}
	default:
		node.Kind, node.Text = Scalar, n.Value
		node.Quoted = n.Style&yaml.TaggedStyle != 0 || n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		if n.Tag == "!!null" && !node.Quoted {
			node.Kind = Null
		}
	}
	if b.size > maxNodes {
		c.fail(n.Line, n.Column, "alias-bomb", fmt.Sprintf("has more than %d values when its aliases are followed", maxNodes), "")
		ok = false
	}
	if !ok {
		b.failed = true
		return nil
	}
	b.node = node
	return b
}

func (c *converter) child(n *yaml.Node, path string, into *Node, b *built, depth int) bool {
	item := c.convert(n, path, depth+1)
	if item == nil {
		return false
	}
	into.Items = append(into.Items, item.node)
	b.size += item.size
	return true
}

func (c *converter) alias(n *yaml.Node) *built {
	b, seen := c.done[n.Alias]
	switch {
	case seen && b.node != nil:
		c.shared = true
		return b
	case seen && b.failed: // reported where it stands
	case seen:
		c.fail(n.Line, n.Column, "alias-cycle", "*"+short(n.Value)+" is part of its own value", "")
	default:
		c.fail(n.Line, n.Column, "unknown-alias", "*"+short(n.Value)+" has no anchor before it", "write &"+short(n.Value)+" where the value is defined")
	}
	return nil
}

func (c *converter) mapping(n *yaml.Node, into *Node, b *built, depth int) bool {
	ok := true
	var merged []*Node
	seen := map[string]int{}
	content := n.Content
	if n.Style&yaml.FlowStyle != 0 {
		content = c.rejoinPairs(content, into.Path)
	}
	for i := 0; i+1 < len(content); i += 2 {
		k, v := content[i], content[i+1]
		if k.Kind != yaml.ScalarNode {
			c.fail(k.Line, k.Column, "wrong-type", "a key must be a single word", "")
			ok = false
			continue
		}
		if k.Value == "<<" && k.Style == 0 {
			more, fine := c.merge(v, Join(into.Path, "<<"), b, depth)
			merged, ok = append(merged, more...), ok && fine
			continue
		}
		key := Key{Name: k.Value, Pos: c.pos(k), Path: Join(into.Path, k.Value)}
		if k.Style == 0 && key.Name == onAsTrue {
			key.Name, key.Path = onKey, Join(into.Path, onKey)
		}
		if line, dup := seen[key.Name]; dup {
			c.fail(k.Line, k.Column, "duplicate-key", fmt.Sprintf("%s is given twice, first in line %d", short(key.Name), line), "keep one of them")
			c.convert(v, key.Path, depth+1)
			continue
		}
		seen[key.Name] = k.Line
		if k.Style == 0 && !Stable(k.Value) && key.Name != onKey {
			c.problem(k.Line, k.Column, diag.Problem{Rule: Ambiguous.Name, Warning: true, Path: key.Path, Message: "this key is not text to every YAML program", Hint: "quote it"})
		}
		if c.child(v, key.Path, into, b, depth) {
			into.Keys = append(into.Keys, key)
		} else {
			ok = false
		}
	}
	for _, m := range merged {
		for i, key := range m.Keys {
			if _, own := seen[key.Name]; !own {
				seen[key.Name] = key.Pos.Line
				into.Keys, into.Items = append(into.Keys, key), append(into.Items, m.Items[i])
			}
		}
	}
	return ok
}

// merge returns the mappings of a merge key; the first that has a key wins.
func (c *converter) merge(v *yaml.Node, path string, b *built, depth int) ([]*Node, bool) {
	from := c.convert(v, path, depth+1)
	if from == nil {
		return nil, false
	}
	b.size += from.size
	c.shared = true
	list := []*Node{from.node}
	if from.node.Kind == List {
		list = from.node.Items
	}
	for _, m := range list {
		if m.Kind != Map {
			c.fail(v.Line, v.Column, "wrong-type", "<< needs a mapping, got "+m.Kind.String(), "write <<: *anchor")
			return nil, false
		}
	}
	return list, true
}

// onKey is a field of objectives that people write without quotes. YAML 1.1 programs take it for true, and write that.
const onKey, onAsTrue = "on", "true"
