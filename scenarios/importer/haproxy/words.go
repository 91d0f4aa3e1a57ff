package haproxy

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"stickysim/scenarios/importer/ir"
)

// word is one word of a line, without its quotes.
type word struct {
	text string
	col  int
	env  bool // names an environment variable
}

// line is a line that holds something.
type line struct {
	ir.Place
	words []word
}

// errorf is an error about word i of the line; beyond the last, about its end.
func (l *line) errorf(i int, format string, args ...any) error {
	at := l.Place
	if n := len(l.words); n > 0 {
		at.Col = l.words[min(i, n-1)].col
	}
	return at.Errorf(format, args...)
}

// arg returns word i, or "".
func (l *line) arg(i int) string {
	if i < len(l.words) {
		return l.words[i].text
	}
	return ""
}

// text returns the words from i on, separated by spaces.
func (l *line) text(i int) string {
	var b strings.Builder
	for n := i; n < len(l.words); n++ {
		if n > i {
			b.WriteByte(' ')
		}
		b.WriteString(l.words[n].text)
	}
	return b.String()
}

// split cuts a line into words: separated by blanks, quoted with '…' or "…", with \ before a character that is meant
// as such, and # before a comment.
func split(file string, no int, text []byte) (*line, error) {
	s := splitter{text: text, line: line{Place: ir.Place{File: file, Line: no, Col: 1}}}
	if len(text) > maxLine {
		return nil, s.errorf(maxLine, "longer than %d bytes; that is no line of a configuration", maxLine)
	}
	for {
		for s.at < len(text) && blank(text[s.at]) {
			s.at++
		}
		if s.at == len(text) || text[s.at] == '#' {
			return &s.line, nil
		}
		if len(s.words) == maxWords {
			return nil, s.errorf(s.at, "more than %d words", maxWords)
		}
		if err := s.word(); err != nil {
			return nil, err
		}
	}
}

// splitter is a line being cut.
type splitter struct {
	line
	text  []byte
	at    int
	quote byte // the quote that is open, or 0
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

func (s *splitter) errorf(at int, format string, args ...any) error {
	return ir.Place{File: s.File, Line: s.Line, Col: at + 1}.Errorf(format, args...)
}

// word reads one word.
func (s *splitter) word() error {
	start, opened, env := s.at, 0, false
	var b strings.Builder
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		if s.quote == 0 && (blank(c) || c == '#') {
			break
		}
		switch {
		case c == '\\' && s.quote != '\'':
			if s.at++; s.at == len(s.text) {
				return s.errorf(s.at-1, "nothing follows the backslash")
			}
			s.escaped(&b)
		case s.quote == 0 && (c == '"' || c == '\''):
			s.quote, opened = c, s.at
		case s.quote != 0 && c == s.quote:
			s.quote = 0
		case c < ' ' && c != '\t' || c == 0x7f:
			return s.errorf(s.at, "control character 0x%02x; this is not a text file", c)
		default:
			env = env || c == '$' && s.quote != '\'' && s.variable()
			b.WriteByte(c)
		}
	}
	if s.quote != 0 {
		return s.errorf(opened, "the quote %c is not closed", s.quote)
	}
	if !utf8.ValidString(b.String()) {
		return s.errorf(start, "not UTF-8 text")
	}
	s.words = append(s.words, word{b.String(), start + 1, env})
	return nil
}

// variable reports whether the $ here begins the name of an environment variable: ${NAME} anywhere, $NAME in quotes.
func (s *splitter) variable() bool {
	if s.at+1 == len(s.text) {
		return false
	}
	c := s.text[s.at+1]
	return c == '{' || s.quote == '"' && (c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
}

// escaped writes what a backslash and the character here stand for. Before others than these, HAProxy keeps the backslash.
func (s *splitter) escaped(b *strings.Builder) {
	switch c := s.text[s.at]; {
	case c == 'r':
		b.WriteByte('\r')
	case c == 'n':
		b.WriteByte('\n')
	case c == 't':
		b.WriteByte('\t')
	case c == 'x' && s.at+2 < len(s.text) && isHex(s.text[s.at+1]) && isHex(s.text[s.at+2]):
		n, _ := strconv.ParseUint(string(s.text[s.at+1:s.at+3]), 16, 8)
		b.WriteByte(byte(n))
		s.at += 2
	case strings.IndexByte(" #\\'\"$", c) >= 0:
		b.WriteByte(c)
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }
