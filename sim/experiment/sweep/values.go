package sweep

import (
	"fmt"
	"strconv"
	"strings"

	"stickysim/sim/dist"
	"stickysim/sim/experiment"
)

// Values are what a field takes, one after the other.
//
//	values = part { "," part } .                     commas within () [] {} and quotes do not separate
//	part   = range | value .
//	range  = number ".." number [ "by" number | "in" count ]          even steps: 50ms..400ms by 50ms, 0..1 in 5
//	       | "log" number ".." number [ "by" number | "in" count ] .  even factors: log 1..64 by 2, log 0.1..10 in 7
//	number = digits [ "." digits ] [ unit ] .        the unit is kept: ms, MiB, %, /s
//	value  = any text that is YAML: a number, a word, {a: b} .
//
// "by" is the step, or the factor, and the last value is at most the end; "in" is the number of values, both ends included.
// Without either, whole numbers without unit have steps of 1, and any other range is continuous: it has no list, and
// designs choose from it.
type Values struct {
	text  string
	parts []part
}

// part is a range, or a value as it is written.
type part struct {
	text   string
	ranged *Range
}

// Axis is a field and the values it takes.
type Axis struct {
	Path string
	Values
}

// MaxPoints is the largest number of points of a sweep, and of values of a field.
const MaxPoints = 100_000

// ParseAxis reads path=values. Errors are *dist.Error with the place in text.
func ParseAxis(text string) (Axis, error) {
	path, rest, ok := strings.Cut(text, "=")
	if trimmed := strings.TrimSpace(path); !ok || trimmed == "" {
		return Axis{}, wrong(0, "is not path=values, got "+quote(text), "write servers.count=4,6,8")
	}
	v, err := ParseValues(rest)
	if err != nil {
		err.(*dist.Error).Offset += len(path) + 1
	}
	return Axis{strings.TrimSpace(path), v}, err
}

// ParseValues reads the values of a field. Errors are *dist.Error with the place in text.
func ParseValues(text string) (Values, error) {
	v := Values{text: strings.Trim(text, space)}
	pieces, err := split(text)
	if err != nil {
		return Values{}, err
	}
	for _, p := range pieces {
		r, err := parseRange(p.text)
		if err != nil {
			err.(*dist.Error).Offset += p.at
			return Values{}, err
		}
		v.parts = append(v.parts, part{p.text, r})
	}
	return v, nil
}

// String is the values as they were written.
func (v Values) String() string { return v.text }

// List returns all values, in the order written; an error where a range is continuous, a value repeats or there are more
// than MaxPoints.
func (v Values) List() ([]string, error) {
	var list []string
	for _, p := range v.parts {
		if p.ranged == nil {
			list = append(list, p.text)
			continue
		}
		more, err := p.ranged.list()
		if err != nil {
			return nil, err
		}
		if list = append(list, more...); len(list) > MaxPoints {
			return nil, tooMany(v.text)
		}
	}
	seen := map[string]string{}
	for _, text := range list {
		key := text
		if q, ok := ParseQuantity(text); ok {
			key = strconv.FormatFloat(q.Base(), 'g', -1, 64) + " " + q.Measure()
		}
		if first, ok := seen[key]; ok {
			return nil, fmt.Errorf("%s has the value %s twice%s", quote(v.text), quote(text), also(first, text))
		}
		seen[key] = text
	}
	return list, nil
}

func also(first, text string) string {
	if first == text {
		return ""
	}
	return " (" + first + " is the same)"
}

func tooMany(text string) error {
	return fmt.Errorf("%s has more than %d values; write a larger step, or in 10", quote(text), MaxPoints)
}

// Range returns the range where the values are a single one.
func (v Values) Range() (*Range, bool) {
	if len(v.parts) == 1 && v.parts[0].ranged != nil {
		return v.parts[0].ranged, true
	}
	return nil, false
}

// chooser returns what chooses a value with u in [0, 1): of a continuous range the one at that share of it, of a list each
// as often.
func (v Values) chooser() (func(u float64) string, error) {
	if r, ok := v.Range(); ok && r.Continuous() {
		return func(u float64) string { return r.At(u).String() }, nil
	}
	list, err := v.List()
	return func(u float64) string { return list[int(u*float64(len(list)))] }, err
}

// Setting is the axis at one of its values.
func (a Axis) Setting(value string) experiment.Setting {
	return experiment.Setting{Path: a.Path, Value: value}
}

// piece is a part of a list and its place.
type piece struct {
	text string
	at   int
}

const space = " \t\r\n"

// split divides a list at the commas that no bracket or quote encloses.
func split(text string) ([]piece, error) {
	var (
		pieces []piece
		closes []byte // that are awaited
		opened []int  // where
		begin  int
		before byte = ',' // the last character that is no space
	)
	cut := func(end int) error {
		p := strings.Trim(text[begin:end], space)
		if p == "" {
			return wrong(begin, "a value is missing", `write 4,6,8, or "" for an empty text`)
		}
		pieces = append(pieces, piece{p, begin + strings.Index(text[begin:end], p)})
		begin = end + 1
		return nil
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch open := strings.IndexByte("([{", c); {
		case len(closes) > 0 && c == closes[len(closes)-1]:
			closes, opened = closes[:len(closes)-1], opened[:len(opened)-1]
		case open >= 0:
			closes, opened = append(closes, ")]}"[open]), append(opened, i)
		case (c == '"' || c == '\'') && strings.IndexByte(",([{:=", before) >= 0:
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				return nil, wrong(i, "the quote is not closed", "add "+string(c)+" at the end")
			}
			i += n + 1
		case c == ',' && len(closes) == 0:
			if err := cut(i); err != nil {
				return nil, err
			}
		}
		if strings.IndexByte(space, c) < 0 {
			before = c
		}
	}
	if n := len(closes); n > 0 {
		return nil, wrong(opened[n-1], "the bracket "+text[opened[n-1]:opened[n-1]+1]+" is not closed", "add "+string(closes[n-1]))
	}
	return pieces, cut(len(text))
}

func wrong(offset int, message, hint string) error {
	return &dist.Error{Offset: offset, Message: message, Hint: hint}
}

// quote shortens hostile input before it reaches a terminal.
func quote(text string) string {
	const longest = 60
	if len(text) > longest {
		text = text[:longest] + "..."
	}
	return strconv.Quote(text)
}

// Measure is what all values measure: s, B, %, a unit as written, or nothing of plain numbers; ok is false where some are
// no numbers, or do not measure the same.
func (v Values) Measure() (measure string, ok bool) {
	known := false
	for _, p := range v.parts {
		q, isNumber := ParseQuantity(p.text)
		if p.ranged != nil {
			q, isNumber = p.ranged.To, true
		}
		switch m := q.Measure(); {
		case !isNumber, known && m != measure && !(q == Quantity{}):
			return "", false
		case q != Quantity{}: // a 0 without unit is 0 of any
			measure, known = m, true
		}
	}
	return measure, true
}

// Fixed reports whether there is one value only.
func (v Values) Fixed() bool {
	return len(v.parts) == 1 && (v.parts[0].ranged == nil || v.parts[0].ranged.From == v.parts[0].ranged.To)
}
