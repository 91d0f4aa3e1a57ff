package scenarios

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/diag"
)

// decoder is what tables need to read values: a list for problems, the files of the scenario, and the fleet that the
// values refer to. It is never changed; with gives a part of the scenario the fleet of its alternative.
type decoder struct {
	problems *diag.List
	files    *reader
	fleet    []sim.Server         // nil outside of an alternative, and for the fleet itself
	left     []string             // alternatives of the file that are not to run
	order    func(rows int) []int // order in which the rows of a table are read; nil: from top to bottom. Any gives the same.
}

func newDecoder(files fs.FS) *decoder {
	return &decoder{problems: &diag.List{}, files: newReader(files)}
}

// with is the decoder for what refers to the servers of fleet.
func (d *decoder) with(fleet []sim.Server) *decoder {
	c := *d
	c.fleet = fleet
	return &c
}

func (d *decoder) fail(n *tree.Node, rule, message, hint string) {
	d.problems.Add(n.Problem(rule, message, hint))
}

// warn reports what can be simulated and is probably not meant. It becomes a part of the result.
func (d *decoder) warn(n *tree.Node, code *diag.Code, message, hint string) {
	d.warnOf(alternative{}, n, code, message, hint)
}

// warnOf warns of one alternative.
func (d *decoder) warnOf(a alternative, n *tree.Node, code *diag.Code, message, hint string) {
	p := n.Problem(code.Name, message, hint)
	p.Warning, p.Alternative = true, a.name
	d.problems.Add(p)
}

// schema is a fragment of JSON Schema.
type schema = map[string]any

// shape makes a schema. Tables are made whenever the program starts, and their schemas only for those who ask for them.
type shape func() schema

// kind is a kind of value: how it is read, and its schema. read reports its problems itself, and returns false after one.
// show is a value as one would write it, for the schema's defaults; nil, or a nil result: it is not shown.
type kind[V any] struct {
	schema shape
	read   func(d *decoder, n *tree.Node) (V, bool)
	show   func(V) any
}

// shown is the kind with a way to write its values.
func (k kind[V]) shown(show func(V) any) kind[V] {
	k.show = show
	return k
}

// written is a value as one would write it, or nil.
func (k kind[V]) written(v V) any {
	if k.show == nil {
		return nil
	}
	return k.show(v)
}

// field is one key of a mapping that describes a T.
type field[T any] struct {
	key, doc string
	schema   shape
	required bool
	read     func(d *decoder, n *tree.Node, into *T)
	held     func(*T) any // the value in a T as one would write it, or nil; nil: it is not known
}

// at is a field whose value is stored in T.
func at[T, V any](key, doc string, k kind[V], to func(*T) *V) field[T] {
	f := field[T]{key: key, doc: doc, schema: k.schema, read: func(d *decoder, n *tree.Node, into *T) {
		if v, ok := k.read(d, n); ok {
			*to(into) = v
		}
	}}
	if k.show != nil {
		f.held = func(in *T) any { return k.written(*to(in)) }
	}
	return f
}

// declared is a field that its table only declares. Code reads the value, because it depends on other fields or they on
// it: no row of a table may depend on another.
func declared[T any](key, doc string, s shape) field[T] {
	return field[T]{key: key, doc: doc, schema: s, read: func(*decoder, *tree.Node, *T) {}}
}

// given is the value of a declared field of n, or nil where it is missing or has no value.
func given(n *tree.Node, key string) *tree.Node {
	if value := n.Get(key); value != nil && value.Kind != tree.Null {
		return value
	}
	return nil
}

// needed makes a field required.
func needed[T any](f field[T]) field[T] {
	f.required = true
	return f
}

// object is a mapping with a closed set of keys. Neither the order of its rows nor that of the keys in a file matters.
type object[T any] []field[T]

func (o object[T]) keys() []string {
	keys := make([]string, len(o))
	for i := range o {
		keys[i] = o[i].key
	}
	return keys
}

// read stores the values of the mapping n in into.
func (o object[T]) read(d *decoder, n *tree.Node, into *T) {
	if n.Kind != tree.Map {
		hint := "known: " + strings.Join(o.keys(), ", ")
		if _, err := strconv.Atoi(n.Text); err == nil && n.Kind == tree.Scalar && slices.Contains(o.keys(), "count") {
			hint = "write {count: " + n.Text + "}; " + hint
		}
		d.fail(n, "wrong-type", "must be a mapping, got "+describe(n), hint)
		return
	}
	o.fields(d, n, into)
	d.unknown(n, o.keys())
}

// fields reads the values of the keys that both the table and the mapping n have.
func (o object[T]) fields(d *decoder, n *tree.Node, into *T) {
	for _, i := range d.rows(len(o)) {
		f := &o[i]
		value := n.Get(f.key)
		switch {
		case value == nil && f.required:
			d.fail(n, "missing-field", "needs "+f.key, f.doc)
		case value == nil:
		case value.Kind == tree.Null && f.required:
			d.fail(value, "missing-value", "has no value", f.doc)
		case value.Kind == tree.Null:
			d.fail(value, "missing-value", "has no value", "write one, or remove the line")
		default:
			f.read(d, value, into)
		}
	}
}

// rows is the order in which the rows of a table are read.
func (d *decoder) rows(n int) []int {
	if d.order != nil {
		return d.order(n)
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// unknown reports the keys of n that are not among known. Keys that begin with x- are ignored.
func (d *decoder) unknown(n *tree.Node, known []string) {
	for i, key := range n.Keys {
		if !slices.Contains(known, key.Name) && !strings.HasPrefix(key.Name, "x-") {
			d.problems.Add(n.KeyProblem(i, "unknown-field", "unknown field"+didYouMean(key.Name, known), "known: "+strings.Join(known, ", ")))
		}
	}
}

// kind is the mapping as a value, read over a copy of the default.
func (o object[T]) kind(def T) kind[T] {
	return kind[T]{schema: o.shape(&def), read: func(d *decoder, n *tree.Node) (T, bool) {
		v, before := def, len(d.problems.Errors())
		o.read(d, n, &v)
		return v, len(d.problems.Errors()) == before
	}}
}

// shape is the schema of the mapping, when it is asked for.
func (o object[T]) shape(def *T) shape { return func() schema { return o.schema(def) } }

// schema describes the mapping. Its defaults are the values in def; nil: they are not known.
func (o object[T]) schema(def *T) schema {
	properties, required := schema{}, []string{}
	for _, f := range o {
		properties[f.key] = described(f.schema(), f.doc)
		if def != nil && f.held != nil && !f.required {
			byDefault(properties[f.key].(schema), f.held(def))
		}
		if f.required {
			required = append(required, f.key)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	s["patternProperties"] = anything()
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// within makes the fields of a part P fields of the whole W.
func within[W, P any](o object[P], part func(*W) *P) object[W] {
	out := make(object[W], len(o))
	for i, f := range o {
		out[i] = field[W]{key: f.key, doc: f.doc, schema: f.schema, required: f.required,
			read: func(d *decoder, n *tree.Node, into *W) { f.read(d, n, part(into)) }}
		if f.held != nil {
			out[i].held = func(in *W) any { return f.held(part(in)) }
		}
	}
	return out
}

// didYouMean suggests a known word for an unknown one, as part of a message; it is "" when none is close.
func didYouMean(word string, known []string) string {
	if near := diag.Suggest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// describe shows a value in a message.
func describe(n *tree.Node) string {
	if n.Kind == tree.Scalar {
		return quote(n.Text)
	}
	if len(n.Items) == 0 {
		return "an empty " + strings.TrimPrefix(n.Kind.String(), "a ")
	}
	return n.Kind.String()
}
