package nginx

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"stickysim/scenarios/importer/ir"
)

// maxWord is nginx's own limit on a word.
const maxWord = 4096

// token is a word, or one of the marks ; { } and the end of the file.
type token struct {
	ir.Place
	mark byte   // ';', '{', '}', 0 for a word, or endOfFile
	text string // of a word, without quotes
}

const endOfFile = 'E'

// lexer splits a file into tokens by nginx's rules: quotes count at the start of a word only, # too, and the brace of
// ${name} belongs to its word.
type lexer struct {
	ir.Place
	data []byte
	at   int
}

func (l *lexer) advance() {
	if l.data[l.at] == '\n' {
		l.Line++
		l.Col = 0
	}
	if utf8.RuneStart(l.data[l.at]) { // columns count characters
		l.Col++
	}
	l.at++
}

func (l *lexer) next() (token, error) {
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			l.advance()
		case c == '#':
			for l.at < len(l.data) && l.data[l.at] != '\n' {
				l.at++
			}
		case c == ';' || c == '{' || c == '}':
			t := token{Place: l.Place, mark: c}
			l.advance()
			return t, nil
		case c == '"' || c == '\'':
			return l.quoted(c)
		default:
			return l.word()
		}
	}
	return token{Place: l.Place, mark: endOfFile}, nil
}

func (l *lexer) quoted(quote byte) (token, error) {
	t := token{Place: l.Place}
	l.advance()
	var b strings.Builder
	for l.at < len(l.data) && l.data[l.at] != quote {
		if err := l.take(&b, t.Place); err != nil {
			return t, err
		}
	}
	if l.at == len(l.data) {
		return t, t.Errorf("the %c quote that starts here is not closed", quote)
	}
	l.advance()
	if l.at < len(l.data) && !strings.ContainsRune(" \t\r\n;{})", rune(l.data[l.at])) {
		return t, l.Errorf("unexpected %q after a quoted word: want a space, ; or {", l.data[l.at])
	}
	t.text = b.String()
	return t, nil
}

func (l *lexer) word() (token, error) {
	t := token{Place: l.Place}
	var b strings.Builder
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case c == '{' && l.at > 0 && l.data[l.at-1] == '$' && b.Len() > 0:
		case strings.IndexByte(" \t\r\n;{", c) >= 0:
			t.text = b.String()
			return t, nil
		}
		if err := l.take(&b, t.Place); err != nil {
			return t, err
		}
	}
	t.text = b.String()
	return t, nil
}

// take moves a character, or an escaped one, into b.
func (l *lexer) take(b *strings.Builder, start ir.Place) error {
	c := l.data[l.at]
	if c == 0 {
		return l.Errorf("byte 0x00: this is not a text file")
	}
	if b.Len() >= maxWord {
		return start.Errorf("a word of more than %d bytes starts here; a quote or ; may be missing", maxWord)
	}
	l.advance()
	if c != '\\' || l.at == len(l.data) {
		b.WriteByte(c)
		return nil
	}
	switch e := l.data[l.at]; e {
	case '"', '\'', '\\':
		b.WriteByte(e)
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'n':
		b.WriteByte('\n')
	default: // the backslash stays, and the character does not end the word
		b.WriteByte(c)
		b.WriteByte(e)
	}
	l.advance()
	return nil
}

// skipCode passes over the code of a *_by_lua_block up to its closing brace; the opening one has been read.
// Braces in the code's strings and comments do not count.
func (l *lexer) skipCode(start ir.Place) error {
	for depth := 1; l.at < len(l.data); {
		c := l.data[l.at]
		if bytes.HasPrefix(l.data[l.at:], []byte("--")) {
			for l.at < len(l.data) && l.data[l.at] != '\n' {
				l.at++
			}
			continue
		}
		l.advance()
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return nil
			}
		case '"', '\'':
			for l.at < len(l.data) && l.data[l.at] != c && l.data[l.at] != '\n' {
				if l.data[l.at] == '\\' && l.at+1 < len(l.data) {
					l.advance()
				}
				l.advance()
			}
			if l.at < len(l.data) {
				l.advance()
			}
		}
	}
	return start.Errorf("the block of code that starts here is not closed: want a }")
}
