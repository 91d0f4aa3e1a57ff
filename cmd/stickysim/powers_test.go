package main

import (
	"go/ast"
	"slices"
	"testing"
)

// The optional interfaces of a policy are discovered in one place, sim.PowersOf: everything that drives or wraps a policy
// asks sim.Powers.
func TestPowersAreDiscoveredInOnePlace(t *testing.T) {
	powers := []string{"Rebuilder", "Watcher", "Binder", "Keyed", "Retrier", "FailOpener", "CookieText"}
	found := 0
	for _, s := range house(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			a, ok := n.(*ast.TypeAssertExpr)
			if !ok || a.Type == nil {
				return true
			}
			name := ""
			switch x := a.Type.(type) {
			case *ast.Ident:
				if s.pkg == "sim" {
					name = x.Name
				}
			case *ast.SelectorExpr:
				if p, ok := x.X.(*ast.Ident); ok && p.Name == "sim" {
					name = x.Sel.Name
				}
			}
			if slices.Contains(powers, name) {
				if found++; s.path != "sim/powers.go" {
					t.Errorf("%s: asks a policy for %s itself; use sim.PowersOf", s.at(a), name)
				}
			}
			return true
		})
	}
	if found < len(powers) {
		t.Errorf("only %d of %d interfaces are discovered", found, len(powers))
	}
}
