package resultjson

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// SchemaName is the file name that `stickysim schema --result` suggests.
const SchemaName = "stickysim-result.schema.json"

// schema is a JSON Schema, or a part of one.
type schema map[string]any

// described is a type with a schema of its own, because its JSON is not that of its fields.
type described interface{ schema(*definitions) schema }

var describedType = reflect.TypeFor[described]()

// Schema returns the JSON Schema (draft 2020-12) of what Write writes, made from the types that Read reads. It is strict:
// a member that it does not name is an error, while Read skips such members.
func Schema() []byte {
	d := &definitions{types: schema{}}
	root := d.object(reflect.TypeFor[resultJSON]())
	root["properties"].(schema)["schema"] = schema{"const": experiment.Schema, "description": "version of this format"}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "urn:" + strings.ReplaceAll(experiment.Schema, "/", ":")
	root["title"] = "stickysim result"
	root["$defs"] = d.types
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // the schema holds only maps, lists and texts
	}
	return append(text, '\n')
}

// definitions collects the schemas of named objects, under the names of their types without "JSON".
type definitions struct{ types schema }

// of is the schema of a type's JSON.
func (d *definitions) of(t reflect.Type) schema {
	if t.Implements(describedType) {
		return reflect.Zero(t).Interface().(described).schema(d)
	}
	switch t.Kind() {
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Float64, reflect.Float32:
		return schema{"type": "number"}
	case reflect.Slice:
		return schema{"type": "array", "items": d.of(t.Elem())}
	case reflect.Struct:
		return d.reference(t)
	}
	return schema{"type": "integer"}
}

// reference refers to the schema of a struct and defines it, if it is not defined yet.
func (d *definitions) reference(t reflect.Type) schema {
	name := strings.TrimSuffix(t.Name(), "JSON")
	if _, known := d.types[name]; !known {
		d.types[name] = schema{}
		d.types[name] = d.object(t)
	}
	return schema{"$ref": "#/$defs/" + name}
}

// object is the schema of a struct.
func (d *definitions) object(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	d.members(t, properties, &required, true)
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// members adds the fields of a struct. Those of an embedded pointer come together or not at all, and none is required.
func (d *definitions) members(t reflect.Type, properties schema, required *[]string, always bool) {
	for f := range fields(t) {
		if f.Anonymous {
			d.members(f.Type.Elem(), properties, required, false)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		s := d.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			s["description"] = doc
		}
		properties[name] = s
		if always && options != "omitempty" {
			*required = append(*required, name)
		}
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func (number) schema(*definitions) schema { return schema{"type": []string{"number", "null"}} }

func (numbers) schema(d *definitions) schema {
	return schema{"type": "array", "items": number(0).schema(d)}
}

// schema names the registered metrics: those of the whole one by one, those with a label by patterns.
func (metricsJSON) schema(d *definitions) schema {
	whole, labelled := schema{}, schema{}
	for _, f := range metric.All() {
		s := d.reference(reflect.TypeFor[estimateJSON]())
		s["description"] = f.Short
		if !f.OnlyParts {
			whole[f.Name] = s
		}
		for _, label := range f.Labels {
			value := ".*" // only the scenario knows
			if names := label.Names(); len(names) > 0 {
				value = "(" + strings.ReplaceAll(regexp.QuoteMeta(strings.Join(names, " ")), " ", "|") + ")"
			}
			labelled["^"+regexp.QuoteMeta(f.Name+"{"+label.Name+"=")+value+`\}$`] = s
		}
	}
	return schema{"type": "object", "properties": whole, "patternProperties": labelled, "additionalProperties": false}
}

func (serverJSON) schema(d *definitions) schema {
	return d.define("server", func(properties schema) {
		properties["name"] = schema{"type": "string", "description": "of a rank: rank 1; otherwise as in the scenario"}
		properties["rank"] = schema{"type": "integer", "description": "by utilization in each replication, the hottest is 1; 0: a server by name"}
		properties["zone"] = schema{"type": "integer", "description": "availability zone, from 0; -1: a rank"}
		for _, f := range metric.ServerFigures() {
			s := d.of(reflect.TypeFor[estimateJSON]())
			s["description"] = f.Short + ", in " + f.Unit
			properties[f.Name] = s
		}
	})
}

func (firstJSON) schema(d *definitions) schema {
	return d.define("first", func(properties schema) {
		properties["name"] = schema{"type": "string", "description": "as in the scenario"}
		properties["zone"] = schema{"type": "integer", "description": "availability zone, from 0"}
		properties["rank"] = schema{"type": "integer", "description": "that it fills most of, the hottest is 1; 0: it had no capacity, or is a small part of one"}
		for _, f := range metric.ServerFigures() {
			s := number(0).schema(d)
			s["description"] = f.Short + ", in " + f.Unit
			properties[f.Name] = s
		}
		s := numbers(nil).schema(d)
		s["description"] = "on the grid of the series; empty in large fleets"
		properties[overTime] = s
	})
}

func (seriesJSON) schema(d *definitions) schema {
	return d.define("series", func(properties schema) {
		properties["step"] = schema{"type": "number", "description": "seconds between two points"}
		properties["points"] = schema{"type": "integer", "description": "number of points"}
		properties["ranks"] = schema{"type": "integer", "description": "number of ranks; the servers are ranked anew at every point, by their utilization in the step"}
		properties["names"] = schema{"type": "array", "items": schema{"type": "string"}, "description": "of the servers that the timeline names, whose rows follow those of the ranks"}
		for _, h := range metric.AllSeries() {
			s := numbers(nil).schema(d)
			s["description"] = h.Short + ", " + h.Sampled + ", in " + h.Unit
			if h.PerServer {
				s["description"] = "per rank, then per named server: " + h.Short + ", " + h.Sampled + ", in " + h.Unit
			}
			properties[h.Name] = s
		}
	})
}

// define makes a named object of which every property is required, and refers to it.
func (d *definitions) define(name string, fill func(properties schema)) schema {
	if _, known := d.types[name]; !known {
		properties := schema{}
		d.types[name] = schema{}
		fill(properties)
		d.types[name] = schema{"type": "object", "properties": properties, "required": slices.Sorted(maps.Keys(properties)), "additionalProperties": false}
	}
	return schema{"$ref": "#/$defs/" + name}
}
