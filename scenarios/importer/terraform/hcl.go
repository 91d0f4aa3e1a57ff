package terraform

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// The bounds on one file. The parser is recursive, so nesting is checked on the tokens before it runs.
const (
	maxBytes = 1 << 20
	maxDepth = 100
	maxUnary = 10_000
)

// parse reads HCL.
func parse(data []byte, name string) (*hclsyntax.Body, error) {
	if len(data) > maxBytes {
		return nil, ir.Place{File: name}.Errorf("larger than %d MiB", maxBytes>>20)
	}
	if _, err := source.Text(name, data); err != nil {
		return nil, err
	}
	if err := checkNesting(data, name); err != nil {
		return nil, err
	}
	file, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if diags.HasErrors() {
		d := diags[0]
		return nil, placeOf(name, *d.Subject).Errorf("%s: %s", d.Summary, source.Short(d.Detail))
	}
	return file.Body.(*hclsyntax.Body), nil
}

func checkNesting(data []byte, name string) error {
	tokens, _ := hclsyntax.LexConfig(data, name, hcl.InitialPos)
	depth, unary := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion:
			unary++
		}
		if depth > maxDepth || unary > maxUnary {
			return placeOf(name, t.Range).Errorf("nested more than %d deep", maxDepth)
		}
	}
	return nil
}

// reader turns HCL into trees. It computes what depends on literals, locals and variables alone, as far as the files of a module say
// them. Functions and loops it leaves as they are.
type reader struct {
	*source.Input
	file   string
	data   []byte
	values map[string]map[string]cty.Value // by what they are called: "var" and "local"
	given  map[string]bool                 // variables whose value is their default
	used   bool                            // what is read has an effect
}

func placeOf(file string, r hcl.Range) ir.Place {
	return ir.Place{File: file, Line: r.Start.Line, Col: r.Start.Column}
}

func (r *reader) at(rng hcl.Range) ir.Place { return placeOf(r.file, rng) }

// learn collects the locals and the defaults of variables of a file. It is called again while there is more to be known, since
// locals depend on others.
func (r *reader) learn(body *hclsyntax.Body) (more bool) {
	for _, b := range body.Blocks {
		switch {
		case b.Type == "locals":
			for _, a := range inOrder(b.Body.Attributes) {
				more = r.remember("local", a.Name, a.Expr) || more
			}
		case b.Type == "variable" && len(b.Labels) == 1:
			if a := b.Body.Attributes["default"]; a != nil && r.remember("var", b.Labels[0], a.Expr) {
				more, r.given[b.Labels[0]] = true, true
			}
		}
	}
	return more
}

// assign takes the values of variables from a .tfvars file.
func (r *reader) assign(body *hclsyntax.Body) {
	for name, a := range body.Attributes {
		r.remember("var", name, a.Expr)
	}
}

// longest bounds a text that is computed, and maxRounds how often locals are gone through that depend on later ones.
const (
	longest   = 4096
	maxRounds = 10
)

// remember notes a value that is known, and reports whether it was not. What is computed is a text or a number, so that values do
// not grow out of each other.
func (r *reader) remember(kind, name string, e hclsyntax.Expression) bool {
	if _, ok := r.values[kind][name]; ok {
		return false
	}
	v, ok := r.value(e)
	if !ok || len(e.Variables()) > 0 && !v.Type().IsPrimitiveType() {
		return false
	}
	if r.values[kind] == nil {
		r.values[kind] = map[string]cty.Value{}
	}
	r.values[kind][name] = v
	return true
}

// value computes an expression that depends on nothing but what is known.
func (r *reader) value(e hclsyntax.Expression) (cty.Value, bool) {
	if loops(e) {
		return cty.NilVal, false
	}
	scope := map[string]map[string]cty.Value{}
	for _, t := range e.Variables() {
		if len(t) < 2 {
			return cty.NilVal, false
		}
		name, ok := t[1].(hcl.TraverseAttr)
		value, known := r.values[t.RootName()][name.Name]
		if !ok || !known {
			return cty.NilVal, false
		}
		if scope[t.RootName()] == nil {
			scope[t.RootName()] = map[string]cty.Value{}
		}
		scope[t.RootName()][name.Name] = value
	}
	context := &hcl.EvalContext{Variables: map[string]cty.Value{}}
	for kind, of := range scope {
		context.Variables[kind] = cty.ObjectVal(of)
	}
	v, diags := e.Value(context)
	if diags.HasErrors() || !v.IsWhollyKnown() {
		return cty.NilVal, false
	}
	return v, v.IsNull() || !v.Type().IsPrimitiveType() || length(v) <= longest
}

// length is that of a text, or of a number's digits before the point.
func length(v cty.Value) int {
	switch v.Type() {
	case cty.String:
		return len(v.AsString())
	case cty.Number:
		return v.AsBigFloat().MantExp(nil) / 3
	}
	return 0
}

// loops reports whether an expression makes one value of many.
func loops(e hclsyntax.Expression) (found bool) {
	hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n.(type) {
		case *hclsyntax.ForExpr, *hclsyntax.SplatExpr, *hclsyntax.TemplateJoinExpr, *hclsyntax.FunctionCallExpr:
			found = true
		}
		return nil
	})
	return found
}

// defaults are the variables below an expression that have the value of their default.
func (r *reader) defaults(e hclsyntax.Expression) (names []string) {
	for _, t := range e.Variables() {
		if len(t) < 2 || t.RootName() != "var" {
			continue
		}
		if name, ok := t[1].(hcl.TraverseAttr); ok && r.given[name.Name] {
			names = append(names, "var."+name.Name)
		}
	}
	return names
}

// body is a block's content: attributes and blocks, in order. Blocks of one type are items with the same key.
func (r *reader) body(b *hclsyntax.Body) *tree.Node {
	n := &tree.Node{Kind: tree.Map, Place: r.at(b.SrcRange)}
	for _, a := range inOrder(b.Attributes) {
		x := r.expression(a.Expr)
		x.Key, x.Place = a.Name, r.at(a.SrcRange)
		n.Items = append(n.Items, x)
	}
	for _, block := range b.Blocks {
		x := r.body(block.Body)
		x.Key, x.Place = block.Type, r.at(block.TypeRange)
		if block.Type == "dynamic" && len(block.Labels) == 1 {
			n.Items = append(n.Items, r.dynamic(block)...)
			continue
		}
		n.Items = append(n.Items, x)
	}
	return n
}

// dynamic are the blocks that a dynamic block makes: as many as there are items, where that is known.
func (r *reader) dynamic(block *hclsyntax.Block) (blocks []*tree.Node) {
	at := r.at(block.TypeRange)
	unknown := &tree.Node{Kind: tree.Unknown, Key: block.Labels[0], Text: "dynamic block", Place: at}
	each := block.Body.Attributes["for_each"]
	content := slices.IndexFunc(block.Body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "content" })
	if each == nil || content < 0 {
		return []*tree.Node{unknown}
	}
	items, ok := r.value(each.Expr)
	if !ok || items.IsNull() || !items.CanIterateElements() || items.LengthInt() > 100 {
		return []*tree.Node{unknown}
	}
	for range items.LengthInt() {
		x := r.body(block.Body.Blocks[content].Body)
		x.Key, x.Place = block.Labels[0], at
		blocks = append(blocks, x)
	}
	return blocks
}

// inOrder are arguments as the file has them.
func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	return slices.SortedFunc(maps.Values(attributes), func(a, b *hclsyntax.Attribute) int { return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte) })
}

func (r *reader) expression(e hclsyntax.Expression) *tree.Node {
	n := &tree.Node{Place: r.at(e.Range())}
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		n.Kind = tree.Map
		for _, item := range e.Items {
			x := r.expression(item.ValueExpr)
			x.Key, x.Place = r.key(item.KeyExpr), r.at(item.KeyExpr.Range())
			n.Items = append(n.Items, x)
		}
		return n
	case *hclsyntax.TupleConsExpr:
		n.Kind = tree.List
		for _, item := range e.Exprs {
			n.Items = append(n.Items, r.expression(item))
		}
		return n
	case *hclsyntax.ParenthesesExpr:
		return r.expression(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return r.expression(e.Wrapped)
	}
	v, ok := r.value(e)
	if !ok {
		n.Kind, n.Text = tree.Unknown, r.text(e)
		return n
	}
	fill(n, v)
	if r.used {
		for _, name := range r.defaults(e) {
			r.Assumed(n.Place, "%s: the value of its default, here %s", name, n)
		}
	}
	return n
}

// fill gives n a value.
func fill(n *tree.Node, v cty.Value) {
	switch {
	case v.IsNull():
	case v.Type().IsPrimitiveType():
		s, err := convert.Convert(v, cty.String)
		if err == nil {
			n.Kind, n.Text = tree.Scalar, s.AsString()
		}
	case v.CanIterateElements():
		n.Kind = tree.List
		for key, value := range v.Elements() {
			x := &tree.Node{Place: n.Place}
			if fill(x, value); v.Type().IsObjectType() || v.Type().IsMapType() {
				n.Kind, x.Key = tree.Map, key.AsString()
			}
			n.Items = append(n.Items, x)
		}
	}
}

// key is the name an object gives a value: a bare word or a literal, otherwise the expression.
func (r *reader) key(e hclsyntax.Expression) string {
	if word := hcl.ExprAsKeyword(e); word != "" {
		return word
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if v, ok := r.value(k.Wrapped); ok && v.Type() == cty.String && !v.IsNull() {
			return v.AsString()
		}
	}
	return r.text(e)
}

// text returns an expression as written.
func (r *reader) text(e hclsyntax.Expression) string {
	rng := e.Range()
	return string(rng.SliceBytes(r.data))
}
