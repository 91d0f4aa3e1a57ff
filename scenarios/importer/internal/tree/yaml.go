package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"go.yaml.in/yaml/v4"
)

// The bounds on one file. Aliases count each time they are used.
const (
	MaxBytes = 8 << 20
	maxNodes = 500_000
	maxDepth = 100
)

// ReadFile returns the content of a file of at most [MaxBytes].
func ReadFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, MaxBytes>>20)
	}
	return data, nil
}

// Documents reads a file of YAML documents, or of JSON. fold, if not nil, brings keys to one spelling. Errors name
// the file, and the line where there is one.
func Documents(fsys fs.FS, name string, fold func(string) string) ([]*Node, error) {
	data, err := ReadFile(fsys, name)
	if err != nil {
		return nil, err
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
			return nil, fmt.Errorf("%s: %w", name, err)
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

type builder struct {
	file  string
	fold  func(string) string
	nodes int
}

func (b *builder) node(y *yaml.Node, depth int) (*Node, error) {
	if b.nodes++; b.nodes > maxNodes {
		return nil, fmt.Errorf("%s:%d: more than %d values, aliases included", b.file, y.Line, maxNodes)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("%s:%d: nested more than %d deep", b.file, y.Line, maxDepth)
	}
	n := &Node{File: b.file, Line: y.Line}
	switch y.Kind {
	case yaml.DocumentNode:
		if len(y.Content) > 0 {
			return b.node(y.Content[0], depth)
		}
	case yaml.AliasNode:
		n, err := b.node(y.Alias, depth+1)
		if n != nil {
			n.Line = y.Line
		}
		return n, err
	case yaml.ScalarNode:
		if y.Tag != "!!null" {
			n.Kind, n.Text = Scalar, y.Value
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
		value.Key, value.Line = b.fold(key.Value), key.Line
		if seen[value.Key] {
			return fmt.Errorf("%s:%d: %.60s: given twice in one mapping", b.file, key.Line, value.Key)
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
