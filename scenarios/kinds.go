package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

// Limits of values: far above realistic use, and low enough that a run ends.
const (
	maxServers      = 100_000
	maxUsers        = 20_000_000
	maxReplications = 100_000
	maxText         = 4000
	maxSpan         = 10 * 365 * 24 * sim.Hour
)

// scalar returns the text of a single value, or reports that n is something else.
func scalar(d *decoder, n *tree.Node, what string) (string, bool) {
	if n.Kind == tree.Scalar {
		return n.Text, true
	}
	d.fail(n, "wrong-type", "must be "+what+", got "+describe(n), "")
	return "", false
}

// text is a line or paragraph of at most that many bytes.
func text(most int) kind[string] {
	return kind[string]{schema: func() schema { return schema{"type": []string{"string", "number", "boolean"}} }, read: func(d *decoder, n *tree.Node) (string, bool) {
		s, ok := scalar(d, n, "text")
		if !ok {
			return "", false
		}
		if len(s) > most || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) {
			d.fail(n, "bad-text", fmt.Sprintf("must be at most %d bytes of text without control characters", most), "")
			return "", false
		}
		if !n.Quoted && !tree.Stable(s) {
			d.warn(n, tree.Ambiguous, quote(s)+" is not text to every YAML program", "quote it: "+quote(s))
		}
		return s, true
	}}.shown(wordy)
}

// label is a name: one line, not empty.
func label() kind[string] {
	k := text(200)
	return kind[string]{schema: k.schema, read: func(d *decoder, n *tree.Node) (string, bool) {
		s, ok := k.read(d, n)
		if ok && (strings.TrimSpace(s) == "" || strings.ContainsAny(s, "\n\t")) {
			d.fail(n, "bad-text", "must be a name, got "+quote(s), "")
			return "", false
		}
		return s, ok
	}}.shown(wordy)
}

// integer is a whole number in decimal.
func integer(least, most int) kind[int] {
	return kind[int]{schema: func() schema { return schema{"type": "integer", "minimum": least, "maximum": most} }, read: func(d *decoder, n *tree.Node) (int, bool) {
		s, ok := scalar(d, n, "a whole number")
		if !ok {
			return 0, false
		}
		v, err := whole(s)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			d.fail(n, "wrong-type", "must be a whole number, got "+quote(s), "")
			return 0, false
		}
		if v < least || v > most || err != nil {
			d.fail(n, "out-of-range", bounds(float64(least), float64(most))+", got "+plain(s), "")
			return 0, false
		}
		d.lintOctal(n)
		return v, true
	}}.shown(func(v int) any {
		if v < least || v > most {
			return nil
		}
		return v
	})
}

// whole reads a whole number, also as other programs write it: 4.0, 1e3.
func whole(s string) (int, error) {
	v, err := strconv.Atoi(s)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return v, err
	}
	if f, bad := parseDecimal(s); bad == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return int(f), nil
	}
	return 0, err
}

// parseDecimal is strconv.ParseFloat without digits in base 16 and underscores.
func parseDecimal(s string) (float64, error) {
	if strings.ContainsAny(s, "xX_") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}

// lintOctal warns of a number that is another one in YAML 1.1.
func (d *decoder) lintOctal(n *tree.Node) {
	if !n.Quoted && tree.Octal(n.Text) {
		d.warn(n, tree.Ambiguous, clip(n.Text)+" is a number in base 8 to some YAML programs", "write "+cmp.Or(strings.TrimLeft(clip(n.Text), "0"), "0"))
	}
}

// number is a plain decimal number.
func number(least, most float64) kind[float64] {
	return kind[float64]{schema: func() schema { return schema{"type": "number", "minimum": least, "maximum": most} }, read: func(d *decoder, n *tree.Node) (float64, bool) {
		s, ok := scalar(d, n, "a number")
		if !ok {
			return 0, false
		}
		v, err := parseDecimal(s)
		if err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(v) || math.IsInf(v, 0) && err == nil {
			d.fail(n, "wrong-type", "must be a number, got "+quote(s), "")
			return 0, false
		}
		d.lintOctal(n)
		return v, d.between(n, v, least, most)
	}}.shown(func(v float64) any {
		if v < least || v > most {
			return nil
		}
		return v
	})
}

// wordy shows a text.
func wordy(v string) any {
	if v == "" {
		return nil
	}
	return v
}

// percent shows a share; what is above 1 is a factor.
func percent(v float64) any {
	if v > 1 {
		return v
	}
	return strconv.FormatFloat(v*100, 'g', 12, 64) + "%"
}

// share is a fraction, written 20% or 0.2.
func share(least, most float64) kind[float64] {
	s := func() schema {
		return schema{"type": []string{"number", "string"}, "minimum": least, "maximum": most, "pattern": percentPattern}
	}
	return kind[float64]{schema: s, read: func(d *decoder, n *tree.Node) (float64, bool) {
		s, ok := scalar(d, n, "a share such as 20%")
		if !ok {
			return 0, false
		}
		v, err := dist.ParsePercent(s)
		if err != nil {
			return 0, d.failed(n, err)
		}
		d.lintOctal(n)
		return v, d.between(n, v, least, most)
	}}.shown(func(v float64) any {
		if v < least || v > most {
			return nil
		}
		return percent(v)
	})
}

func (d *decoder) between(n *tree.Node, v, least, most float64) bool {
	if v >= least && v <= most {
		return true
	}
	d.fail(n, "out-of-range", bounds(least, most)+", got "+plain(n.Text), "")
	return false
}

func bounds(least, most float64) string {
	if most >= math.MaxInt32 {
		return "must be at least " + decimal(least)
	}
	return "must be from " + decimal(least) + " to " + decimal(most)
}

// size is a number of bytes, written 50KiB.
func size() kind[float64] {
	return kind[float64]{schema: oneText(sizePattern), read: func(d *decoder, n *tree.Node) (float64, bool) {
		s, ok := scalar(d, n, "a size such as 50KiB")
		if !ok {
			return 0, false
		}
		if !numeric(s) {
			d.fail(n, "bad-value", "must be a size such as 50KiB, got "+quote(s), "")
			return 0, false
		}
		v, err := dist.ParseBytes(s)
		if err != nil {
			return 0, d.failed(n, err)
		}
		return v, true
	}}.shown(func(v float64) any { return dist.Bytes.Format(v) })
}

// span is a duration, written 30s, from least to ten years.
func span(least sim.Time) kind[sim.Time] {
	return kind[sim.Time]{schema: oneText(spanPattern), read: func(d *decoder, n *tree.Node) (sim.Time, bool) {
		s, ok := scalar(d, n, "a duration such as 30s")
		if !ok {
			return 0, false
		}
		if !numeric(s) {
			d.fail(n, "bad-value", "must be a duration such as 30s, got "+quote(s), "")
			return 0, false
		}
		v, err := dist.ParseDuration(s)
		if err != nil {
			return 0, d.failed(n, err)
		}
		if t := sim.FromSeconds(v); t >= least && t <= maxSpan {
			return t, true
		}
		d.fail(n, "out-of-range", "must be from "+dist.Seconds.Format(least.Seconds())+" to 10 years, got "+plain(s), "")
		return 0, false
	}}.shown(func(v sim.Time) any {
		if v < least {
			return nil
		}
		return dist.Seconds.Format(v.Seconds())
	})
}

// moment is an instant of a run, written 30m, or -10m in the warm-up: up to ten years on either side.
func moment() kind[sim.Time] {
	later := span(0)
	return kind[sim.Time]{schema: oneText(momentPattern), read: func(d *decoder, n *tree.Node) (sim.Time, bool) {
		text, before := strings.CutPrefix(n.Text, "-")
		if n.Kind != tree.Scalar || !before {
			return later.read(d, n)
		}
		positive := *n
		positive.Text = text
		t, ok := later.read(d, &positive)
		return -t, ok
	}}
}

// truth is true or false.
func truth() kind[bool] {
	return kind[bool]{schema: func() schema { return schema{"type": "boolean"} }, read: func(d *decoder, n *tree.Node) (bool, bool) {
		if n.Kind == tree.Scalar {
			switch n.Text {
			case "true", "True", "TRUE":
				return true, true
			case "false", "False", "FALSE":
				return false, true
			}
		}
		d.fail(n, "wrong-type", "must be true or false, got "+describe(n), "")
		return false, false
	}}.shown(func(v bool) any { return v })
}

// mapped is a kind of truths that stand for two values of another type.
func mapped[V comparable](k kind[bool], no, yes V) kind[V] {
	return kind[V]{schema: k.schema, read: func(d *decoder, n *tree.Node) (V, bool) {
		v, ok := k.read(d, n)
		if v {
			return yes, ok
		}
		return no, ok
	}}.shown(func(v V) any {
		if v != no && v != yes {
			return nil
		}
		return v == yes
	})
}

// choice is one of some words; each means the value with the same index.
func choice[V any](words []string, values ...V) kind[V] {
	return kind[V]{schema: func() schema { return schema{"enum": words} }, read: func(d *decoder, n *tree.Node) (v V, ok bool) {
		s, ok := scalar(d, n, "one of "+strings.Join(words, ", "))
		if !ok {
			return v, false
		}
		if i := slices.Index(words, s); i >= 0 {
			return values[i], true
		}
		d.fail(n, "unknown-value", "must be one of "+strings.Join(words, ", ")+", got "+quote(s)+didYouMean(s, words), "")
		return v, false
	}}.shown(func(v V) any {
		if i := slices.IndexFunc(values, func(have V) bool { return reflect.DeepEqual(have, v) }); i >= 0 {
			return words[i]
		}
		return nil
	})
}

// word adds a word with a special meaning to a kind: unlimited, never.
func word[V any](k kind[V], name string, v V) kind[V] {
	return kind[V]{schema: func() schema { return worded(k.schema(), name) }, read: func(d *decoder, n *tree.Node) (V, bool) {
		if n.Kind == tree.Scalar && n.Text == name {
			return v, true
		}
		return k.read(d, n)
	}}.shown(func(have V) any {
		if reflect.DeepEqual(have, v) {
			return name
		}
		return k.written(have)
	})
}

// pointer is a kind whose value is held by reference.
func pointer[V any](k kind[V]) kind[*V] {
	return kind[*V]{schema: k.schema, read: func(d *decoder, n *tree.Node) (*V, bool) {
		v, ok := k.read(d, n)
		return &v, ok
	}}.shown(func(v *V) any {
		if v == nil {
			return nil
		}
		return k.written(*v)
	})
}

// list is a list of values of one kind.
func list[V any](k kind[V], least, most int) kind[[]V] {
	s := func() schema {
		return schema{"type": "array", "items": k.schema(), "minItems": least, "maxItems": most}
	}
	return kind[[]V]{schema: s, read: func(d *decoder, n *tree.Node) ([]V, bool) {
		if n.Kind != tree.List {
			d.fail(n, "wrong-type", "must be a list, got "+describe(n), "write [a, b], or one line with - for each")
			return nil, false
		}
		if len(n.Items) < least || len(n.Items) > most {
			d.fail(n, "out-of-range", fmt.Sprintf("must have %d to %d elements, got %d", least, most, len(n.Items)), "")
			return nil, false
		}
		out, ok := make([]V, 0, len(n.Items)), true
		for _, item := range n.Items {
			v, fine := k.read(d, item)
			out, ok = append(out, v), ok && fine
		}
		return out, ok
	}}
}

// failed reports an error of a small language, at its place in the value. It returns false.
func (d *decoder) failed(n *tree.Node, err error) bool {
	var e *dist.Error
	if !errors.As(err, &e) {
		d.fail(n, "bad-value", err.Error(), "")
		return false
	}
	message := e.Message
	if e.Param != "" {
		message = e.Param + ": " + e.Message
	}
	d.failAt(n, e.Offset, "bad-value", message, e.Hint)
	return false
}

// failAt reports a problem at an offset in bytes into a value.
func (d *decoder) failAt(n *tree.Node, offset int, rule, message, hint string) {
	p := n.Problem(rule, message, hint)
	if p.Line > 0 && offset > 0 && offset <= len(n.Text) && !strings.Contains(n.Text, "\n") {
		p.Col += utf8.RuneCountInString(n.Text[:offset])
		if n.Quoted {
			p.Col++
		}
	}
	d.problems.Add(p)
}

// quote shows hostile input shortened and without control characters.
func quote(s string) string { return strconv.Quote(clip(s)) }

// plain shows a number as it was written.
func plain(s string) string {
	if strings.Trim(s, "0123456789.eE+-%nuµmshdwkKMGTiB") != "" {
		return quote(s)
	}
	return clip(s)
}

// numeric reports whether s begins like a number.
func numeric(s string) bool { return s != "" && strings.IndexByte("+-.0123456789", s[0]) >= 0 }

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "..."
	}
	return s
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
