package resultjson

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// number is a float64 that JSON can hold: null where it is undefined or infinite, otherwise the shortest text that
// reads back as the same number.
type number float64

func (n number) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n)), nil }

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

func (n numbers) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 8*len(n)+2), '[')
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, v)
	}
	return append(b, ']'), nil
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
	line   []member // an object on one line
)

// MarshalJSON keeps the order of the members.
func (l line) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range l {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := encode(m.key)
		if err != nil {
			return nil, err
		}
		value, err := encode(m.value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// layout writes JSON with a line for each member of an object and element of a list, and everything within on it:
// files that people can read and diff.
type layout struct {
	w     *bufio.Writer
	depth int
	err   error // of a value that cannot be JSON
}

func (l *layout) value(v any) {
	switch v := v.(type) {
	case object:
		l.lines('{', '}', len(v), func(i int) {
			l.leaf(v[i].key)
			l.w.WriteString(": ")
			l.value(v[i].value)
		})
	case list:
		l.lines('[', ']', len(v), func(i int) { l.value(v[i]) })
	default:
		l.leaf(v)
	}
}

func (l *layout) lines(open, end byte, n int, item func(int)) {
	l.w.WriteByte(open)
	l.depth++
	for i := range n {
		if i > 0 {
			l.w.WriteByte(',')
		}
		l.newline()
		item(i)
	}
	l.depth--
	if n > 0 {
		l.newline()
	}
	l.w.WriteByte(end)
}

func (l *layout) newline() {
	l.w.WriteByte('\n')
	l.w.WriteString(strings.Repeat(" ", l.depth))
}

func (l *layout) leaf(v any) {
	text, err := encode(v)
	if err != nil && l.err == nil {
		l.err = err
	}
	l.w.Write(text)
}

// encode is a value on one line.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// finish ends the document and returns the first error met.
func (l *layout) finish() error {
	l.w.WriteByte('\n')
	if err := l.w.Flush(); err != nil {
		return err
	}
	return l.err
}
