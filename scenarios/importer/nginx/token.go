package nginx

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxWord is nginx's own limit on a word.
const maxWord = 4096

// position is a place in a configuration file.
type position struct {
	file      string
	line, col int
}

func (p position) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", p.file, p.line, p.col, fmt.Sprintf(format, args...))
}

// token is a word, or one of the marks ; { } and the end of the file.
type token struct {
	position
	mark byte   // ';', '{', '}', 0 for a word, or endOfFile
	text string // of a word, without quotes
}

const endOfFile = 'E'

// lexer splits a file into tokens by nginx's rules: quotes count at the start of a word only, # too, and the brace of
// ${name} belongs to its word.
type lexer struct {
	data []byte
	at   int
	position
}

func (l *lexer) advance() {
	if l.data[l.at] == '\n' {
		l.line++
		l.col = 0
	}
	if utf8.RuneStart(l.data[l.at]) { // columns count characters
		l.col++
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
			t := token{position: l.position, mark: c}
			l.advance()
			return t, nil
		case c == '"' || c == '\'':
			return l.quoted(c)
		default:
			return l.word()
		}
	}
	return token{position: l.position, mark: endOfFile}, nil
}

func (l *lexer) quoted(quote byte) (token, error) {
	t := token{position: l.position}
	l.advance()
	var b strings.Builder
	for l.at < len(l.data) && l.data[l.at] != quote {
		if err := l.take(&b, t.position); err != nil {
			return t, err
		}
	}
	if l.at == len(l.data) {
		return t, t.errorf("the %c quote that starts here is not closed", quote)
	}
	l.advance()
	if l.at < len(l.data) && !strings.ContainsRune(" \t\r\n;{})", rune(l.data[l.at])) {
		return t, l.errorf("unexpected %q after a quoted word: want a space, ; or {", l.data[l.at])
	}
	t.text = b.String()
	return t, nil
}

func (l *lexer) word() (token, error) {
	t := token{position: l.position}
	var b strings.Builder
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case c == '{' && l.at > 0 && l.data[l.at-1] == '$' && b.Len() > 0:
		case strings.IndexByte(" \t\r\n;{", c) >= 0:
			t.text = b.String()
			return t, nil
		}
		if err := l.take(&b, t.position); err != nil {
			return t, err
		}
	}
	t.text = b.String()
	return t, nil
}

// take moves a character, or an escaped one, into b.
func (l *lexer) take(b *strings.Builder, start position) error {
	c := l.data[l.at]
	if c == 0 {
		return l.errorf("byte 0x00: this is not a text file")
	}
	if b.Len() >= maxWord {
		return start.errorf("a word of more than %d bytes starts here; a quote or ; may be missing", maxWord)
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
func (l *lexer) skipCode(start position) error {
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
	return start.errorf("the block of code that starts here is not closed: want a }")
}
