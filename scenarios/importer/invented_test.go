package importer_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// inventors write a name that no product has into a configuration, below a line that opens a block, in the words of a format.
// They return "" where none fits. next is the line that follows.
var inventors = []struct {
	opens  *regexp.Regexp
	invent func(n int, line, next string) string
}{
	{regexp.MustCompile(`^\s*("[^"]*"\s*:\s*)?\{\s*$`), func(n int, _, next string) string { // JSON
		if !strings.Contains(next, `"`) {
			return ""
		}
		return fmt.Sprintf(`"inventedThing%d": 1,`, n)
	}},
	{regexp.MustCompile(`^\s*(- )?[^#"'{}]*:\s*$`), func(n int, _, next string) string { // YAML
		if strings.HasPrefix(strings.TrimSpace(next), "- ") {
			return ""
		}
		return fmt.Sprintf("inventedThing%d: 1", n)
	}},
	{regexp.MustCompile(`^\s*- [^#"'{}]+: \S`), func(n int, line, next string) string { // a map in a list of YAML
		if depth(next) != 2*(len(line)-len(strings.TrimLeft(line, " "))+2) {
			return ""
		}
		return fmt.Sprintf("inventedThing%d: 1", n)
	}},
	{regexp.MustCompile(`^[^#]*\w[^#]*\{\s*$`), func(n int, _, _ string) string { return fmt.Sprintf("invented_thing%d 1;", n) }},                             // nginx
	{regexp.MustCompile(`^(frontend|backend|listen|defaults|global)\b`), func(n int, _, _ string) string { return fmt.Sprintf("    invented-thing%d 1", n) }}, // HAProxy
	{regexp.MustCompile(`^\s*<[A-Z][^/]*>\s*$`), func(n int, _, _ string) string { return fmt.Sprintf("InventedThing%d 1", n) }},                              // Apache
	{regexp.MustCompile(`^\s*\[+[\w.]+\]+\s*$`), func(n int, _, _ string) string { return fmt.Sprintf("inventedThing%d = 1", n) }},                            // TOML
}

// dialects are products whose blocks open like those of nginx, and whose statements look otherwise.
var dialects = map[string]string{"caddy": "invented_thing%d 1", "terraform": "invented_thing%d = 1", "lighttpd": "invented.thing%d = 1"}

// invented are the lines that a name was written into, from 1.
type invented struct {
	text  string
	lines []int
}

// invent writes invented names into a configuration, at every level.
func invent(product string, data []byte) invented {
	lines := strings.Split(string(data), "\n")
	var out []string
	var at []int
	for i, line := range lines {
		out = append(out, line)
		next := ""
		for _, l := range lines[i+1:] {
			if text := strings.TrimSpace(l); text != "" && !strings.HasPrefix(text, "#") {
				next = l
				break
			}
		}
		for _, f := range inventors {
			if !f.opens.MatchString(line) || depth(next) < depth(line) {
				continue
			}
			text := f.invent(len(at)+1, line, next)
			if dialect, ok := dialects[product]; ok && strings.HasPrefix(text, "invented_thing") {
				text = fmt.Sprintf(dialect, len(at)+1)
			}
			if text != "" {
				indent := next[:len(next)-len(strings.TrimLeft(next, " \t"))]
				out = append(out, indent+strings.TrimLeft(text, " "))
				at = append(at, len(out))
			}
			break
		}
	}
	return invented{strings.Join(out, "\n"), at}
}

// Names that no product has are not understood, wherever they stand, and never harmless.
func TestInventedNamesAreNotUnderstood(t *testing.T) {
	tried := map[string]int{}
	samples(t, func(product, file string, data []byte) {
		data, _, _ = bytes.Cut(data, []byte("\n----------\n")) // below it a test of Caddy's has what it wants
		with := invent(product, data)
		tried[product] += len(with.lines)
		t.Run(file, func(t *testing.T) { t.Parallel(); unknown(t, product, path.Base(file), with) })
	})
	for _, file := range []string{"caddy.json", "lighttpd.conf"} { // formats that no real configuration here has
		data, err := os.ReadFile(path.Join(cases, file))
		if err != nil {
			t.Fatal(err)
		}
		product := importer.Detect(file, data)
		with := invent(product, data)
		tried[product] += len(with.lines)
		t.Run(file, func(t *testing.T) { t.Parallel(); unknown(t, product, file, with) })
	}
	for _, product := range importer.Products() {
		if tried[product] == 0 {
			t.Errorf("%s: no name was invented in its sample configurations", product)
		}
	}
}

// unknown demands that an invented name is in an error, or not carried over, itself or with what it is in; or that a list has
// what it is in, such as the labels of an object.
func unknown(t *testing.T, product, file string, with invented) {
	lines := strings.Split(with.text, "\n")
	c, err := importer.Import(importer.File(file, []byte(with.text)), product, file)
	for tries := 0; err != nil && tries < 50; tries++ { // a reader may refuse a name, with its place
		var placed *ir.Error
		if !errors.As(err, &placed) || !slices.Contains(with.lines, placed.Line) {
			t.Fatalf("an error that is not about an invented name: %v", err)
		}
		lines[placed.Line-1] = ""
		with.lines = slices.DeleteFunc(with.lines, func(n int) bool { return n == placed.Line })
		c, err = importer.Import(importer.File(file, []byte(strings.Join(lines, "\n"))), product, file)
	}
	if err != nil {
		t.Fatal(err)
	}
	said := map[int]map[ir.Drawer]string{}
	for _, r := range c.Remarks {
		if said[r.Line] == nil {
			said[r.Line] = map[ir.Drawer]string{}
		}
		said[r.Line][r.Drawer] = r.Text
	}
	for _, n := range with.lines {
		if !named(lines, n, said) {
			t.Errorf("%s:%d: %s is in no drawer that says so; at its line: %v", file, n, strings.TrimSpace(lines[n-1]), said[n])
		}
	}
}

// named reports whether a remark says that line n was not carried over, or what it is in.
func named(lines []string, n int, said map[int]map[ir.Drawer]string) bool {
	if said[n][ir.NotCarried] != "" {
		return true
	}
	own := cmp.Or(said[n][ir.Harmless], said[n][ir.Translated])
	if strings.Contains(strings.ToLower(own), "invented") {
		return false
	}
	least := depth(lines[n-1])
	for i := n - 2; i >= 0 && least > 0; i-- {
		if d := depth(lines[i]); d < least && strings.TrimSpace(lines[i]) != "" {
			least = d
			if said[i+1][ir.NotCarried] != "" || said[i+1][ir.Harmless] != "" {
				return true
			}
		}
	}
	return false
}
