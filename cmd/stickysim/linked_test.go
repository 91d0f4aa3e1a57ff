package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// linked are the packages that a package of the module needs, itself included.
func linked(t *testing.T, pkg string) []string {
	t.Helper()
	text, err := exec.Command("go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// The program has no code of tests in it, with testing's flags and what it brings.
func TestNoTestCodeIsShipped(t *testing.T) {
	program := linked(t, ".")
	for _, pkg := range []string{"testing", module + "/policies/policytest", module + "/policies/replay/goldentest", module + "/sim/experiment/experimenttest"} {
		if slices.Contains(program, pkg) {
			t.Errorf("the program links %s", pkg)
		}
	}
	if !slices.Contains(program, module+"/sim") {
		t.Error("go list does not list the packages of the program")
	}
}

// Results can be rendered without the libraries for drawing, and read and written without those for tables either.
func TestRenderingIsLight(t *testing.T) {
	for _, c := range []struct{ pkg, without string }{
		{"reports", "gonum.org/v1/plot"},
		{"sim/experiment/resultjson", "gonum.org/v1/plot"},
		{"sim/experiment/resultjson", "github.com/olekukonko"},
	} {
		if slices.ContainsFunc(linked(t, module+"/"+c.pkg), func(p string) bool { return within(p, c.without) }) {
			t.Errorf("%s links %s", c.pkg, c.without)
		}
	}
}
