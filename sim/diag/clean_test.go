package diag

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// hostile are characters that must not reach a terminal, or a reader's eye, as they are: C0, C1, bidi, zero-width, tags.
const hostile = "a\x1b[31m\x07\r\u0085\u009b31m\u202e\u2066\u200b\u200d\ufeff\u2028\U000e0041\x9bz"

func TestClean(t *testing.T) {
	if got := Clean("two\twords\u00a0é世🎉"); got != "two words é世🎉" {
		t.Errorf("got %q", got)
	}
	if got := Clean(hostile); strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) || got[0] != 'a' || got[len(got)-1] != 'z' {
		t.Errorf("got %q", got)
	}
}

func TestLines(t *testing.T) {
	var b strings.Builder
	if n, err := Lines(&b).Write([]byte("one\x1b\ntwo\n")); n != 9 || err != nil || b.String() != "one\ntwo\n" {
		t.Errorf("wrote %q (%d, %v)", b.String(), n, err)
	}
}

// What is escaped reads back as it was.
func TestJSON(t *testing.T) {
	text := strings.ToValidUTF8(hostile, "")
	var b strings.Builder
	e := json.NewEncoder(JSON(&b))
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		t.Fatal(err)
	}
	if line := strings.TrimSuffix(b.String(), "\n"); strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("wrote %q", line)
	}
	var back string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back != text {
		t.Errorf("%q reads back as %q (%v)", text, back, err)
	}
}
