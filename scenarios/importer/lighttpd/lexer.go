package lighttpd

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
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
	ir.Place
	kind kind
	text string
}

func (t token) is(p string) bool { return t.kind == punct && t.text == p }

// operators, longer ones first.
var operators = []string{"+=", ":=", "=>", "==", "!=", "=~", "!~", "=^", "=$", "=", "+", "(", ")", "{", "}", ",", "[", "]", ";"}

// tokens splits a file.
func tokens(file string, data []byte) ([]token, error) {
	s, err := source.Text(file, data)
	if err != nil {
		return nil, err
	}
	var list []token
	at, begin := ir.Place{File: file, Line: 1, Col: 1}, 0 // begin of the line
	for i := 0; i < len(s); {
		at.Col = i - begin + 1
		switch c := s[i]; {
		case c == '\n':
			i++
			at.Line, begin = at.Line+1, i
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
			at.Line += strings.Count(s[i:i+n], "\n")
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
				return nil, at.Errorf("unexpected character %q", c)
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
func quoted(s string, at ir.Place) (value string, n int, err error) {
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
	return "", 0, at.Errorf("quote is never closed")
}
