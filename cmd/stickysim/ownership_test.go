package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// owners says which files of sim may change which record: assign one of its fields, an element of one, or the whole
// record. The list only ever shrinks: a file that no longer assigns must be taken off.
var owners = map[string][]string{
	"balancer":      {"balance.go", "restart.go"},
	"cached":        {"cachedstore.go"},
	"client":        {"client.go", "session.go"},
	"clientCold":    {"client.go"},
	"copyRef":       {"replication.go"},
	"deployment":    {"deploy.go", "scalein.go"},
	"fleetBooks":    {"fleetbooks.go"},
	"healthRecord":  {"health.go"},
	"Impact":        {"impact.go"},
	"Instance":      {"instance.go"},
	"integrals":     {"server.go"},
	"issuedToken":   {"token.go"},
	"journal":       {"eventlog.go", "impact.go"},
	"lane":          {"population.go", "requestlist.go"},
	"lifecycle":     {"life.go"},
	"memories":      {"memory.go"},
	"neighbours":    {"memory.go"},
	"playback":      {"population.go", "replay.go"},
	"popStats":      {"populationbooks.go"},
	"population":    {"arrivals.go", "population.go"},
	"recency":       {"memory.go"},
	"replicaLog":    {"replication.go"},
	"replicated":    {"replication.go"},
	"request":       {"request.go", "requestlist.go"},
	"requestList":   {"requestlist.go"},
	"scaler":        {"scale.go", "scalerules.go"},
	"server":        {"server.go", "service.go"},
	"serverPS":      {"ps.go"},
	"session":       {"client.go"},
	"slowIntegrals": {"server.go"},
	"station":       {"run.go", "station.go"},
	"timeLimit":     {"timelimits.go"},
	"timeTally":     {"populationbooks.go"},
	"token":         {"token.go"},
	"View":          {"instance.go", "view.go"},
}

func TestOwnership(t *testing.T) {
	t.Parallel()
	found := map[string]map[string]int{}
	for _, w := range assignments(t, "sim") {
		if found[w.record] == nil {
			found[w.record] = map[string]int{}
		}
		found[w.record][w.file]++
	}
	for record, allowed := range owners {
		for file, n := range found[record] {
			if !slices.Contains(allowed, file) {
				t.Errorf("%s assigns fields of %s in %d places; only %s may", file, record, n, strings.Join(allowed, ", "))
			}
		}
		for _, file := range allowed {
			if found[record][file] == 0 {
				t.Errorf("%s no longer assigns fields of %s; take it off the list", file, record)
			}
		}
	}
	if t.Failed() || testing.Verbose() {
		for _, record := range slices.Sorted(keys(found)) {
			n := 0
			for _, k := range found[record] {
				n += k
			}
			t.Logf("%-16s %2d files, %3d places: %v", record, len(found[record]), n, found[record])
		}
	}
}

func keys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// assignment is a place where a record changes.
type assignment struct{ record, file string }

// assignments finds every place of a package, tests apart, that assigns to a field of one of its structs, or to the whole.
// A place that changes a field of a part changes the whole that holds the part, too.
func assignments(t *testing.T, pkg string) []assignment {
	t.Helper()
	var files []*ast.File
	var fset *token.FileSet
	for _, s := range house(t) {
		if s.pkg == pkg && !s.test {
			files, fset = append(files, s.file), s.fset
		}
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", exports(t, module+"/"+pkg))}
	own, err := config.Check(module+"/"+pkg, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	var list []assignment
	note := func(typ types.Type, at token.Pos) {
		if p, ok := typ.Underlying().(*types.Pointer); ok {
			typ = p.Elem()
		}
		if named, ok := typ.(*types.Named); ok && named.Obj().Pkg() == own {
			if _, ok := named.Underlying().(*types.Struct); ok {
				list = append(list, assignment{named.Obj().Name(), path.Base(fset.Position(at).Filename)})
			}
		}
	}
	changed := func(x ast.Expr) {
		if _, local := x.(*ast.Ident); local {
			return
		}
		note(info.TypeOf(x), x.Pos())
		for {
			switch e := x.(type) {
			case *ast.ParenExpr:
				x = e.X
			case *ast.StarExpr:
				x = e.X
			case *ast.IndexExpr:
				x = e.X
			case *ast.SelectorExpr:
				if s := info.Selections[e]; s != nil {
					note(s.Recv(), e.Pos())
				}
				x = e.X
			default:
				return
			}
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, x := range n.Lhs {
						changed(x)
					}
				}
			case *ast.IncDecStmt:
				changed(n.X)
			case *ast.RangeStmt:
				if n.Tok == token.ASSIGN {
					changed(n.Key)
				}
			}
			return true
		})
	}
	return list
}

// exports opens what the compiler knows of the packages that pkg imports.
func exports(t *testing.T, pkg string) importer.Lookup {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", pkg)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for d := json.NewDecoder(&out); ; {
		var p struct{ ImportPath, Export string }
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		where[p.ImportPath] = p.Export
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(where[path]) }
}
