package apache

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Bounds on hostile input; real configurations are far below.
const (
	maxDepth      = 64
	maxDirectives = 200_000
)

// directive is a line or section of the configuration.
type directive struct {
	ir.Place
	name  string // lower case
	args  []string
	block []directive // of a section
}

// String is the directive as one would write it, shortened.
func (d *directive) String() string {
	return source.Short(strings.Join(append([]string{d.name}, d.args...), " "))
}

// parse splits a file into directives.
func (t *translation) parse(name string, data []byte) ([]directive, error) {
	text, err := source.Text(name, data)
	if err != nil {
		return nil, err
	}
	p := parser{translation: t, file: name, lines: strings.Split(text, "\n")}
	return p.section(nil, 0)
}

type parser struct {
	*translation
	file  string
	lines []string
	next  int // index of the line to read
}

// line returns the next line with its continuations, and the place where it begins.
func (p *parser) line() (string, ir.Place) {
	at := ir.Place{File: p.file, Line: p.next + 1, Col: 1}
	var text strings.Builder
	for p.next < len(p.lines) {
		line := strings.TrimSuffix(p.lines[p.next], "\r")
		p.next++
		part, more := strings.CutSuffix(line, "\\")
		text.WriteString(part)
		if !more {
			break
		}
	}
	whole := text.String()
	trimmed := strings.TrimLeft(whole, " \t")
	at.Col += len(whole) - len(trimmed)
	return strings.TrimRight(trimmed, " \t"), at
}

// section reads directives up to the end of the section opener, or of the file.
func (p *parser) section(opener *directive, depth int) ([]directive, error) {
	if depth > maxDepth {
		return nil, opener.Errorf("sections are nested more than %d deep", maxDepth)
	}
	var list []directive
	for p.next < len(p.lines) {
		text, at := p.line()
		if text == "" || text[0] == '#' {
			continue
		}
		if p.directives++; p.directives > maxDirectives {
			return nil, at.Errorf("more than %d directives", maxDirectives)
		}
		if rest, closing := strings.CutPrefix(text, "</"); closing {
			name := strings.ToLower(strings.TrimSpace(strings.TrimSuffix(rest, ">")))
			if opener == nil || name != opener.name {
				return nil, at.Errorf("unexpected %s: no such section is open here", source.Short(text))
			}
			return list, nil
		}
		d, err := p.directive(text, at)
		if err != nil {
			return nil, err
		}
		if text[0] == '<' {
			if d.block, err = p.section(&d, depth+1); err != nil {
				return nil, err
			}
		}
		if len(d.block) == 0 { // a section with content is mentioned by its content
			p.Expect(d, d.String())
		}
		list = append(list, d)
	}
	if opener != nil {
		return nil, opener.Errorf("<%s> is never closed", source.Short(opener.name))
	}
	return list, nil
}

func (p *parser) directive(text string, at ir.Place) (directive, error) {
	d := directive{Place: at}
	if text[0] == '<' {
		body, closed := strings.CutSuffix(text[1:], ">")
		if !closed {
			return d, at.Errorf("%s: > is missing", source.Short(text))
		}
		text = strings.TrimSpace(body)
	}
	words, err := split(text, at)
	if err != nil || len(words) == 0 {
		return d, orElse(err, at.Errorf("a section needs a name"))
	}
	d.name, d.args = strings.ToLower(words[0]), words[1:]
	return d, nil
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// split splits text into words at white space. '…' and "…" quote; a backslash escapes a quote.
func split(text string, at ir.Place) ([]string, error) {
	var words []string
	for i := 0; i < len(text); {
		c := text[i]
		if c == ' ' || c == '\t' {
			i++
			continue
		}
		var word strings.Builder
		if c != '"' && c != '\'' {
			n := strings.IndexAny(text[i:], " \t")
			if n < 0 {
				n = len(text) - i
			}
			words = append(words, text[i:i+n])
			i += n
			continue
		}
		j := i + 1
		for ; j < len(text) && text[j] != c; j++ {
			if text[j] == '\\' && j+1 < len(text) && (text[j+1] == c || text[j+1] == '\\') {
				j++
			}
			word.WriteByte(text[j])
		}
		if j == len(text) {
			at.Col += i
			return nil, at.Errorf("quote %c is never closed", c)
		}
		words = append(words, word.String())
		i = j + 1
	}
	return words, nil
}
