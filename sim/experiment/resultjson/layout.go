package resultjson

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// number is a float64 that JSON can hold: null where it is undefined or infinite, otherwise the shortest text that
// reads back as the same number.
type number float64

func (n number) MarshalJSON() ([]byte, error) { return n.appendTo(nil), nil }

func (n number) appendTo(b []byte) []byte { return appendNumber(b, float64(n)) }

// UnmarshalJSON reads null as undefined.
func (n *number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = number(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// numbers is a column of them, on one line.
type numbers []float64

func (n numbers) MarshalJSON() ([]byte, error) { return n.appendTo(nil), nil }

func (n numbers) appendTo(b []byte) []byte {
	b = append(b, '[')
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, v)
	}
	return append(b, ']')
}

// UnmarshalJSON reads null elements as undefined.
func (n *numbers) UnmarshalJSON(text []byte) error {
	var list []number
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	*n = make(numbers, len(list))
	for i, v := range list {
		(*n)[i] = float64(v)
	}
	return nil
}

// member is a key and what it holds: an object or list to be laid out over lines, or anything else on one line.
type member struct {
	key   string
	value any
}

type (
	object []member
	list   []any
)

// appender is a value that writes itself on one line: results consist of such values, and reflection is slow.
type appender interface{ appendTo(b []byte) []byte }

// layout writes JSON with a line for each member of an object and element of a list, and everything within on it:
// files that people can read and diff.
type layout struct {
	w     io.Writer
	text  []byte // of the values that are not written yet
	depth int
	err   error // of the writer, or of a value that cannot be JSON
}

// block is how much text is written at a time. Values are not split.
const block = 1 << 15

func (l *layout) value(v any) {
	switch v := v.(type) {
	case object:
		l.lines('{', '}', len(v), func(i int) {
			l.leaf(v[i].key)
			l.text = append(l.text, ": "...)
			l.value(v[i].value)
		})
	case list:
		l.lines('[', ']', len(v), func(i int) { l.value(v[i]) })
	default:
		l.leaf(v)
	}
}

func (l *layout) lines(open, end byte, n int, item func(int)) {
	l.text = append(l.text, open)
	l.depth++
	for i := range n {
		if i > 0 {
			l.text = append(l.text, ',')
		}
		l.newline()
		item(i)
	}
	l.depth--
	if n > 0 {
		l.newline()
	}
	l.text = append(l.text, end)
}

func (l *layout) newline() {
	l.text = append(l.text, '\n')
	for range l.depth {
		l.text = append(l.text, ' ')
	}
}

func (l *layout) leaf(v any) {
	switch v := v.(type) {
	case appender:
		l.text = v.appendTo(l.text)
	case string:
		l.text = appendString(l.text, v)
	default:
		text, err := encode(v)
		l.note(err)
		l.text = append(l.text, text...)
	}
	if len(l.text) >= block {
		l.flush()
	}
}

func (l *layout) flush() {
	_, err := l.w.Write(l.text)
	l.note(err)
	l.text = l.text[:0]
}

// note keeps the first error.
func (l *layout) note(err error) {
	if l.err == nil {
		l.err = err
	}
}

// finish ends the document and returns the first error met.
func (l *layout) finish() error {
	l.text = append(l.text, '\n')
	l.flush()
	return l.err
}

// encode is a value on one line.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			text, _ := encode(s) // a string always can be
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

// appendKey begins a member of an object on one line, behind another.
func appendKey(b []byte, key string) []byte { return append(appendString(append(b, ','), key), ':') }
