package importer_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// field is a key of a product's schema, with those below it in order. One without any is a value.
type field struct {
	name   string   // of a list with "[]" behind it
	api    string   // of the topmost: the version of its API
	values []string // that the schema allows; empty: any
	below  []*field
}

// fieldsOf reads a file of testdata/schemas whose lines are indented as the keys are nested.
func fieldsOf(t *testing.T, file string) []*field {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := []*field{{}}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		text := strings.TrimLeft(line, " ")
		depth := len(line) - len(text)
		name, values, _ := strings.Cut(strings.TrimSpace(text), " = ")
		f := &field{name: name}
		f.name, f.api, _ = strings.Cut(name, " ")
		if values != "" {
			f.values = strings.Split(values, "|")
		}
		at[depth].below = append(at[depth].below, f)
		at = append(at[:depth+1], f)
	}
	return at[0].below
}

// inventedKey is a key that no schema has.
const inventedKey = "inventedKey"

// leaves calls found with the path to each value below f, which begins with f, and to an invented one in each object that has fields.
func (f *field) leaves(path []*field, found func(path []*field)) {
	path = append(slices.Clone(path), f)
	if len(f.below) == 0 {
		found(path)
		return
	}
	for _, x := range f.below {
		x.leaves(path, found)
	}
	if f.below[0].name != "*" {
		found(append(path, &field{name: inventedKey}))
	}
}

// page is a configuration while it is written, line by line. The field under test has the lines of its keys noted.
type page struct {
	hcl   bool
	maps  bool // nested objects of HCL are values, not blocks
	lines []string
	keys  []int // lines of the keys that lead to the field, from 1
}

func (p *page) add(depth int, text string) {
	p.lines = append(p.lines, strings.Repeat("  ", depth)+text)
}

// object writes the keys of one object: the one that leads to a field, and its companions. at is the object's own path.
func (p *page) object(depth int, at string, path []*field, value string, with []companion) {
	next := path[0]
	name := strings.TrimSuffix(next.name, "[]")
	for _, c := range with {
		if c.at == at && c.key == name && len(path) == 1 && len(next.values) == 0 && value == anything {
			value = c.value
		}
		if c.at == at && c.key != name && !leadsThrough(path, c.unless) && (len(c.with) == 0 || leadsThrough(path, c.with)) {
			p.write(depth, c.key, c.value)
		}
	}
	if name != "*" || len(path) > 1 { // a key that a user chooses is part of what it is in
		p.keys = append(p.keys, len(p.lines)+1)
	}
	list := strings.HasSuffix(next.name, "[]")
	if name == "*" {
		name = "x"
	}
	below := strings.TrimSpace(at + " " + strings.ReplaceAll(next.name, "[]", ""))
	switch {
	case len(path) == 1 && list:
		p.write(depth, name, "["+value+"]")
	case len(path) == 1:
		p.write(depth, name, value)
	case p.hcl:
		open, end := " {", "}"
		if p.maps && list {
			open, end = " = [{", "}]"
		} else if p.maps {
			open = " = {"
		}
		p.add(depth, name+open)
		p.object(depth+1, below, path[1:], value, with)
		p.add(depth, end)
	case list:
		p.add(depth, name+":")
		p.add(depth, "-")
		p.keys = append(p.keys, len(p.lines)+1) // where the parser says that the item is
		p.object(depth+1, below, path[1:], value, with)
	default:
		p.add(depth, name+":")
		p.object(depth+1, below, path[1:], value, with)
	}
}

// leadsThrough reports whether a path has one of the keys.
func leadsThrough(path []*field, keys []string) bool {
	return slices.ContainsFunc(path, func(f *field) bool { return slices.Contains(keys, strings.TrimSuffix(f.name, "[]")) })
}

func (p *page) write(depth int, key, value string) {
	switch {
	case p.hcl && !p.maps && strings.HasPrefix(value, "{"):
		p.add(depth, key+" "+value)
	case p.hcl:
		p.add(depth, key+" = "+value)
	default:
		p.add(depth, key+": "+value)
	}
}

// anything is a value of a field whose values the schema does not list.
const anything = `"1"`

// companion is a key that stands beside a field, because it decides whether the field has a meaning.
type companion struct {
	at, key, value string
	unless, with   []string // it stands there unless the path to the field leads through one of these keys; only where it leads through one of those
}

// companions reads lines "a b key = value" for objects a b, or "a b key = value unless c d", or "a b key = value with e f".
func companions(text string) (list []companion) {
	for line := range strings.Lines(text) {
		line, with, _ := strings.Cut(strings.TrimSpace(line), " with ")
		line, unless, _ := strings.Cut(line, " unless ")
		path, value, ok := strings.Cut(line, " = ")
		if !ok {
			continue
		}
		at, key := "", path
		if i := strings.LastIndexByte(path, ' '); i >= 0 {
			at, key = path[:i], path[i+1:]
		}
		list = append(list, companion{at, key, value, strings.Fields(unless), strings.Fields(with)})
	}
	return list
}

// outcome is what became of a field: the drawer of the remark on it or, where there is none, on what it is part of.
type outcome struct {
	drawer ir.Drawer
	text   string
	wrong  string // why it is not good enough
}

// outcomeOf imports a page.
func (p *page) outcomeOf(product, name string) (o outcome) {
	c, err := importer.Import(importer.File(name, []byte(strings.Join(p.lines, "\n")+"\n")), product, name)
	if err != nil {
		return outcome{wrong: err.Error()}
	}
	found := false
	for i := len(p.keys) - 1; i >= 0 && !found; i-- {
		for _, r := range c.Remarks {
			if r.Line != p.keys[i] || i < len(p.keys)-1 && r.Drawer != ir.Harmless && r.Drawer != ir.NotCarried || found && r.Drawer <= o.drawer {
				continue
			}
			o, found = outcome{drawer: r.Drawer, text: r.Text}, true
		}
	}
	for _, r := range c.Remarks {
		if strings.Contains(r.Text, "not understood") || strings.Contains(r.Text, "not known") || strings.Contains(r.Text, "of no known kind") {
			o.wrong = r.Text
			break
		}
	}
	if !found && o.wrong == "" {
		o.wrong = "no remark says what became of it"
	}
	return o
}

// tally imports a page for every field and counts what became of them. write makes the page.
func tally(t *testing.T, root *field, product, file string, write func(path []*field, value string) *page) {
	var counts [4]int
	root.leaves(nil, func(path []*field) {
		last := path[len(path)-1]
		values := last.values
		if len(values) == 0 {
			values = []string{anything}
		}
		for i, value := range values {
			o := write(path[1:], value).outcomeOf(product, file)
			switch {
			case last.name == inventedKey && o.wrong == "" && o.drawer != ir.NotCarried && o.drawer != ir.Harmless:
				t.Errorf("%s: %s, although no schema has it", spelled(path), o.text)
			case last.name == inventedKey && !strings.Contains(o.wrong, "not understood") && o.wrong != "":
				t.Errorf("%s: %s", spelled(path), o.wrong)
			case last.name == inventedKey:
				continue
			case o.wrong != "":
				t.Errorf("%s = %s: %s", spelled(path), value, o.wrong)
			}
			if i == 0 && last.name != inventedKey {
				counts[o.drawer]++
			}
		}
	})
	t.Logf("%s: translated %d, harmless %d, assumed %d, not carried over %d", root.name, counts[ir.Translated], counts[ir.Harmless], counts[ir.Assumed], counts[ir.NotCarried])
}

func spelled(path []*field) string {
	var s []string
	for _, f := range path {
		s = append(s, f.name)
	}
	return strings.Join(s, " ")
}
