package accesslog

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	deepestJSON = 16
	longestPath = 512 // bytes
)

// members calls found for every value in a JSON object that is no object itself: its keys joined with dots, and its text,
// of a string without the quotes and still escaped. Of an array it reports the first element. It is false for what is no
// JSON object; text behind the object is ignored.
func members(b []byte, found func(path, value []byte, quoted bool)) bool {
	s := scanner{b: b, found: found}
	return s.object(0)
}

// scanner reads a JSON text.
type scanner struct {
	b     []byte
	pos   int
	path  [longestPath]byte
	depth int
	found func(path, value []byte, quoted bool)
	mute  bool // in an array, behind its first element
}

func (s *scanner) space() byte {
	for s.pos < len(s.b) {
		switch c := s.b[s.pos]; c {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// object reads an object whose own path has n bytes.
func (s *scanner) object(n int) bool {
	if s.space() != '{' || s.depth == deepestJSON {
		return false
	}
	s.pos++
	s.depth++
	if s.space() == '}' {
		s.pos++
		s.depth--
		return true
	}
	for {
		s.space()
		key, ok := s.text()
		if !ok || s.space() != ':' || n+len(key)+1 > longestPath {
			return false
		}
		s.pos++
		m := n
		if n > 0 {
			s.path[m] = '.'
			m++
		}
		m += copy(s.path[m:], key)
		if !s.value(m) {
			return false
		}
		switch s.space() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			s.depth--
			return true
		default:
			return false
		}
	}
}

func (s *scanner) value(n int) bool {
	switch s.space() {
	case '{':
		return s.object(n)
	case '[':
		return s.array(n)
	case '"':
		text, ok := s.text()
		if ok && !s.mute {
			s.found(s.path[:n], text, true)
		}
		return ok
	}
	start := s.pos
	for s.pos < len(s.b) && s.b[s.pos] > ' ' && s.b[s.pos] != ',' && s.b[s.pos] != '}' && s.b[s.pos] != ']' {
		s.pos++
	}
	plain := s.b[start:s.pos]
	switch string(plain) {
	case "":
		return false
	case "null":
		return true
	case "true", "false":
	default:
		if c := plain[0]; c != '-' && !isDigit(c) {
			return false
		}
	}
	if !s.mute {
		s.found(s.path[:n], plain, false)
	}
	return true
}

func (s *scanner) array(n int) bool {
	s.pos++
	if s.depth++; s.depth > deepestJSON {
		return false
	}
	mute := s.mute
	defer func() { s.mute, s.depth = mute, s.depth-1 }()
	if s.space() == ']' {
		s.pos++
		return true
	}
	for {
		if !s.value(n) {
			return false
		}
		s.mute = true
		switch s.space() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return true
		default:
			return false
		}
	}
}

// text is a string's bytes between its quotes.
func (s *scanner) text() ([]byte, bool) {
	if s.pos >= len(s.b) || s.b[s.pos] != '"' {
		return nil, false
	}
	s.pos++
	start := s.pos
	for s.pos < len(s.b) {
		switch s.b[s.pos] {
		case '\\':
			s.pos += 2
		case '"':
			s.pos++
			return s.b[start : s.pos-1], true
		default:
			s.pos++
		}
	}
	return nil, false
}

// unquoted appends a JSON string's text with its escapes resolved.
func unquoted(out, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 == len(b) {
			out = append(out, b[i])
			continue
		}
		i++
		switch b[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r := hex4(b[i+1:])
			i += min(4, len(b)-i-1)
			if utf16.IsSurrogate(r) && i+6 < len(b) && b[i+1] == '\\' && b[i+2] == 'u' {
				r = utf16.DecodeRune(r, hex4(b[i+3:]))
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// hex4 is the character that four hexadecimal digits name.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
