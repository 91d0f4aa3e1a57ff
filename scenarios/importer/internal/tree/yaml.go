package tree

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// The bounds on one file. Aliases count each time they are used.
const (
	maxBytes = 8 << 20
	maxNodes = 500_000
	maxDepth = 100
)

// Documents reads the content of a file of YAML documents, or of JSON. fold, if not nil, brings keys to one spelling.
// Errors have a place.
func Documents(name string, data []byte, fold func(string) string) ([]*Node, error) {
	if len(data) > maxBytes {
		return nil, ir.Place{File: name}.Errorf("larger than %d MiB", maxBytes>>20)
	}
	if fold == nil {
		fold = func(s string) string { return s }
	}
	b := builder{file: name, fold: fold}
	var docs []*Node
	for dec := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var doc yaml.Node
		switch err := dec.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, malformed(name, err)
		}
		n, err := b.node(&doc, 0)
		if err != nil {
			return nil, err
		}
		if n.Kind != Null {
			docs = append(docs, n)
		}
	}
}

// malformed makes the line in an error of the YAML reader, such as "yaml: line 3: did not find ...", its place.
func malformed(name string, err error) error {
	at, text := ir.Place{File: name}, err.Error()
	if number, rest, ok := strings.Cut(strings.TrimPrefix(text, "yaml: line "), ": "); ok {
		if line, err := strconv.Atoi(number); err == nil {
			at.Line, text = line, "yaml: "+rest
		}
	}
	return at.Errorf("%s", text)
}

type builder struct {
	file  string
	fold  func(string) string
	nodes int
}

func (b *builder) node(y *yaml.Node, depth int) (*Node, error) {
	at := ir.Place{File: b.file, Line: y.Line, Col: y.Column}
	if b.nodes++; b.nodes > maxNodes {
		return nil, at.Errorf("more than %d values, aliases included", maxNodes)
	}
	if depth > maxDepth {
		return nil, at.Errorf("nested more than %d deep", maxDepth)
	}
	n := &Node{Place: at}
	if strings.HasPrefix(y.Tag, "!") && !strings.HasPrefix(y.Tag, "!!") && y.Tag != "!" {
		n.Tag = y.Tag
	}
	switch y.Kind {
	case yaml.DocumentNode:
		if len(y.Content) > 0 {
			return b.node(y.Content[0], depth)
		}
	case yaml.AliasNode:
		n, err := b.node(y.Alias, depth+1)
		if n != nil {
			n.Place = at
		}
		return n, err
	case yaml.ScalarNode:
		if y.Tag != "!!null" {
			n.Kind, n.Text, n.plain = Scalar, y.Value, y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
			if y.Style&yaml.LiteralStyle != 0 {
				n.Body = y.Line + 1
			}
		}
	case yaml.SequenceNode:
		n.Kind = List
		for _, x := range y.Content {
			item, err := b.node(x, depth+1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, item)
		}
	case yaml.MappingNode:
		n.Kind = Map
		return n, b.fields(n, y, depth)
	}
	return n, nil
}

// fields adds the fields of a mapping, those merged by "<<" last and only where they are not overridden.
func (b *builder) fields(n *Node, y *yaml.Node, depth int) error {
	seen := map[string]bool{}
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		if key.Kind != yaml.ScalarNode && key.Kind != yaml.AliasNode {
			return ir.Place{File: b.file, Line: key.Line, Col: key.Column}.Errorf("a key that is a list or a mapping")
		}
		value, err := b.node(y.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if key.Tag == "!!merge" {
			if value.Kind == List {
				merged = append(merged, value.Items...)
			} else {
				merged = append(merged, value)
			}
			continue
		}
		// A value's place is its key's: "name:" may be lines above what it holds.
		value.Key, value.Line, value.Col = b.fold(key.Value), key.Line, key.Column
		if seen[value.Key] {
			return value.Errorf("%s: given twice in one mapping", source.Short(value.Key))
		}
		seen[value.Key] = true
		n.Items = append(n.Items, value)
	}
	for _, m := range merged {
		for _, x := range m.Items {
			if !seen[x.Key] {
				seen[x.Key] = true
				n.Items = append(n.Items, x)
			}
		}
	}
	return nil
}
