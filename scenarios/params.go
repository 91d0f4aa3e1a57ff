package scenarios

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stickysim/policies"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

var (
	timeType  = reflect.TypeFor[sim.Time]()
	bytesType = reflect.TypeFor[policies.Bytes]()
	innerType = reflect.TypeFor[policies.Policy]()
)

// paramsOf is the table of a policy's parameters, made from the tags of its configuration as policies.Params reads
// them. Bounds are left to policies.Check.
func paramsOf(t reflect.Type) object[reflect.Value] {
	var o object[reflect.Value]
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case f.Type.Kind() == reflect.Struct && (f.Anonymous && key == "" || strings.Contains(options, "inline")):
			o = append(o, within(paramsOf(f.Type), func(v *reflect.Value) *reflect.Value {
				inner := v.Field(i)
				return &inner
			})...)
			continue
		case !f.IsExported() || key == "-":
			continue
		case key == "":
			key = strings.ToLower(f.Name)
		}
		k := paramKind(f.Type, f.Tag.Get("check"))
		o = append(o, field[reflect.Value]{key: key, doc: f.Tag.Get("doc"), schema: k.schema, read: func(d *decoder, n *tree.Node, v *reflect.Value) {
			if got, ok := k.read(d, n); ok {
				v.Field(i).Set(got)
			}
		}, held: func(v *reflect.Value) any { return k.written(v.Field(i)) }})
	}
	return o
}

// paramKind is what may be written for a parameter of type t.
func paramKind(t reflect.Type, check string) kind[reflect.Value] {
	switch {
	case t == timeType:
		return converted(span(0), t)
	case t == bytesType:
		return converted(looseSize(), t)
	case t == innerType:
		set, ok := policies.SetOf(check)
		if !ok {
			panic("scenarios: a parameter that is a policy has no check:\"policy=SET\"")
		}
		return converted(innerPolicy(set), t)
	}
	switch t.Kind() {
	case reflect.Bool:
		return converted(truth(), t)
	case reflect.Int:
		return converted(integer(math.MinInt32, math.MaxInt32), t)
	case reflect.Float64:
		return converted(share(0, 1e15), t)
	case reflect.String:
		if _, words, ok := strings.Cut(check, "oneof="); ok {
			words, _, _ = strings.Cut(words, ",")
			known := strings.Split(words, "|")
			return converted(choice(known, known...), t)
		}
		return converted(text(maxText).shown(func(v string) any { return v }), t)
	case reflect.Slice:
		return converted(list(text(maxText), 0, 1000).shown(func(v []string) any { return append([]string{}, v...) }), t)
	}
	panic("scenarios: policy parameters of type " + t.String() + " are not understood")
}

// converted is a kind whose value becomes one of type t.
func converted[V any](k kind[V], t reflect.Type) kind[reflect.Value] {
	return kind[reflect.Value]{schema: k.schema, read: func(d *decoder, n *tree.Node) (reflect.Value, bool) {
		v, ok := k.read(d, n)
		if !ok {
			return reflect.Value{}, false
		}
		return reflect.ValueOf(v).Convert(t), true
	}}.shown(func(v reflect.Value) any { return k.written(v.Convert(reflect.TypeFor[V]()).Interface().(V)) })
}

// looseSize is a size as balancer configurations write it: 50KiB, but also 1m, 10k or a plain number of bytes.
func looseSize() kind[float64] {
	strict := size()
	s := func() schema {
		return schema{"type": []string{"string", "integer"}, "minimum": 0, "pattern": `^[0-9]+[kKmMgG]$|` + sizePattern}
	}
	return kind[float64]{schema: s, read: func(d *decoder, n *tree.Node) (float64, bool) {
		digits, unit := strings.TrimRight(n.Text, "kKmMgG"), float64(1)
		if i := slices.Index([]string{"k", "m", "g"}, strings.ToLower(n.Text[len(digits):])); i >= 0 {
			unit = float64(int64(1) << (10 * (i + 1)))
		}
		v, err := strconv.ParseUint(digits, 10, 40)
		if n.Kind != tree.Scalar || err != nil || len(n.Text)-len(digits) > 1 {
			return strict.read(d, n)
		}
		return float64(v) * unit, true
	}}.shown(func(v float64) any { return int64(v) })
}
