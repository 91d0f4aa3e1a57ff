package policies

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim"
)

// Param is a parameter of a policy, as `policies show` prints it.
type Param struct {
	Name    string // as in scenario files
	Type    string // bool, integer, number, text, list, duration, size or policy
	Default string // as scenario files write it; empty text and lists are ""
	Doc     string // one line

	value reflect.Value
	check string
}

// Params lists the parameters of c in the order of its fields, with c's values as defaults. Embedded structs count as
// if their fields were written out.
func Params(c Config) []Param { return appendParams(nil, reflect.ValueOf(c)) }

func appendParams(list []Param, v reflect.Value) []Param {
	eachField(v, func(name string, f reflect.StructField, v reflect.Value) {
		list = append(list, Param{
			Name: name, Type: typeName(f.Type), Default: text(v), Doc: f.Tag.Get("doc"),
			value: v, check: f.Tag.Get("check"),
		})
	})
	return list
}

// eachField visits the fields of a configuration that are parameters, in order, with the parameters' names.
func eachField(v reflect.Value, visit func(name string, f reflect.StructField, v reflect.Value)) {
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case f.Type.Kind() == reflect.Struct && (f.Anonymous && name == "" || strings.Contains(options, "inline")):
			eachField(v.Field(i), visit)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = strings.ToLower(f.Name)
		}
		visit(name, f, v.Field(i))
	}
}

// Bounds are what the parameter must be, for example "at least 1, at most 32" or "one of src, hash"; empty = nothing beyond
// Validate.
func (p *Param) Bounds() string { return bounds(p.check) }

// Check holds the parameters of c against the bounds of their tags and against its [Validator]. The error joins one
// line per violation, each beginning with the parameter's name.
func Check(c Config) error {
	var all []error
	for _, p := range Params(c) {
		known := len(all)
		for rule := range strings.SplitSeq(p.check, ",") {
			if err := p.holds(rule); err != nil {
				for line := range strings.SplitSeq(err.Error(), "\n") {
					all = append(all, fmt.Errorf("%s: %s", p.Name, line))
				}
			}
		}
		if len(all) == known {
			if err := p.representable(); err != nil {
				all = append(all, err)
			}
		}
	}
	if v, ok := c.(Validator); ok && all == nil {
		return v.Validate()
	}
	return errors.Join(all...)
}

// The greatest values of parameters without a bound of their own; scenario files have the same.
const (
	maxInteger = math.MaxInt32
	maxNumber  = 1e15
	maxTime    = 3650 * 24 * sim.Hour
)

// representable reports whether scenario files can have the value.
func (p *Param) representable() error {
	within := func(least, most float64, words string) error {
		if x := number(p.value); x >= least && x <= most {
			return nil
		}
		return fmt.Errorf("%s: must be %s, got %s", p.Name, words, p.Default)
	}
	switch p.Type {
	case "integer":
		return within(-maxInteger, maxInteger, fmt.Sprintf("at most %d", maxInteger))
	case "number":
		return within(0, maxNumber, fmt.Sprintf("from 0 to %g", maxNumber))
	case "duration":
		return within(0, maxTime.Seconds(), "from 0 to 3650d")
	case "size":
		return within(0, math.Inf(1), "at least 0")
	}
	return nil
}

// holds checks one rule of the check tag.
func (p *Param) holds(rule string) error {
	kind, limit, _ := strings.Cut(rule, "=")
	switch kind {
	case "min", "max":
		bound, err := strconv.ParseFloat(limit, 64)
		if x := number(p.value); err != nil || kind == "min" && !(x >= bound) || kind == "max" && !(x <= bound) {
			return fmt.Errorf("must be %s, got %s", bounds(rule), p.Default)
		}
	case "oneof":
		if !slices.Contains(strings.Split(limit, "|"), p.Default) {
			return fmt.Errorf("must be %s, got %.40q", bounds(rule), p.Default)
		}
	case "words":
		for word := range strings.FieldsSeq(p.Default) {
			if !slices.Contains(strings.Split(limit, "|"), word) {
				return fmt.Errorf("must be %s, got %.40q", bounds(rule), word)
			}
		}
	case "policy":
		inner := p.value.Interface().(Policy)
		if !Set(limit).holds(inner) {
			return fmt.Errorf("must be %s, got %.40q", bounds(rule), inner.Name)
		}
		return inner.check()
	}
	return nil
}

// bounds puts a check tag into words.
func bounds(check string) string {
	var words []string
	for rule := range strings.SplitSeq(check, ",") {
		kind, limit, _ := strings.Cut(rule, "=")
		switch kind {
		case "min":
			words = append(words, "at least "+limit)
		case "max":
			words = append(words, "at most "+limit)
		case "oneof":
			choices := strings.Split(limit, "|")
			for i, c := range choices {
				if c == "" {
					choices[i] = `""`
				}
			}
			words = append(words, "one of "+strings.Join(choices, ", "))
		case "words":
			words = append(words, "words out of "+strings.ReplaceAll(limit, "|", ", "))
		case "policy":
			words = append(words, Set(limit).String())
		}
	}
	return strings.Join(words, ", ")
}

var (
	timeType  = reflect.TypeFor[sim.Time]()
	bytesType = reflect.TypeFor[Bytes]()
	innerType = reflect.TypeFor[Policy]()
)

func typeName(t reflect.Type) string {
	switch {
	case t == timeType:
		return "duration"
	case t == bytesType:
		return "size"
	case t == innerType:
		return "policy"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.String:
		return "text"
	case reflect.Slice:
		return "list"
	}
	panic(fmt.Sprintf("policies: a parameter has type %s, which scenario files cannot write", t))
}

// number is the value that min and max limit; durations count in seconds, texts and lists by length.
func number(v reflect.Value) float64 {
	switch {
	case v.Type() == timeType:
		return sim.Time(v.Int()).Seconds()
	case v.CanInt():
		return float64(v.Int())
	case v.CanFloat():
		return v.Float()
	}
	return float64(v.Len())
}

func text(v reflect.Value) string {
	switch {
	case v.Type() == timeType:
		return duration(sim.Time(v.Int()))
	case v.Kind() == reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = fmt.Sprint(v.Index(i))
		}
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(v)
}

// duration writes t without the zero units that time.Duration appends: 30m, not 30m0s.
func duration(t sim.Time) string {
	s := t.String()
	if s == "0s" {
		return "0"
	}
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
