package caddy

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// token is a word of a Caddyfile.
type token struct {
	ir.Place
	text   string
	quoted bool // braces in it are text
}

// lexer splits a Caddyfile into tokens as Caddy's does: words end at white space; "…" and `…` quote; <<MARK begins a
// heredoc; # begins a comment where a word could begin; a backslash joins lines.
type lexer struct {
	ir.Place
	data string
	at   int
}

func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.data) {
		return l.data[l.at+n]
	}
	return 0
}

func (l *lexer) step() byte {
	c := l.data[l.at]
	l.at++
	l.Col++
	if c == '\n' {
		l.Line, l.Col = l.Line+1, 1
	}
	return c
}

// lines returns the file's statements: the tokens of each line.
func (l *lexer) lines() ([][]token, error) {
	var all [][]token
	var line []token
	flush := func() {
		if len(line) > 0 {
			all = append(all, line)
		}
		line = nil
	}
	for l.at < len(l.data) {
		switch c := l.peek(0); {
		case c == '\n':
			l.step()
			flush()
		case c == ' ' || c == '\t' || c == '\r':
			l.step()
		case c == '\\' && (l.peek(1) == '\n' || l.peek(1) == '\r' && l.peek(2) == '\n'):
			for l.step() != '\n' {
			}
		case c == '#':
			for l.at < len(l.data) && l.peek(0) != '\n' {
				l.step()
			}
		default:
			t, err := l.token()
			if err != nil {
				return nil, err
			}
			line = append(line, t)
		}
	}
	flush()
	return all, nil
}

func (l *lexer) token() (token, error) {
	t := token{Place: l.Place}
	switch c := l.peek(0); {
	case c == '"' || c == '`':
		return l.quote(t, c)
	case c == '<' && l.peek(1) == '<' && heredocMark(l.peek(2)):
		return l.heredoc(t)
	}
	start := l.at
	for l.at < len(l.data) && !strings.ContainsRune(" \t\r\n", rune(l.peek(0))) {
		l.step()
	}
	t.text = l.data[start:l.at]
	return t, nil
}

func (l *lexer) quote(t token, mark byte) (token, error) {
	t.quoted = true
	l.step()
	var text strings.Builder
	for l.at < len(l.data) {
		c := l.step()
		switch {
		case c == mark:
			t.text = text.String()
			return t, nil
		case c == '\\' && mark == '"' && l.peek(0) == '"':
			c = l.step()
		}
		text.WriteByte(c)
	}
	return t, t.Errorf("quote %c is never closed", mark)
}

func heredocMark(c byte) bool {
	return c == '_' || c == '-' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// heredoc reads up to a line that consists of the marker. The indentation of that line is removed from every line.
func (l *lexer) heredoc(t token) (token, error) {
	t.quoted = true
	l.at, l.Col = l.at+2, l.Col+2
	start := l.at
	for heredocMark(l.peek(0)) {
		l.step()
	}
	mark := l.data[start:l.at]
	if l.peek(0) == '\r' {
		l.step()
	}
	if l.peek(0) != '\n' {
		return t, t.Errorf("heredoc <<%s: the marker must end its line", source.Short(mark))
	}
	l.step()
	var body []string
	for l.at < len(l.data) {
		end := strings.IndexByte(l.data[l.at:], '\n')
		if end < 0 {
			end = len(l.data) - l.at
		}
		line := strings.TrimSuffix(l.data[l.at:l.at+end], "\r")
		if word := strings.TrimLeft(line, " \t"); strings.HasPrefix(word, mark) && !heredocMark(byteAt(word, len(mark))) {
			indent := line[:len(line)-len(word)]
			for range len(indent) + len(mark) {
				l.step()
			}
			for i := range body {
				body[i] = strings.TrimPrefix(body[i], indent)
			}
			t.text = strings.Join(body, "\n")
			return t, nil
		}
		body = append(body, line)
		for range min(end+1, len(l.data)-l.at) {
			l.step()
		}
	}
	return t, t.Errorf("heredoc <<%s is never closed", source.Short(mark))
}

func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}
