package terraform

import (
	"cmp"
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

// reader turns HCL into trees. It knows literals, and references to locals and to defaults of variables that are
// literals. It computes nothing.
type reader struct {
	file  string
	data  []byte
	known map[string]*tree.Node // "local.name", "var.name"
}

func placeOf(file string, r hcl.Range) ir.Place {
	return ir.Place{File: file, Line: r.Start.Line, Col: r.Start.Column}
}

func (r *reader) at(rng hcl.Range) ir.Place { return placeOf(r.file, rng) }

// learn collects the locals and variable defaults of a file. References among them are followed one step, in order.
func (r *reader) learn(body *hclsyntax.Body) {
	for _, b := range body.Blocks {
		switch {
		case b.Type == "locals":
			for _, x := range r.body(b.Body).Items {
				r.remember("local."+x.Key, x)
			}
		case b.Type == "variable" && len(b.Labels) == 1:
			r.remember("var."+b.Labels[0], r.body(b.Body).Get("default"))
		}
	}
}

func (r *reader) remember(name string, value *tree.Node) {
	if value.Is(tree.Scalar) || value.Is(tree.Null) {
		r.known[name] = value
	}
}

// body is a block's content: attributes and blocks, in order. Blocks of one type are items with the same key.
func (r *reader) body(b *hclsyntax.Body) *tree.Node {
	n := &tree.Node{Kind: tree.Map, Place: r.at(b.SrcRange)}
	for _, a := range b.Attributes { // a map: the order is restored below
		x := r.expression(a.Expr)
		x.Key, x.Place = a.Name, r.at(a.SrcRange)
		n.Items = append(n.Items, x)
	}
	slices.SortFunc(n.Items, func(a, b *tree.Node) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key)) })
	for _, block := range b.Blocks {
		x := r.body(block.Body)
		x.Key, x.Place = block.Type, r.at(block.TypeRange)
		if block.Type == "dynamic" && len(block.Labels) == 1 {
			x = &tree.Node{Kind: tree.Unknown, Key: block.Labels[0], Text: "dynamic block", Place: x.Place}
		}
		n.Items = append(n.Items, x)
	}
	return n
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
	case *hclsyntax.ScopeTraversalExpr:
		if value := r.known[r.text(e)]; value != nil {
			n.Kind, n.Text = value.Kind, value.Text
			return n
		}
	case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr, *hclsyntax.UnaryOpExpr:
		if text, null, ok := literal(e); ok {
			if n.Text = text; !null {
				n.Kind = tree.Scalar
			}
			return n
		}
	}
	n.Kind, n.Text = tree.Unknown, r.text(e)
	return n
}

// literal evaluates an expression that refers to nothing.
func literal(e hclsyntax.Expression) (text string, null, ok bool) {
	if len(e.Variables()) > 0 || calls(e) {
		return "", false, false
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() || !v.IsWhollyKnown() {
		return "", false, false
	}
	if v.IsNull() {
		return "", true, true
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", false, false
	}
	return s.AsString(), false, true
}

// calls reports whether a template or operator holds anything but literals.
func calls(e hclsyntax.Expression) bool {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return false
	case *hclsyntax.UnaryOpExpr:
		_, plain := e.Val.(*hclsyntax.LiteralValueExpr)
		return !plain
	case *hclsyntax.TemplateExpr:
		return slices.ContainsFunc(e.Parts, func(p hclsyntax.Expression) bool {
			_, plain := p.(*hclsyntax.LiteralValueExpr)
			return !plain
		})
	}
	return true
}

// key is the name an object gives a value: a bare word or a literal, otherwise the expression.
func (r *reader) key(e hclsyntax.Expression) string {
	if word := hcl.ExprAsKeyword(e); word != "" {
		return word
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if text, null, ok := literal(k.Wrapped); ok && !null {
			return text
		}
	}
	return r.text(e)
}

// text returns an expression as written.
func (r *reader) text(e hclsyntax.Expression) string {
	rng := e.Range()
	return string(rng.SliceBytes(r.data))
}
