package nginx

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

// Bounds on hostile input; real configurations are far below.
const (
	maxDirectives = 1 << 20
	maxDepth      = 64
	maxWords      = 4096 // of one directive
)

// directive is a statement: its words, and its block where it has one.
type directive struct {
	ir.Place
	name  string
	args  []string
	block []directive
	open  bool // has a block
}

// String is the directive as one would write it, shortened.
func (d *directive) String() string {
	return source.Short(strings.Join(append([]string{d.name}, d.args...), " "))
}

// table reports whether the block called name holds lines of data instead of directives.
func table(name string) bool {
	switch name {
	case "map", "num_map", "geo", "types", "split_clients", "charset_map", "match":
		return true
	}
	return false
}

var validName = lazy.Regexp(`^[A-Za-z][A-Za-z0-9_.-]*$`)

// parse reads what begins at a place into directives, with includes in place. parent is the block it stands in.
func (l *loader) parse(at ir.Place, data []byte, depth int, parent string) ([]directive, error) {
	p := parser{loader: l, lexer: lexer{data: data, Place: at}}
	if len(data) >= 3 && string(data[:3]) == "\xef\xbb\xbf" { // byte order mark
		p.at = 3
	}
	return p.block(depth, parent, nil)
}

type parser struct {
	*loader
	lexer
}

// block reads directives up to the brace that closes opener, or to the end of the file where opener is nil.
func (p *parser) block(depth int, parent string, opener *directive) ([]directive, error) {
	var list []directive
	for {
		t, err := p.next()
		if err != nil {
			return nil, err
		}
		switch t.mark {
		case endOfFile:
			if opener != nil {
				return nil, opener.Errorf("the block of %s that starts here is not closed: want a }", opener.name)
			}
			return list, nil
		case '}':
			if opener == nil {
				return nil, t.Errorf("unexpected }: no block is open here")
			}
			return list, nil
		case ';', '{':
			return nil, t.Errorf("unexpected %c where a directive should start", t.mark)
		}
		if list, err = p.directive(list, t, depth, parent); err != nil {
			return nil, err
		}
	}
}

// directive reads the rest of the directive that starts with t and appends it, or what it includes, to list.
func (p *parser) directive(list []directive, t token, depth int, parent string) ([]directive, error) {
	if !table(parent) && !validName().MatchString(t.text) {
		return nil, t.Errorf("%q is not the name of a directive", source.Short(t.text))
	}
	if p.directives++; p.directives > maxDirectives {
		return nil, t.Errorf("more than %d directives", maxDirectives)
	}
	d := directive{Place: t.Place, name: t.text}
	for {
		w, err := p.next()
		if err != nil {
			return nil, err
		}
		switch w.mark {
		case ';':
			if d.name == "include" {
				return p.include(list, &d, depth, parent)
			}
			p.expect(&d, parent)
			return append(list, d), nil
		case '{':
			if err := p.open(&d, depth); err != nil {
				return nil, err
			}
			if len(d.block) == 0 || table(d.name) { // other blocks are mentioned by their content
				p.expect(&d, parent)
			}
			return append(list, d), nil
		case '}', endOfFile:
			return nil, d.Errorf("%s does not end with a ;", source.Short(d.name))
		}
		if len(d.args) == maxWords {
			return nil, d.Errorf("%s has more than %d words; a ; may be missing", source.Short(d.name), maxWords)
		}
		d.args = append(d.args, w.text)
	}
}

// expect asks for a remark on d. The lines of a table belong to the directive that opens it.
func (p *parser) expect(d *directive, parent string) {
	if !table(parent) {
		p.Expect(d, d.String())
	}
}

func (p *parser) open(d *directive, depth int) error {
	d.open = true
	if depth == maxDepth {
		return d.Errorf("blocks are nested more than %d deep", maxDepth)
	}
	if strings.HasSuffix(d.name, "_by_lua_block") {
		return p.skipCode(d.Place)
	}
	var err error
	d.block, err = p.block(depth+1, d.name, d)
	return err
}
