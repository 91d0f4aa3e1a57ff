package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// floors are the storeys of the house, lowest first: a package imports only from lower ones, never a sibling. The most
// exact pattern counts; a * stands for whatever lies below the folder.
var floors = [][]string{
	{"sim/prefetch", "sim/rng", "sim/stats", "sim/diag", "sim/fel", "sim/hpa", "sim/lazy", "scenarios/catalog", "workloads/accesslog", "policies/internal/least", "testdata/*"},
	{"sim/dist", "sim/metric", "scenarios/internal/*", "policies/internal/recall"},
	{"sim"},
	{"sim/*", "policies", "policies/keys", "policies/internal/*", "workloads"},
	{"policies/*", "workloads/*", "sim/experiment/*", "scenarios/importer/ir"},
	{"policies/gcp", "policies/replay/*", "scenarios/importer/internal/*", "reports"},
	{"scenarios", "policies/all", "scenarios/importer/internal/alb", "scenarios/importer/internal/levels", "scenarios/importer/internal/tree", "reports/*"},
	{"scenarios/*", "reports/outdir"},
	{"scenarios/importer/*", "scenarios/route"},
	{"scenarios/importer/all"},
	{"cmd/*"},
}

const module = "stickysim"

func floorOf(pkg string) int {
	best, floor := -1, -1
	for i, names := range floors {
		for _, name := range names {
			folder, below := strings.CutSuffix(name, "/*")
			switch {
			case name == pkg:
				return i
			case below && strings.HasPrefix(pkg, folder+"/") && len(folder) > best:
				best, floor = len(folder), i
			}
		}
	}
	return floor
}

// source is a Go file of the module.
type source struct {
	path, pkg string // from the root of the module, with slashes
	test      bool
	text      []byte
	file      *ast.File
	fset      *token.FileSet
}

func (s *source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}

func (s *source) imports() []string {
	var all []string
	for _, i := range s.file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		all = append(all, path)
	}
	return all
}

// house is all Go files of the module.
func house(t *testing.T) []*source {
	t.Helper()
	all, err := readHouse()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}

var readHouse = sync.OnceValues(func() (all []*source, err error) {
	const root = "../.."
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() != ".." && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")) {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		all = append(all, &source{rel, strings.TrimSuffix(rel, "/"+filepath.Base(path)), strings.HasSuffix(path, "_test.go"), text, file, fset})
		return err
	})
	return all, err
})

func within(pkg string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return pkg == f || strings.HasPrefix(pkg, f+"/") })
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, s := range house(t) {
		var b bytes.Buffer
		if err := format.Node(&b, s.fset, s.file); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), s.text) {
			t.Errorf("%s: gofmt would change it", s.path)
		}
	}
}

func TestFloors(t *testing.T) {
	for _, s := range house(t) {
		if s.test {
			continue
		}
		own := floorOf(s.pkg)
		if own < 0 {
			t.Errorf("%s: the package has no floor; give it one in tidy_test.go", s.path)
		}
		for _, path := range s.imports() {
			other, inside := strings.CutPrefix(path, module+"/")
			if inside && floorOf(other) >= own {
				t.Errorf("%s (floor %d) imports %s (floor %d), which is not below it", s.path, own, other, floorOf(other))
			}
		}
	}
}

// floorLine is the last paragraph of every package comment. With -update the numbers are written anew from the table.
var floorLine = regexp.MustCompile(`(?m)^//\n// Floor \d+[.:][^\n]*(\n// [^\n]*)*\n(package )`)

func TestFloorComments(t *testing.T) {
	found := map[string]bool{}
	for _, s := range house(t) {
		if s.test || s.file.Doc == nil {
			continue
		}
		want := fmt.Sprintf("//\n// Floor %d.\n", floorOf(s.pkg))
		if strings.Contains(string(s.text), want+"package ") {
			found[s.pkg] = true
			continue
		}
		if !floorLine.Match(s.text) {
			continue
		}
		if !*update {
			t.Errorf("%s: the package comment does not end in %q; run with -update", s.path, strings.TrimSpace(want))
			continue
		}
		found[s.pkg] = true
		if err := os.WriteFile("../../"+s.path, floorLine.ReplaceAll(s.text, []byte(want+"${2}")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range house(t) {
		if !s.test && !found[s.pkg] {
			found[s.pkg] = true
			t.Errorf("%s: no package comment says the floor, as in %q", s.pkg, fmt.Sprintf("Floor %d.", floorOf(s.pkg)))
		}
	}
}

// banned says which imports of the standard library and of others belong where. A path ends in /* for all below it.
var banned = []struct {
	path string
	only []string // folders that may; nil: none
	why  string
}{
	{"math/rand", nil, "draws are addressed: use sim/rng"},
	{"math/rand/v2", []string{"sim/rng"}, "draws are addressed: use sim/rng"},
	{"log", nil, "errors are returned"},
	{"log/*", nil, "errors are returned"},
	{"flag", nil, "flags are cobra's"},
	{"os", []string{"cmd", "reports/outdir"}, "files arrive as fs.FS, or as io.Reader"},
	{"os/*", []string{"cmd"}, "no other programs"},
	{"net/http", []string{"cmd"}, "no network"},
	{"sync", []string{"cmd", "reports/plot", "sim/experiment", "sim/lazy"}, "one replication is one thread"},
	{"sync/*", []string{"cmd", "sim/dist", "sim/experiment", "sim/stats"}, "one replication is one thread"},
	{"unsafe", []string{"sim/prefetch"}, "not needed"},
	{"go.yaml.in/*", []string{"scenarios"}, "YAML is read by scenarios"},
	{"github.com/spf13/*", []string{"cmd"}, "the command line belongs to cmd"},
	{"golang.org/x/term", []string{"cmd"}, "the terminal belongs to cmd"},
	{"github.com/olekukonko/*", []string{"reports"}, "tables belong to reports"},
	{"gonum.org/v1/plot/*", []string{"reports/plot"}, "plots are drawn in reports/plot"},
	{"gonum.org/v1/plot", []string{"reports/plot"}, "plots are drawn in reports/plot"},
	{"gonum.org/v1/gonum/*", []string{"sim", "workloads"}, "numbers are made below"},
}

func TestImports(t *testing.T) {
	for _, s := range house(t) {
		if s.test {
			continue
		}
		for _, path := range s.imports() {
			for _, b := range banned {
				folder, below := strings.CutSuffix(b.path, "/*")
				if (path == b.path || below && strings.HasPrefix(path, folder+"/")) && !within(s.pkg, b.only...) {
					t.Errorf("%s imports %s: %s", s.path, path, b.why)
				}
			}
		}
	}
}

// Libraries that may be replaced one day are each in one file.
func TestOneFile(t *testing.T) {
	for _, library := range []string{"github.com/olekukonko/tablewriter", "gonum.org/v1/plot"} {
		var files []string
		for _, s := range house(t) {
			if !s.test && slices.ContainsFunc(s.imports(), func(p string) bool { return within(p, library) }) {
				files = append(files, s.path)
			}
		}
		if len(files) > 1 {
			t.Errorf("%s is imported by %s; want one file", library, strings.Join(files, ", "))
		}
	}
}

// bannedCalls are functions, as package.Name, and the folders that may call them.
var bannedCalls = []struct {
	call *regexp.Regexp
	only []string
	why  string
}{
	{regexp.MustCompile(`^time\.(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)$`), []string{"cmd"}, "only cmd sees the clock"},
	{regexp.MustCompile(`^os\.(Exit|Getenv|LookupEnv|Environ)$`), []string{"cmd"}, "only cmd sees its surroundings"},
	{regexp.MustCompile(`^os\.(Create|CreateTemp|WriteFile|OpenFile|Rename|Mkdir|MkdirAll|MkdirTemp|Link|Symlink|Truncate)$`), []string{"reports/outdir"}, "outputs are written by reports/outdir"},
	{regexp.MustCompile(`^(fmt\.Print(f|ln)?|print|println)$`), nil, "output goes to a writer that was given"},
}

func TestCalls(t *testing.T) {
	t.Parallel()
	for _, s := range house(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				if !within(s.pkg, "sim/experiment", "cmd") {
					t.Errorf("%s: a goroutine; only sim/experiment has them", s.at(n))
				}
			case *ast.CallExpr:
				for _, b := range bannedCalls {
					if name := called(n); b.call.MatchString(name) && !within(s.pkg, b.only...) {
						t.Errorf("%s: %s: %s", s.at(n), name, b.why)
					}
				}
				unsorted(t, s, n)
			}
			return true
		})
	}
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// unsorted refuses the keys and values of a map as they come, unless they are sorted on the spot.
func unsorted(t *testing.T, s *source, c *ast.CallExpr) {
	t.Helper()
	fine := strings.HasPrefix(called(c), "slices.Sorted")
	for _, arg := range c.Args {
		inner, ok := arg.(*ast.CallExpr)
		if name := ""; ok {
			if name = called(inner); (name == "maps.Keys" || name == "maps.Values") && !fine {
				t.Errorf("%s: %s in no order; wrap it in slices.Sorted", s.at(c), name)
			}
		}
	}
}

// The engine and the policies never walk over a map: its order is luck. Maps are known by their declarations: names of
// fields, parameters and variables of the package with a map's type.
func TestMaps(t *testing.T) {
	t.Parallel()
	packages := map[string]map[string]bool{}
	all := house(t)
	for _, s := range all {
		if packages[s.pkg] == nil {
			packages[s.pkg] = map[string]bool{}
		}
		if !s.test {
			ast.Inspect(s.file, func(n ast.Node) bool { return mapNames(n, packages[s.pkg]) })
		}
	}
	for _, s := range all {
		if s.test || !within(s.pkg, "sim", "policies") || s.path == "policies/registry.go" { // the registry sorts what it collects
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if r, ok := n.(*ast.RangeStmt); ok && packages[s.pkg][last(r.X)] {
				t.Errorf("%s: ranges over the map %s", s.at(r), last(r.X))
			}
			return true
		})
	}
}

func mapNames(n ast.Node, names map[string]bool) bool {
	switch n := n.(type) {
	case *ast.Field:
		if _, ok := n.Type.(*ast.MapType); ok {
			for _, name := range n.Names {
				names[name.Name] = true
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if _, ok := n.Type.(*ast.MapType); ok || i < len(n.Values) && makesMap(n.Values[i]) {
				names[name.Name] = true
			}
		}
	case *ast.AssignStmt:
		for i, x := range n.Rhs {
			if i < len(n.Lhs) && makesMap(x) {
				names[last(n.Lhs[i])] = true
			}
		}
	}
	return true
}

func makesMap(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.CompositeLit:
		_, ok := x.Type.(*ast.MapType)
		return ok
	case *ast.CallExpr:
		if called(x) == "make" && len(x.Args) > 0 {
			_, ok := x.Args[0].(*ast.MapType)
			return ok
		}
	}
	return false
}

// last is the name at the end of a.b.c.
func last(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.CompositeLit:
		if _, ok := x.Type.(*ast.MapType); ok {
			return "(literal)"
		}
	}
	return ""
}

// unfinished are words of work that was left undone.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b|(?i)\bfor now[,.;:]`)

// foreign are words and phrases that a reader from the field stumbles over; the glossary in sim/doc.go has the ones to use.
// The list is in pieces so that it does not find itself.
var foreign = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{"no" + "body", "some" + "body", "stands? s" + "till", "stood s" + "till", "goes o" + "n",
	"went o" + "n", "going o" + "n", "for e" + "ver", "all the s" + "ame", "without e" + "nd", "to" + "ld", "gra" + "ves?", "mo" + "ot", "fu" + "tile",
	"home" + "less", "la" + "ws", "pati" + "ence"}, "|") + `)\b`)

// quoted are files that quote foreign words: of events as a list has them, or of texts that users write.
var quoted = []string{"cmd/stickysim/checksum_test.go", "scenarios/example_test.go"}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, s := range house(t) {
		for i, line := range strings.Split(string(s.text), "\n") {
			if found := unfinished.FindString(line); found != "" {
				t.Errorf("%s:%d: %q: finish it, or leave it out", s.path, i+1, found)
			}
			if found := foreign.FindString(line); found != "" && !slices.Contains(quoted, s.path) {
				t.Errorf("%s:%d: %q: use the field's word", s.path, i+1, found)
			}
		}
	}
}

// Every public name of the packages says what it is.
func TestDocs(t *testing.T) {
	t.Parallel()
	for _, s := range house(t) {
		if s.test || s.pkg == "cmd/stickysim" {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Doc == nil && ast.IsExported(f.Name.Name) && publicReceiver(f) && f.Name.Name != "String" && f.Name.Name != "Error" {
				t.Errorf("%s: %s has no doc comment", s.at(f), f.Name.Name)
			}
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, spec := range g.Specs {
				if typ := spec.(*ast.TypeSpec); ast.IsExported(typ.Name.Name) && g.Doc == nil && typ.Doc == nil {
					t.Errorf("%s: %s has no doc comment", s.at(typ), typ.Name.Name)
				}
			}
		}
	}
}

func publicReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	if p, ok := typ.(*ast.StarExpr); ok {
		typ = p.X
	}
	return ast.IsExported(last(typ))
}
