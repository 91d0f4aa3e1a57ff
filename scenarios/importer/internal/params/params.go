// Package params sets parameters of policies by name, so that an importer need not import the policies of every
// product that its files can ask for.
//
// Floor 5.
package params

import (
	"fmt"
	"reflect"
	"strings"

	"stickysim/policies"
)

// Setting is a parameter by its name in scenario files. Value has the field's own type.
type Setting struct {
	Name  string
	Value any
}

// Of returns the defaults of the named policy with settings applied; nil when the policy is not part of the program.
func Of(policy string, settings ...Setting) policies.Config {
	e, ok := policies.Lookup(policy)
	if !ok {
		return nil
	}
	return With(e.Default, settings...)
}

// With returns a copy of c with settings applied. A setting that c does not have, or of another type, is a programming
// error and panics.
func With(c policies.Config, settings ...Setting) policies.Config {
	v := writable(c)
	for _, s := range settings {
		field := byName(v, s.Name)
		if !field.IsValid() {
			panic(fmt.Sprintf("params: %T has no parameter %s", c, s.Name))
		}
		field.Set(reflect.ValueOf(s.Value))
	}
	return v.Interface().(policies.Config)
}

// Try is With for values that a configuration gives: where the policy does not take one of them, it returns c as it was,
// and an error that names the parameter.
func Try(c policies.Config, settings ...Setting) (policies.Config, error) {
	asked := With(c, settings...)
	if err := policies.Check(asked); err != nil {
		return c, err
	}
	return asked, nil
}

// Embed returns a copy of c whose embedded struct of the type of part is part, such as the retry settings that all
// policies of a product share. It panics where c embeds no such struct.
func Embed(c policies.Config, part any) policies.Config {
	v := writable(c)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Anonymous && f.Type == reflect.TypeOf(part) {
			v.Field(i).Set(reflect.ValueOf(part))
			return v.Interface().(policies.Config)
		}
	}
	panic(fmt.Sprintf("params: %T does not embed %T", c, part))
}

// writable is a copy of c whose fields can be set.
func writable(c policies.Config) reflect.Value {
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	return v
}

// byName finds a field by its yaml tag, those of embedded and inlined structs included.
func byName(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Type.Kind() == reflect.Struct && (f.Anonymous && tag == "" || strings.Contains(options, "inline")) {
			if x := byName(v.Field(i), name); x.IsValid() {
				return x
			}
		} else if tag == name && f.IsExported() {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
