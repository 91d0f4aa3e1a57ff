package dist

import (
	"errors"
	"strings"
)

// Limits of a distribution's text, so that hostile input costs little.
const (
	maxText  = 64 << 10 // bytes
	maxDepth = 8        // distributions inside distributions
)

// Resolver returns the values that the file form empirical(name) stands for, in the base unit.
type Resolver func(name string) ([]float64, error)

// Parse reads a distribution as the scenario language writes it: exp(10s), lognormal(mean=40ms cv=1), or a
// plain 5ms for a constant. Numbers that carry a dimension are written in unit. Parameters are named or in the
// order of the family's constructor; spaces separate them, or commas. A file form, empirical(file.csv), is an error: see [ParseWith].
//
// Text is at most 64 KiB and nests at most 8 deep. Errors are [*Error].
func Parse(text string, unit Unit) (Dist, error) { return ParseWith(text, unit, nil) }

// ParseWith is [Parse] with a resolver for empirical(file.csv).
func ParseWith(text string, unit Unit, resolve Resolver) (Dist, error) {
	if len(text) > maxText {
		return nil, &Error{Message: "is longer than " + num(maxText) + " bytes", Hint: "put the values into a file: empirical(values.csv)"}
	}
	p := &parser{text: text, unit: unit, resolve: resolve}
	d, err := p.dist(0)
	if err == nil {
		if p.space(); p.at < len(text) {
			err = p.fail(p.at, "unexpected "+quote(text[p.at:]), "the distribution ends before it")
		}
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

type parser struct {
	text    string
	at      int
	unit    Unit
	resolve Resolver
}

// arg is one argument: a number as text or a distribution, perhaps with a name or a weight before it.
type arg struct {
	at     int
	name   string
	weight string
	number string
	dist   Dist
}

func (p *parser) fail(offset int, message, hint string) error {
	return &Error{Offset: offset, Message: message, Hint: hint}
}

// dist reads a call or a plain number.
func (p *parser) dist(depth int) (Dist, error) {
	p.space()
	at := p.at
	if word := p.word(); word != "" {
		return p.call(word, at, depth)
	}
	number := p.number()
	if number == "" {
		return nil, p.fail(at, "expected a distribution, got "+quote(p.text[at:]), "write one such as exp(10s), or a plain value")
	}
	return p.constant(number, at)
}

func (p *parser) constant(number string, at int) (Dist, error) {
	v, err := p.unit.parse(number)
	if err != nil {
		return nil, place(err, at, "")
	}
	return Deterministic{value: v, Unit: p.unit}, nil
}

// call reads the arguments of the family called name and builds it.
func (p *parser) call(name string, at, depth int) (Dist, error) {
	f, err := p.family(name, at)
	if err != nil {
		return nil, err
	}
	if depth >= maxDepth {
		return nil, p.fail(at, "is nested more than "+num(maxDepth)+" deep", "")
	}
	if p.space(); !p.skip('(') {
		return nil, p.fail(p.at, "expected ( after "+name, "write "+f.usage())
	}
	if file, end := p.file(f); file != "" {
		return p.fromFile(file, at, end)
	}
	args, err := p.args(f, depth)
	if err != nil {
		return nil, err
	}
	return f.make(p, at, args)
}

// args reads the arguments up to the closing bracket. Spaces separate them, or commas.
func (p *parser) args(f *family, depth int) ([]arg, error) {
	var args []arg
	for p.space(); !p.skip(')'); p.space() {
		if len(args) > 0 && !p.skip(',') {
			if err := p.spaced(f); err != nil {
				return nil, err
			}
		}
		a, err := p.arg(depth)
		if err != nil {
			return nil, err
		}
		args = append(args, a)
	}
	return args, nil
}

// arg reads one of: value, name=value, weight: value; a value is a number or a distribution.
func (p *parser) arg(depth int) (a arg, err error) {
	p.space()
	a.at = p.at
	word := p.word()
	if p.space(); word != "" && p.skip('=') {
		a.name, word = word, ""
		p.space()
		a.at = p.at
		word = p.word()
	}
	if word != "" {
		a.dist, err = p.call(word, a.at, depth+1)
		return a, err
	}
	if a.number, err = p.value(); err != nil {
		return a, err
	}
	if p.space(); a.name != "" || !p.skip(':') {
		return a, nil
	}
	a.weight, a.number = a.number, ""
	p.space()
	a.at = p.at
	if word = p.word(); word != "" {
		a.dist, err = p.call(word, a.at, depth+1)
		return a, err
	}
	a.number, err = p.value()
	return a, err
}

// value reads a number that must be there.
func (p *parser) value() (string, error) {
	at := p.at
	number := p.number()
	if number == "" {
		return "", p.fail(at, "expected a value, got "+quote(p.text[at:]), "")
	}
	return number, nil
}

// file recognises the file form of empirical: one argument that is not a number, up to the closing bracket.
func (p *parser) file(f *family) (name string, end int) {
	length := strings.IndexByte(p.text[p.at:], ')')
	if f.name != "empirical" || length < 0 {
		return "", 0
	}
	raw := strings.TrimSpace(p.text[p.at : p.at+length])
	if raw == "" || strings.ContainsAny(raw, ",:=(") {
		return "", 0
	}
	if _, err := p.unit.parse(raw); err == nil || !looksLikeFile(raw) {
		return "", 0
	}
	return raw, p.at + length + 1
}

// looksLikeFile tells 2024.csv and data/think from a number with a bad unit.
func looksLikeFile(raw string) bool {
	if strings.IndexByte("0123456789+-", raw[0]) < 0 || strings.ContainsRune(raw, '/') {
		return true
	}
	dot := strings.LastIndexByte(raw, '.')
	return dot >= 0 && dot+1 < len(raw) && raw[dot+1] > '9'
}

func (p *parser) fromFile(name string, at, end int) (Dist, error) {
	if p.resolve == nil {
		return nil, p.fail(p.at, "no files can be read here, got "+quote(name), "list the values: empirical(1ms 2ms 5ms)")
	}
	values, err := p.resolve(name)
	if err != nil {
		return nil, p.fail(p.at, err.Error(), "")
	}
	d, err := NewEmpirical(values, nil)
	if err != nil {
		return nil, place(err, at, name+": ")
	}
	d.source, d.Unit = name, p.unit
	p.at = end
	return d, nil
}

// place gives a fault from below its place in the text.
func place(err error, at int, prefix string) error {
	var e *Error
	if !errors.As(err, &e) {
		return &Error{Offset: at, Message: prefix + err.Error()}
	}
	moved := *e
	moved.Offset = at + max(0, e.Offset)
	moved.Message = prefix + e.Message
	return &moved
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// spaced checks that space, and not just a unit that belongs to the number before it, begins the next argument.
func (p *parser) spaced(f *family) error {
	if at := p.at; strings.IndexByte(" \t\r\n", p.text[at-1]) < 0 || at == len(p.text) {
		return p.fail(at, "expected a space or ) in "+f.name+"(...)", "write "+f.usage())
	}
	rest := *p
	word := rest.word()
	if rest.space(); word != "" && !rest.skip('=') && !rest.skip('(') {
		return p.fail(p.at, "unexpected "+quote(word), "write a number and its unit together, such as 10s")
	}
	return nil
}

func (p *parser) skip(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// word reads a name: letters first, then letters, digits, _ and -.
func (p *parser) word() string {
	from := p.at
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at] | 0x20
		inside := p.at > from && (p.text[p.at] == '_' || p.text[p.at] == '-' || '0' <= c && c <= '9')
		if !('a' <= c && c <= 'z') && !inside {
			break
		}
	}
	return p.text[from:p.at]
}

// number reads everything up to the next separator; the unit judges it.
func (p *parser) number() string {
	rest := p.text[p.at:]
	end := strings.IndexAny(rest, ",:=() \t\r\n")
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}
