package lighttpd

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/scenarios/importer/ir"
)

// Bounds on hostile input; real configurations are far below.
const (
	maxDepth  = 64
	maxValues = 200_000
)

// statement is an assignment, a conditional block or an include.
type statement struct {
	ir.Place
	key   string // assigned, "include", or the condition
	op    string // =, +=, :=; "{" for a block
	value *tree.Node
	block []statement
}

// parser reads the tokens of one file.
type parser struct {
	*translation
	list []token
	next int
}

func (t *translation) parse(file string, data []byte) ([]statement, error) {
	list, err := tokens(file, data)
	if err != nil {
		return nil, err
	}
	p := &parser{translation: t, list: list}
	return p.statements(nil, 0)
}

func (p *parser) peek() token { return p.list[p.next] }

func (p *parser) take() token {
	t := p.list[p.next]
	if t.kind != end {
		p.next++
	}
	return t
}

func (p *parser) statements(opener *statement, depth int) ([]statement, error) {
	if depth > maxDepth {
		return nil, opener.Errorf("blocks are nested more than %d deep", maxDepth)
	}
	var list []statement
	for {
		t := p.take()
		switch {
		case t.is(";"):
			continue
		case t.kind == end && opener == nil, t.is("}") && opener != nil:
			return list, nil
		case t.kind == end:
			return nil, opener.Errorf("the block is never closed")
		case t.kind != word:
			return nil, t.Errorf("unexpected %q: expected a setting, a condition or include", source.Short(t.text))
		}
		s, err := p.statement(t, depth)
		if err != nil {
			return nil, err
		}
		if len(s.block) == 0 { // a block with content is mentioned by its content
			p.Expect(s, s.key)
		}
		list = append(list, s)
	}
}

func (p *parser) statement(first token, depth int) (statement, error) {
	s := statement{Place: first.Place, key: first.text}
	if strings.HasPrefix(first.text, "$") || first.text == "else" || first.text == "global" || first.text == "elseif" {
		return p.conditional(s, depth)
	}
	if first.text == "include" || first.text == "include_shell" {
		value, err := p.value(0)
		s.value = value
		return s, err
	}
	op := p.take()
	if !op.is("=") && !op.is("+=") && !op.is(":=") {
		return s, op.Errorf("%s: expected =, += or :=, got %q", source.Short(s.key), source.Short(op.text))
	}
	s.op = op.text
	value, err := p.value(0)
	s.value = value
	return s, err
}

// conditional reads up to the block; its condition is kept as text, for it names the pool.
func (p *parser) conditional(s statement, depth int) (statement, error) {
	var words []string
	for {
		t := p.take()
		switch {
		case t.kind == end:
			return s, s.Errorf("%s: expected a block { }", source.Short(s.key))
		case t.is("{"):
			s.key, s.op = strings.Join(append([]string{s.key}, words...), " "), "{"
			block, err := p.statements(&s, depth+1)
			s.block = block
			return s, err
		case len(words) > 1000:
			return s, s.Errorf("%s: the condition is longer than 1000 words", source.Short(s.key))
		}
		words = append(words, t.text)
	}
}

// value reads a string, number, name or array; + joins strings and arrays.
func (p *parser) value(depth int) (*tree.Node, error) {
	n, err := p.operand(depth)
	for err == nil && p.peek().is("+") {
		p.take()
		var more *tree.Node
		if more, err = p.operand(depth); err != nil {
			break
		}
		switch {
		case n.Kind == tree.List && more.Kind == tree.List:
			n.Items = append(n.Items, more.Items...)
		case n.Kind == tree.Scalar && more.Kind == tree.Scalar:
			n.Text += more.Text
		default:
			n.Kind, n.Text = tree.Unknown, n.Text+more.Text
		}
	}
	return n, err
}

func (p *parser) operand(depth int) (*tree.Node, error) {
	t := p.take()
	if p.values++; p.values > maxValues {
		return nil, t.Errorf("more than %d values", maxValues)
	}
	n := &tree.Node{Place: t.Place, Kind: tree.Scalar, Text: t.text}
	switch {
	case t.kind == text:
		return n, nil
	case t.kind == word:
		if c := t.text[0]; c < '0' || c > '9' {
			n.Kind = tree.Unknown // a variable
		}
		return n, nil
	case t.is("(") && depth < maxDepth:
		n.Kind, n.Text = tree.List, ""
		return n, p.array(n, t, depth)
	case t.is("("):
		return nil, t.Errorf("arrays are nested more than %d deep", maxDepth)
	}
	return nil, t.Errorf("unexpected %q: expected a value", source.Short(t.text))
}

// array reads `"key" => value, value)`.
func (p *parser) array(n *tree.Node, opener token, depth int) error {
	for !p.peek().is(")") {
		if p.peek().kind == end {
			return opener.Errorf("( is never closed")
		}
		x, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if p.peek().is("=>") {
			p.take()
			key := x
			if x, err = p.value(depth + 1); err != nil {
				return err
			}
			x.Key = key.Text
		}
		n.Items = append(n.Items, x)
		switch t := p.peek(); {
		case t.kind == end:
		case t.is(","):
			p.take()
		case !t.is(")"):
			return t.Errorf("unexpected %q in an array: expected , or )", source.Short(t.text))
		}
	}
	p.take()
	return nil
}
