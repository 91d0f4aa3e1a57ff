package ir

import (
	"fmt"
	"path"
)

// Place is a position in a file. Line and Col count from 1; Line 0 means the whole file, Col 0 the whole line. The zero
// Place is nowhere.
type Place struct {
	File      string
	Line, Col int
}

// Where returns p itself, so that whatever embeds a Place says where it is.
func (p Place) Where() Place { return p }

// From names the place in a message about another one: the path that leads to a file is left to what stands before the message.
func (p Place) From(other Place) string {
	if p.File == other.File {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("line %d of %s", p.Line, path.Base(p.File))
}

// Errorf returns an [Error] about what is at p.
func (p Place) Errorf(format string, args ...any) error {
	return &Error{Place: p, Text: fmt.Sprintf(format, args...)}
}

// Error says what is wrong with a configuration, and where.
type Error struct {
	Place
	Text string
}

// Error is "file:line:col: text", as far as the place is known.
func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	case e.Col == 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Text)
}
