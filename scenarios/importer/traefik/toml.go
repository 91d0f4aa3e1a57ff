package traefik

import (
	"errors"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Bounds on hostile input; real configurations are far below.
const (
	maxDepth = 64
	maxNodes = 200_000
)

// tomlReader builds nodes from the expressions of a TOML file.
type tomlReader struct {
	unstable.Parser
	file  string
	nodes int
	table *tree.Node
	made  index
	given map[*tree.Node]bool // has its value, or its table
	lines []int               // offsets at which lines begin
}

// readTOML reads a file. What contradicts itself, such as a key that is given twice, is an error.
func readTOML(file string, data []byte) ([]*tree.Node, error) {
	whole := ir.Place{File: file}
	r := &tomlReader{file: file, made: index{}, given: map[*tree.Node]bool{}, lines: []int{0}}
	for i, c := range data {
		if c == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	r.Reset(data)
	top := &tree.Node{Kind: tree.Map, Place: ir.Place{File: file, Line: 1}}
	r.table = top
	for r.NextExpression() {
		if err := r.expression(top, r.Expression()); err != nil {
			return nil, err
		}
	}
	if err := r.Error(); err != nil {
		var bad *unstable.ParserError
		if errors.As(err, &bad) {
			whole = r.at(int(r.Range(bad.Highlight).Offset))
		}
		return nil, whole.Errorf("%v", err)
	}
	return []*tree.Node{top}, nil
}

// at is the place of an offset.
func (r *tomlReader) at(offset int) ir.Place {
	line := sort.SearchInts(r.lines, offset+1)
	return ir.Place{File: r.file, Line: line, Col: offset - r.lines[line-1] + 1}
}

func (r *tomlReader) expression(top *tree.Node, x *unstable.Node) error {
	var err error
	switch x.Kind {
	case unstable.Table:
		r.table, err = r.walk(top, x.Key(), false)
		if err == nil && r.given[r.table] {
			keys := x.Key()
			keys.Next()
			err = r.at(int(keys.Node().Raw.Offset)).Errorf("[%s]: given twice", source.Short(r.table.Key))
		}
		r.given[r.table] = true
	case unstable.ArrayTable:
		r.table, err = r.walk(top, x.Key(), true)
	case unstable.KeyValue:
		err = r.assign(r.table, x, 0)
	}
	return err
}

// child returns the field of n with the key, and adds it if it is missing. In a list, n is the last item.
func (r *tomlReader) child(n *tree.Node, key string, at ir.Place) (*tree.Node, error) {
	if n.Kind == tree.List && len(n.Items) > 0 {
		n = n.Items[len(n.Items)-1]
	}
	if r.given[n] && n.Kind != tree.Map {
		return nil, at.Errorf("%s: below %s, which has a value", source.Short(key), source.Short(n.Key))
	}
	key = fold(n.Key, key)
	if x := r.made[n][key]; x != nil {
		return x, nil
	}
	if r.nodes++; r.nodes > maxNodes {
		return nil, at.Errorf("more than %d values", maxNodes)
	}
	x := &tree.Node{Kind: tree.Map, Place: at, Key: key}
	r.made.add(n, x)
	return x, nil
}

// walk follows a dotted key. With list, the last part is a list, and walk adds an item to it.
func (r *tomlReader) walk(n *tree.Node, keys unstable.Iterator, list bool) (*tree.Node, error) {
	at, depth := ir.Place{File: r.file}, 0
	for keys.Next() {
		part := keys.Node()
		at = r.at(int(part.Raw.Offset))
		if depth++; depth > maxDepth {
			return nil, at.Errorf("keys are nested more than %d deep", maxDepth)
		}
		next, err := r.child(n, string(part.Data), at)
		if err != nil {
			return nil, err
		}
		n = next
	}
	if !list {
		if n.Kind == tree.List && len(n.Items) > 0 {
			n = n.Items[len(n.Items)-1]
		}
		return n, nil
	}
	if n.Kind != tree.List && len(n.Items) == 0 {
		n.Kind = tree.List
	}
	if r.nodes++; n.Kind != tree.List || r.nodes > maxNodes {
		return nil, at.Errorf("not a list of tables, or more than %d values", maxNodes)
	}
	item := &tree.Node{Place: at, Kind: tree.Map}
	n.Items = append(n.Items, item)
	return item, nil
}

func (r *tomlReader) assign(n *tree.Node, x *unstable.Node, depth int) error {
	field, err := r.walk(n, x.Key(), false)
	if err != nil {
		return err
	}
	if r.given[field] || len(field.Items) > 0 {
		return field.Errorf("%s: given twice", source.Short(field.Key))
	}
	r.given[field] = true
	return r.value(field, x.Value(), depth)
}

func (r *tomlReader) value(n *tree.Node, x *unstable.Node, depth int) error {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		return n.Errorf("more than %d values, or nested more than %d deep", maxNodes, maxDepth)
	}
	switch x.Kind {
	case unstable.InlineTable:
		n.Kind = tree.Map
		for it := x.Children(); it.Next(); {
			if err := r.assign(n, it.Node(), depth+1); err != nil {
				return err
			}
		}
	case unstable.Array:
		n.Kind = tree.List
		for it := x.Children(); it.Next(); {
			item := &tree.Node{Place: n.Place}
			if err := r.value(item, it.Node(), depth+1); err != nil {
				return err
			}
			n.Items = append(n.Items, item)
		}
	default:
		n.Kind, n.Text = tree.Scalar, string(x.Data)
		if x.Kind == unstable.Integer {
			n.Text = strings.ReplaceAll(n.Text, "_", "")
		}
	}
	return nil
}
