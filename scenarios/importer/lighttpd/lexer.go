package lighttpd

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	end   kind = iota
	word       // name or number
	text       // quoted
	punct      // operator or bracket
)

type token struct {
	place
	kind kind
	text string
}

func (t token) is(p string) bool { return t.kind == punct && t.text == p }

// operators, longer ones first.
var operators = []string{"+=", ":=", "=>", "==", "!=", "=~", "!~", "=^", "=$", "=", "+", "(", ")", "{", "}", ",", "[", "]", ";"}

// tokens splits a file.
func tokens(file string, data []byte) ([]token, error) {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, place{file, 1, 1}.errorf("not a text file: lighttpd.conf is UTF-8 without zero bytes")
	}
	s := strings.TrimPrefix(string(data), "\ufeff")
	var list []token
	at, begin := place{file, 1, 1}, 0 // begin of the line
	for i := 0; i < len(s); {
		at.col = i - begin + 1
		switch c := s[i]; {
		case c == '\n':
			i++
			at.line, begin = at.line+1, i
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '#':
			if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
		case c == '"':
			value, n, err := quoted(s[i:], at)
			if err != nil {
				return nil, err
			}
			list = append(list, token{at, text, value})
			at.line += strings.Count(s[i:i+n], "\n")
			if last := strings.LastIndexByte(s[i:i+n], '\n'); last >= 0 {
				begin = i + last + 1
			}
			i += n
		case wordByte(c):
			n := 1
			for i+n < len(s) && wordByte(s[i+n]) {
				n++
			}
			list = append(list, token{at, word, s[i : i+n]})
			i += n
		default:
			op := operator(s[i:])
			if op == "" {
				return nil, at.errorf("unexpected character %q", c)
			}
			list = append(list, token{at, punct, op})
			i += len(op)
		}
	}
	return append(list, token{at, end, "end of file"}), nil
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-$", c) >= 0
}

func operator(s string) string {
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

// quoted reads a string; a backslash keeps a quote or a backslash.
func quoted(s string, at place) (value string, n int, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1, nil
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", 0, at.errorf("quote is never closed")
}
