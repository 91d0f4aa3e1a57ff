package caddy

import (
	"path"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Bounds on hostile input; real configurations are far below.
const (
	maxDepth      = 64
	maxDirectives = 200_000
	maxVariables  = 1 << 20 // bytes that variables may add
)

// directive is a statement of a Caddyfile with its block.
type directive struct {
	ir.Place
	name  string
	args  []token
	block []directive
	open  bool // has a block
}

// String is the directive as one would write it, shortened.
func (d *directive) String() string {
	text := d.name
	for _, a := range d.args {
		text += " " + a.text
	}
	return source.Short(text)
}

// texts returns the arguments as strings.
func (d *directive) texts() []string {
	list := make([]string, len(d.args))
	for i, a := range d.args {
		list[i] = a.text
	}
	return list
}

// parser builds directives from lines, and replaces imports by what they import.
type parser struct {
	t        *translation
	snippets map[string][][]token
}

// parse reads one file.
func (p *parser) parse(name string, data []byte) ([]directive, error) {
	text, err := source.Text(name, data)
	if err != nil {
		return nil, err
	}
	lex := lexer{data: text, Place: ir.Place{File: name, Line: 1, Col: 1}}
	lines, err := lex.lines()
	if err != nil {
		return nil, err
	}
	for i := range lines {
		// The caddyfiletest form: what follows the dashes is the expected JSON.
		if len(lines[i]) == 1 && lines[i][0].text == "----------" {
			lines = lines[:i]
			break
		}
	}
	return p.blocks(lines)
}

func (p *parser) blocks(lines [][]token) ([]directive, error) {
	list, rest, err := p.block(lines, 0, nil)
	if err == nil && len(rest) > 0 {
		err = rest[0][0].Errorf("unexpected }: no block is open")
	}
	return list, err
}

// block reads directives up to the } that ends the block opener began, or to the end of lines.
func (p *parser) block(lines [][]token, depth int, opener *directive) (list []directive, rest [][]token, err error) {
	if depth > maxDepth {
		return nil, nil, opener.Errorf("blocks are nested more than %d deep", maxDepth)
	}
	for len(lines) > 0 {
		line := lines[0]
		if closes(line[0]) {
			if opener == nil {
				return list, lines, nil
			}
			if len(line) > 1 {
				return nil, nil, line[1].Errorf("unexpected %s after }: it must stand on its own line", source.Short(line[1].text))
			}
			return list, lines[1:], nil
		}
		lines = lines[1:]
		d, err := p.directive(line)
		if err != nil {
			return nil, nil, err
		}
		if depth == 0 && d.open && strings.HasPrefix(d.name, "(") && strings.HasSuffix(d.name, ")") {
			if lines, err = p.snippet(&d, lines); err != nil {
				return nil, nil, err
			}
			p.t.Harmless(d, "%s: a snippet, read where it is imported", &d)
			continue
		}
		if d.name == "import" && !d.open {
			more, err := p.include(&d)
			if err != nil {
				return nil, nil, err
			}
			list = append(list, more...)
			continue
		}
		if d.open {
			if d.block, lines, err = p.block(lines, depth+1, &d); err != nil {
				return nil, nil, err
			}
		}
		if len(d.block) == 0 { // a block with content is mentioned by its content
			p.t.Expect(d, d.String())
		}
		list = append(list, d)
	}
	if opener != nil {
		return nil, nil, opener.Errorf("%s: the block is never closed", source.Short(opener.name))
	}
	return list, nil, nil
}

func closes(t token) bool { return t.text == "}" && !t.quoted }

func opens(t token) bool { return t.text == "{" && !t.quoted }

func (p *parser) directive(line []token) (directive, error) {
	if p.t.directives++; p.t.directives > maxDirectives {
		return directive{}, line[0].Errorf("more than %d directives", maxDirectives)
	}
	d := directive{Place: line[0].Place}
	words := line
	if last := line[len(line)-1]; opens(last) {
		d.open, words = true, line[:len(line)-1]
	}
	for _, w := range words {
		if closes(w) || opens(w) {
			return d, w.Errorf("unexpected %s: { ends a line and } stands alone on one", w.text)
		}
	}
	if len(words) > 0 {
		d.name = p.variables(words[0])
		for _, w := range words[1:] {
			w.text = p.variables(w)
			d.args = append(d.args, w)
		}
	}
	return d, nil
}

// variables replaces {$NAME:default} by the default. A variable without a default stays as it is, with a remark.
func (p *parser) variables(w token) string {
	text := w.text
	if !strings.Contains(text, "{$") {
		return text
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "{$")
		out.WriteString(before)
		name, rest, closed := strings.Cut(after, "}")
		if !found || !closed || p.t.added > maxVariables {
			out.WriteString(text[len(before):])
			return out.String()
		}
		key, value, has := strings.Cut(name, ":")
		if has {
			out.WriteString(value)
			p.t.Assumed(w, "{$%s}: environment variable %s is not known; its default %q is used", source.Short(name), source.Short(key), source.Short(value))
		} else {
			out.WriteString("{$" + name + "}")
			p.t.NotCarried(w, "{$%s}: environment variable without default", source.Short(name))
		}
		p.t.added += len(name)
		text = rest
	}
}

// snippet keeps the lines of a (name) block and returns those after it.
func (p *parser) snippet(d *directive, lines [][]token) ([][]token, error) {
	depth := 1
	for i, line := range lines {
		if closes(line[0]) {
			depth--
		} else if opens(line[len(line)-1]) {
			depth++
		}
		if depth == 0 {
			p.snippets[strings.Trim(d.name, "()")] = lines[:i]
			return lines[i+1:], nil
		}
	}
	return nil, d.Errorf("%s: the block is never closed", source.Short(d.name))
}

// include replaces an import by its snippet or files.
func (p *parser) include(d *directive) ([]directive, error) {
	if len(d.args) == 0 {
		return nil, d.Errorf("import takes the name of a snippet, file or pattern")
	}
	target := d.args[0].text
	if lines, ok := p.snippets[target]; ok {
		p.t.Translated(d, "%s: read in place", d)
		var list []directive
		err := p.t.Nest(d.Place, target, func() (err error) {
			list, err = p.blocks(withArguments(lines, d.args[1:]))
			return err
		})
		return list, err
	}
	return p.files(d, target)
}

func (p *parser) files(d *directive, target string) ([]directive, error) {
	name := target
	if !path.IsAbs(name) {
		name = path.Join(path.Dir(d.File), name)
	}
	names := p.t.Glob(name)
	if len(names) == 0 {
		p.t.NotCarried(d, "import %s: no such snippet or file; what it contains is not part of the import", source.Short(target))
	} else {
		p.t.Translated(d, "%s: read in place", d)
	}
	var list []directive
	for _, name := range names {
		err := p.t.Include(d.Place, name, func(data []byte) error {
			more, err := p.parse(name, data)
			list = append(list, more...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// withArguments replaces {args[0]}, {args.0} and so on by the arguments of an import.
func withArguments(lines [][]token, args []token) [][]token {
	if len(args) == 0 {
		return lines
	}
	var pairs []string
	for i, a := range args {
		n := strconv.Itoa(i)
		pairs = append(pairs, "{args["+n+"]}", a.text, "{args."+n+"}", a.text)
	}
	with := strings.NewReplacer(pairs...)
	out := make([][]token, len(lines))
	for i, line := range lines {
		out[i] = append([]token(nil), line...)
		for j := range out[i] {
			out[i][j].text = with.Replace(out[i][j].text)
		}
	}
	return out
}
