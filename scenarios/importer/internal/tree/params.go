package tree

import (
	"reflect"
	"strings"

	"stickysim/policies"
)

// Setting is a parameter of a policy by its name in scenario files. Value has the field's own type.
type Setting struct {
	Name  string
	Value any
}

// Params returns the named policy's defaults with settings applied; nil when the policy is not part of the program.
// Importers that set parameters of other products' policies go by name, so that they need not import them. A setting
// the policy does not have, or of another type, is a programming error and panics.
func Params(policy string, settings ...Setting) policies.Config {
	e, ok := policies.Lookup(policy)
	if !ok {
		return nil
	}
	config := reflect.New(reflect.TypeOf(e.Default)).Elem()
	config.Set(reflect.ValueOf(e.Default))
	for _, s := range settings {
		field := byName(config, s.Name)
		if !field.IsValid() {
			panic("tree: policy " + policy + " has no parameter " + s.Name)
		}
		field.Set(reflect.ValueOf(s.Value))
	}
	return config.Interface().(policies.Config)
}

// byName finds a field by its yaml tag, embedded structs included.
func byName(v reflect.Value, name string) reflect.Value {
	for _, f := range reflect.VisibleFields(v.Type()) {
		if tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); tag == name && f.IsExported() {
			return v.FieldByIndex(f.Index)
		}
	}
	return reflect.Value{}
}
