package diag

import (
	"io"
	"strings"
	"unicode"
)

// Clean makes a text of a user safe to print on one line: what controls a terminal, changes the direction of writing or has no
// width is left out, and white space becomes spaces.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, text)
}

// Lines is a writer that cleans each line of what it is given. A rune must not be split between two calls of Write.
func Lines(w io.Writer) io.Writer { return lines{w} }

type lines struct{ w io.Writer }

// Write writes a text.
func (l lines) Write(p []byte) (int, error) {
	parts := strings.Split(string(p), "\n")
	for i := range parts {
		parts[i] = Clean(parts[i])
	}
	if _, err := io.WriteString(l.w, strings.Join(parts, "\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// JSON is a writer that writes such characters in the strings of JSON as escapes, which mean the same. A rune must not be
// split between two calls of Write.
func JSON(w io.Writer) io.Writer { return escaped{w} }

type escaped struct{ w io.Writer }

// Write writes a part of a JSON text.
func (e escaped) Write(p []byte) (int, error) {
	if plain(p) {
		return e.w.Write(p)
	}
	var b strings.Builder
	for _, r := range string(p) {
		switch {
		case r < ' ' || unicode.IsPrint(r) || r == unicode.ReplacementChar:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			writeEscape(&b, 0xd800+r>>10)
			writeEscape(&b, 0xdc00+r&0x3ff)
		default:
			writeEscape(&b, r)
		}
	}
	if _, err := io.WriteString(e.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// plain reports that nothing in a JSON text needs an escape, as it is ASCII.
func plain(p []byte) bool {
	for _, c := range p {
		if c > '~' {
			return false
		}
	}
	return true
}

func writeEscape(b *strings.Builder, r rune) {
	const digits = "0123456789abcdef"
	b.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(digits[r>>shift&15])
	}
}
