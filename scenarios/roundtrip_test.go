package scenarios

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"stickysim/scenarios/catalog"
	"stickysim/scenarios/internal/tree"
	"stickysim/sim/diag"
)

// rewritten is a scenario as programs write it that know nothing of scenarios: other quotes, other layout, keys in another
// order, without comments.
func rewritten(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	var value any
	if err := yaml.Load(text, &value); err != nil {
		t.Fatal(err)
	}
	dump := func(v any) []byte {
		out, err := yaml.Dump(v)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	asJSON, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{"sorted keys": dump(value), "JSON": asJSON}
	for name, change := range map[string]func(*yaml.Node){
		"flow style": func(n *yaml.Node) { n.Style = yaml.FlowStyle },
		"block style": func(n *yaml.Node) {
			if n.Style &^= yaml.FlowStyle; n.Tag == "!!str" {
				n.Style = yaml.SingleQuotedStyle
			}
		},
		"keys reversed": func(n *yaml.Node) {
			if n.Kind == yaml.MappingNode {
				slices.Reverse(n.Content)
				for i := 0; i+1 < len(n.Content); i += 2 {
					n.Content[i], n.Content[i+1] = n.Content[i+1], n.Content[i]
				}
			}
		},
	} {
		if name == "keys reversed" { // an anchor must stay before its aliases
			var plain yaml.Node
			if err := yaml.Load(asJSON, &plain); err != nil {
				t.Fatal(err)
			}
			everyNode(&plain, change)
			out[name] = dump(&plain)
			continue
		}
		var n yaml.Node
		if err := yaml.Load(text, &n); err != nil {
			t.Fatal(err)
		}
		everyNode(&n, change)
		out[name] = dump(&n)
	}
	return out
}

func everyNode(n *yaml.Node, change func(*yaml.Node)) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	change(n)
	for _, c := range n.Content {
		everyNode(c, change)
	}
}

// Another program may read a scenario and write it again: it remains the same study, and its warnings are about the same
// fields.
func TestRewrittenByOthers(t *testing.T) {
	t.Parallel()
	texts := map[string][]byte{"contract": []byte(contract), "interwoven": []byte(interwoven)}
	for _, name := range builtin() {
		text, err := fs.ReadFile(catalog.Files, name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	for name, text := range texts {
		var files fs.FS = catalog.Files
		if name == "contract" {
			files = logs()
		}
		builtFrom := func(text []byte) Built {
			spec, err := Parse("test.yaml", text)
			if err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, text)
			}
			return Build(spec, files)
		}
		want := builtFrom(text)
		if want.Study == nil || slices.ContainsFunc(want.Problems, func(p diag.Problem) bool { return p.Rule == "split-value" || p.Rule == tree.Ambiguous.Name }) {
			t.Errorf("%s is not standard YAML: %v", name, want.Problems)
		}
		for how, text := range rewritten(t, text) {
			if got := builtFrom(text); !reflect.DeepEqual(withoutFunctions(t, got), withoutFunctions(t, want)) {
				t.Errorf("%s, %s: another study: %v\n%s", name, how, got.Problems, text)
			}
		}
	}
}

// What YAML programs read differently is read as it is written, with a warning that says what to write.
func TestSpellingWarnings(t *testing.T) {
	t.Parallel()
	const head = "servers: {count: 1}\n"
	for _, c := range []struct{ text, path, hint string }{
		{head + "workload: [{population: nat, users: 1, think: lognormal(mean=1s, cv=2), service: 1ms}]\n", "workload[0].think", "write lognormal(mean=1s cv=2)"},
		{head + "workload: [{population: nat, sessions: flash(poisson(1/s), at=1m, for=1m)}]\n", "workload[0].sessions", "write flash(poisson(1/s) at=1m for=1m)"},
		{head + "workload: [{population: nat, users: 1, name: Q1 (new, paid)}]\n", "workload[0].name", `write "Q1 (new, paid)" with its quotes`},
		{head + "workload: [{population: nat, users: 1, name: 1.10}]\n", "workload[0].name", `quote it: "1.10"`},
		{head + "name: 12:30\nworkload: [{population: nat, users: 1}]\n", "name", `quote it: "12:30"`},
		{head + "name: yes\nworkload: [{population: nat, users: 1}]\n", "name", `quote it: "yes"`},
		{head + "workload: [{population: nat, users: 010}]\n", "workload[0].users", "write 10"},
		{"servers: {count: 1, options: {010: a}}\nworkload: [{population: nat, users: 1}]\n", "servers.options.010", "quote it"},
	} {
		spec, err := Parse("test.yaml", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		b := Build(spec, nil)
		if b.Study == nil || len(b.Problems) != 1 || b.Problems[0].Path != c.path || b.Problems[0].Hint != c.hint || b.Problems[0].Line == 0 {
			t.Errorf("%sgives %v, want one warning about %s with the hint %s", c.text, b.Problems, c.path, c.hint)
		} else if w := b.Study.Warnings; len(w) != 1 || w[0].Place != c.path {
			t.Errorf("%s: the warnings of the study are %v", c.text, w)
		}
	}
	for _, text := range []string{"servers: {count: 4.0, cores: 1e1, backup: True}\nworkload: [{population: nat, users: 1, name: \"1.10\"}]\n"} {
		if b := build(t, text); len(b.Problems) > 0 || len(b.Study.Variants[0].Model.Servers) != 4 || b.Study.Variants[0].Model.Servers[0].Cores != 10 {
			t.Errorf("%s gives %v", text, b.Problems)
		}
	}
}

// YAML 1.1 programs take the key on for true, and write that.
func TestOnIsReadAsTrue(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"on", `"on"`, "true"} {
		b := build(t, "servers: {count: 1}\nworkload: [{population: nat, users: 1}]\npolicies: [random, round-robin]\nobjectives:\n  - that: latency.p95 < 1s\n    "+key+": [random]\n")
		if len(b.Problems) > 0 || !slices.Equal(b.Study.Objectives[0].On, []string{"random"}) {
			t.Errorf("%s: %v, judged on %q", key, b.Problems, b.Study.Objectives[0].On)
		}
	}
}

// No word of the language is another value to some YAML program.
func TestWordsAreText(t *testing.T) {
	t.Parallel()
	var words func(s any)
	words = func(s any) {
		switch s := s.(type) {
		case map[string]any:
			for key, v := range s {
				if p, ok := v.(map[string]any); ok && key == "properties" {
					for name := range p {
						if !tree.Stable(name) && name != "on" { // which is read in either form
							t.Errorf("the key %q is not text to every YAML program", name)
						}
					}
				}
				if text, ok := v.(string); ok && key == "const" && !tree.Stable(text) {
					t.Errorf("the word %q is not text to every YAML program", text)
				}
				if list, ok := v.([]any); ok && key == "enum" {
					for _, item := range list {
						if text, ok := item.(string); ok && !tree.Stable(text) {
							t.Errorf("the word %q is not text to every YAML program", text)
						}
					}
				}
				words(v)
			}
		case []any:
			for _, v := range s {
				words(v)
			}
		}
	}
	var s any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	words(s)
}
