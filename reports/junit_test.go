package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// junitSchema is the schema that Jenkins holds files to (MIT licence, in the file).
const junitSchema = "testdata/junit-10.xsd"

// element is what a schema says of an element: which attributes and elements it may have, and which attributes it must.
type element struct {
	attributes map[string]bool // whether it is required
	children   []string
}

// readSchema reads the elements that a schema defines at its top.
func readSchema(t *testing.T) map[string]*element {
	t.Helper()
	f, err := os.Open(junitSchema)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]*element{}
	var inside *element
	depth := 0
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			of := map[string]string{}
			for _, a := range token.Attr {
				of[a.Name.Local] = a.Value
			}
			switch {
			case depth == 2 && token.Name.Local == "element":
				inside = &element{attributes: map[string]bool{}}
				all[of["name"]] = inside
			case depth == 2:
				inside = &element{attributes: map[string]bool{}} // a type that is not looked at
			case token.Name.Local == "element":
				inside.children = append(inside.children, of["ref"])
			case token.Name.Local == "attribute":
				inside.attributes[of["name"]] = of["use"] == "required"
			}
		case xml.EndElement:
			depth--
		}
	}
}

// holds reports what of a document a schema does not allow.
func holds(t *testing.T, schema map[string]*element, document []byte) (cases map[string]int) {
	t.Helper()
	cases = map[string]int{}
	var path []string
	for d := xml.NewDecoder(bytes.NewReader(document)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return cases
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, document)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			cases[name]++
			e := schema[name]
			if e == nil || len(path) == 0 && name != "testsuites" || len(path) > 0 && !slices.Contains(schema[path[len(path)-1]].children, name) {
				t.Fatalf("the schema has no %s in %v", name, path)
			}
			path = append(path, name)
			seen := map[string]bool{}
			for _, a := range token.Attr {
				if _, known := e.attributes[a.Name.Local]; !known {
					t.Errorf("%v: the schema has no attribute %s", path, a.Name.Local)
				}
				seen[a.Name.Local] = true
			}
			for name, required := range e.attributes {
				if required && !seen[name] {
					t.Errorf("%v: the attribute %s is missing", path, name)
				}
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

// hostile is a gate whose names are hard to write.
func hostile(t testing.TB) *Gated {
	g := gatedThree(t, "latency.p95 < 150ms", "sessions.lost{cause=crash} < 30", "server.utilization.max < 60%")
	r := g.Result
	const name = "a|b ]]> \x00\x1b[2J\n::error::x <b>&\"'`%0A, \xff\u202e" + "日本語"
	g.Name, r.Name, g.File = name, name, "a,b:c%.yaml"
	r.Variants[0].Name = name
	for i := range r.Verdicts {
		if r.Verdicts[i].Alternative == "cookie" {
			r.Verdicts[i].Alternative = name
		}
		r.Verdicts[i].Counts = r.Verdicts[i].Objective != 2
	}
	r.Objectives[2].Warn = true
	r.Warnings = append(r.Warnings, diag.Warning{Code: "x|y", Severity: diag.Severe, Message: name})
	return g
}

// The file is valid whatever names hold; its counts are those of its cases; what is missed is a failure, what is undecided an
// error, and only what is met, or does not count, is neither.
func TestJUnit(t *testing.T) {
	schema := readSchema(t)
	list := []*Gated{gatedThree(t, "latency.p95 < 150ms", "sessions.lost{cause=crash} < 30"), hostile(t), {Name: "never", StoppedBy: "--timeout"},
		gatedThree(t, "latency.p95 < 1s")}
	for n := range list {
		var b bytes.Buffer
		if err := WriteJUnit(&b, list[:n+1]); err != nil {
			t.Fatal(err)
		}
		found := holds(t, schema, b.Bytes())
		var all junitSuites
		if err := xml.Unmarshal(b.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		if all.Tests != found["testcase"] || all.Failures != found["failure"] || all.Errors != found["error"] {
			t.Errorf("counts %d, %d, %d; the file holds %v", all.Tests, all.Failures, all.Errors, found)
		}
		want := map[experiment.VerdictState]int{}
		for _, g := range list[:n+1] {
			for _, c := range g.checks() {
				if c.counts {
					want[c.state]++
				}
			}
		}
		if found["failure"] != want[experiment.Missed] || found["error"] != want[experiment.NotDecided] {
			t.Errorf("the file holds %v; want %v", found, want)
		}
		validate(t, b.Bytes())
	}
}

// validate asks xmllint, which must be there with STICKYSIM_LIVE.
func validate(t *testing.T, document []byte) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("STICKYSIM_LIVE") != "" {
			t.Fatal("STICKYSIM_LIVE is set and xmllint is missing: install libxml2-utils")
		}
		return
	}
	name := filepath.Join(t.TempDir(), "gate.xml")
	if err := os.WriteFile(name, document, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("xmllint", "--noout", "--schema", junitSchema, name).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}

// Every annotation is one line that begins a command, whatever names hold; of each kind there are at most ten.
func TestAnnotations(t *testing.T) {
	var list []*Gated
	for range 3 {
		list = append(list, hostile(t))
	}
	var b bytes.Buffer
	if err := WriteAnnotations(&b, list); err != nil {
		t.Fatal(err)
	}
	number := map[string]int{}
	for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		head, text, _ := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		kind, properties, _ := strings.Cut(head, " ")
		number[kind]++
		for _, p := range strings.Split(properties, ",") {
			if name, value, _ := strings.Cut(p, "="); name != "title" && name != "file" || strings.ContainsAny(value, ":,\r\n") {
				t.Errorf("%q is no property, in %q", p, line)
			}
		}
		if text == "" || strings.ContainsAny(line, "\r\x00\x1b") {
			t.Errorf("not a command: %q", line)
		}
	}
	if number["error"] != 10 || number["warning"] == 0 || number["warning"] > 10 || len(number) != 2 {
		t.Errorf("%v annotations; want ten errors and some warnings", number)
	}
	if !strings.Contains(b.String(), "::error title=stickysim gate::and ") {
		t.Errorf("what is left out is not counted:\n%s", b.String())
	}
	if got, want := command("error", "a,b:c%.yaml", "x: 5%", "1\r\n2%"), "::error file=a%2Cb%3Ac%25.yaml,title=x%3A 5%25::1%0D%0A2%25"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}
