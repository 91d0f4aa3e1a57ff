package scenarios

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"stickysim/scenarios/catalog"
	"stickysim/workloads"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	return compiled(t, SchemaName, Schema())
}

func compiled(t *testing.T, name string, text []byte) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, plainJSON(t, text)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func plainJSON(t *testing.T, text []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// asJSON is a scenario as a program reads it that knows nothing of scenarios.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Load(text, &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	plain, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return plainJSON(t, plain)
}

func TestSchemaTakesCatalog(t *testing.T) {
	t.Parallel()
	s := compiledSchema(t)
	for _, name := range builtin() {
		text, err := fs.ReadFile(catalog.Files, name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Validate(asJSON(t, []byte(contract))); err != nil {
		t.Errorf("the example of the documentation: %v", err)
	}
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```yaml\n")
	front, _, _ := strings.Cut(after, "```")
	if err := s.Validate(asJSON(t, []byte(front))); err != nil {
		t.Errorf("the scenario of the front page: %v", err)
	}
}

// What the decoder refuses for its shape, the schema refuses, too.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	s := compiledSchema(t)
	n := 0
	for _, c := range bad {
		if !c.schema {
			continue
		}
		n++
		if s.Validate(asJSON(t, []byte(c.text))) == nil {
			t.Errorf("%s: the schema takes\n%s", c.name, c.text)
		}
	}
	if n < 12 {
		t.Errorf("only %d examples are held against the schema", n)
	}
}

func TestSchemaIsStable(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(Schema(), Schema()) {
		t.Error("two calls give different bytes")
	}
}

// Whatever is registered can be written, and the schema takes it.
func TestSchemaTakesRegistries(t *testing.T) {
	t.Parallel()
	s := compiledSchema(t)
	takes := func(entry string) {
		t.Helper()
		text := []byte("servers: {count: 1}\nworkload:\n  - " + entry + "\n")
		spec, err := Parse("", text)
		if err != nil {
			t.Fatal(err)
		}
		b := Build(spec, fstest.MapFS{"arrivals.csv": {Data: []byte("1\n2\n")}})
		if err := b.Problems.Err(); err != nil {
			t.Error(entry, err)
		}
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Error(entry, err)
		}
	}
	for _, name := range workloads.Names() {
		takes("{population: " + name + ", users: 1, think: 1s, service: 1ms}")
	}
	for _, p := range workloads.Processes() {
		for _, example := range p.Examples {
			takes(`{population: casual, sessions: "` + example + `"}`)
		}
	}
}

// Editors show what a field means and what holds without it.
func TestSchemaExplainsFields(t *testing.T) {
	t.Parallel()
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	if root["$id"] != SchemaID || !strings.HasSuffix(SchemaID, ":"+strconv.Itoa(defaultHeader.version)) {
		t.Errorf("the schema is called %v", root["$id"])
	}
	fields := 0
	var walk func(path string, s any, own bool)
	walk = func(path string, s any, own bool) {
		switch s := s.(type) {
		case []any:
			for _, v := range s {
				walk(path, v, own)
			}
		case map[string]any:
			required, _ := s["required"].([]any)
			properties, _ := s["properties"].(map[string]any)
			for name, p := range properties {
				at, p := path+"."+name, p.(map[string]any)
				fields++
				doc, _ := p["description"].(string)
				if doc == "" {
					t.Errorf("%s has no description", at)
				}
				_, def := p["default"]
				said := def || strings.Contains(strings.ToLower(doc), "default") || strings.Contains(doc, "; this") || strings.Contains(doc, "; needed")
				whole := p["properties"] != nil || p["$ref"] != nil || p["then"] != nil
				if own && !said && !whole && !slices.Contains(required, any(name)) {
					t.Errorf("%s does not say its default: %s", at, doc)
				}
			}
			for key, v := range s {
				switch key {
				case "properties":
					for name, p := range properties {
						walk(path+"."+name, p, own && name != "new_servers")
					}
				case "if":
				case "$defs":
					for name, d := range v.(map[string]any) {
						walk("$defs."+name, d, name != "alternative")
					}
				default:
					walk(path, v, own)
				}
			}
		}
	}
	walk("", root, true)
	if fields < 500 {
		t.Errorf("only %d fields", fields)
	}
}
