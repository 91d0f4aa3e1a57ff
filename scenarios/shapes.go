package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/workloads"
)

// Schemas that are made from others. They branch by the type or the keys of a value, and not by what fits: an editor's
// message is then about the one branch that is meant.

// Patterns of small languages.
const (
	momentPattern  = `^-?(0|([0-9]*\.?[0-9]+(e[+-]?[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d|w))+)$`
	spanPattern    = `^(0|([0-9]*\.?[0-9]+(e[+-]?[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d|w))+)$`
	sizePattern    = `^(0|([0-9]*\.?[0-9]+(e[+-]?[0-9]+)?[kKMGT]?i?B)+)$`
	percentPattern = `^[0-9]*\.?[0-9]+%$`
)

func oneText(pattern string) shape {
	return func() schema {
		return schema{"type": []string{"string", "integer"}, "pattern": pattern, "minimum": 0, "maximum": 0}
	}
}

// made is the shape of a schema that is already there.
func made(s schema) shape { return func() schema { return s } }

// either is one schema for values of a type, and another for all others: an editor's message is about the right one.
func either(typ string, then, otherwise shape) shape {
	return func() schema {
		return schema{"if": schema{"type": typ}, "then": then(), "else": otherwise()}
	}
}

// worded is a schema that a word meets, too.
func worded(s schema, word string) schema {
	types, ok := s["type"].([]string)
	switch {
	case s["if"] != nil || s["type"] == "object":
		return either("string", made(schema{"enum": []string{word}}), made(s))()
	case s["enum"] != nil:
		return schema{"enum": append([]string{word}, s["enum"].([]string)...)}
	case !ok:
		types = []string{s["type"].(string)}
	}
	out := schema{}
	maps.Copy(out, s)
	pattern, limited := s["pattern"].(string)
	switch {
	case !slices.Contains(types, "string"):
		out["type"], out["pattern"] = append([]string{"string"}, types...), "^"+word+"$"
	case limited:
		out["pattern"] = "^" + word + "$|" + pattern
	}
	examples, _ := s["examples"].([]string)
	out["examples"] = append([]string{word}, examples...)
	return out
}

// byDefault adds the default of a field, nil for none, unless its description says it.
func byDefault(s schema, v any) {
	if v != nil {
		s["default"] = v
	} else if doc := s["description"].(string); !strings.Contains(strings.ToLower(doc), "default") {
		s["description"] = doc + "; default: none"
	}
}

// keyed is one schema for mappings with a key, and another for all other values.
func keyed(key string, then, otherwise schema) schema {
	return schema{"if": schema{"type": "object", "required": []string{key}}, "then": then, "else": otherwise}
}

// byClass is the schema of settings of a population, whose defaults depend on its class.
func byClass(o object[sim.Population]) shape {
	return func() schema { return withDefaults(o) }
}

func withDefaults(o object[sim.Population]) schema {
	s := o.schema(nil)
	for _, f := range o {
		if f.held == nil {
			continue
		}
		var values []any
		var of []string // the classes of each value
		for _, name := range workloads.Names() {
			c, _ := workloads.Lookup(name)
			v := f.held(&c.Defaults)
			if i := slices.Index(values, v); i >= 0 {
				of[i] += ", " + name
			} else {
				values, of = append(values, v), append(of, name)
			}
		}
		p := s["properties"].(schema)[f.key].(schema)
		if len(values) == 1 {
			byDefault(p, values[0])
			continue
		}
		for i, v := range values {
			if v == nil {
				v = "none"
			}
			values[i] = fmt.Sprintf("%v (%s)", v, of[i])
		}
		p["description"] = fmt.Sprintf("%s. Default by class: %s", p["description"], joined(values))
	}
	return s
}

func joined(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, "; ")
}

// anything matches the keys that hold what the user likes, and the merge key, which not every program follows.
func anything() schema { return schema{"^(x-|<<$)": schema{}} }

func described(s schema, doc string) schema {
	out := schema{"description": doc}
	for k, v := range s {
		out[k] = v
	}
	return out
}

// part is a schema for a value that overrides a part of another: no field is required, and none has a default.
func part(s schema) schema {
	out := schema{}
	for key, v := range s {
		switch v := v.(type) {
		case schema:
			if key == "properties" {
				out[key] = parts(v)
			} else {
				out[key] = part(v)
			}
		default:
			if key != "required" && key != "default" {
				out[key] = v
			}
		}
	}
	return out
}

// parts is part of every schema of a mapping of properties.
func parts(properties schema) schema {
	out := schema{}
	for key, v := range properties {
		out[key] = part(v.(schema))
	}
	return out
}
