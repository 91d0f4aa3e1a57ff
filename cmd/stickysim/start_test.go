package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What packages make when they are initialised, every start of the program waits for: their tables of functions and texts
// are small, and all that is made from them is made when it is first used.
func TestStartIsLight(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, trace)
	}
	const most, mostOfAll = 200_000, 1_000_000 // bytes allocated
	all := 0
	for _, m := range regexp.MustCompile(`(?m)^init (stickysim/\S+) .* (\d+) bytes`).FindAllStringSubmatch(string(trace), -1) {
		bytes, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		if all += bytes; bytes > most {
			t.Errorf("%s allocates %d bytes when it is initialised, at most %d are fine: make them when they are used (see sim/lazy)", m[1], bytes, most)
		}
	}
	if all < 10_000 || all > mostOfAll {
		t.Errorf("packages allocate %d bytes when they are initialised, at most %d are fine", all, mostOfAll)
	}
}

// Regular expressions that are compiled when they are first used are not wrong.
func TestRegularExpressionsAreLazy(t *testing.T) {
	t.Parallel()
	found := 0
	for _, s := range house(t) {
		if s.test || s.pkg == "sim/lazy" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := types.ExprString(call.Fun); {
			case strings.HasPrefix(name, "regexp.MustCompile"):
				t.Errorf("%s: compiled at each start: use lazy.Regexp", s.at(n))
			case name == "lazy.Regexp":
				found++
				if _, err := regexp.Compile(written(t, s, call.Args[0])); err != nil {
					t.Errorf("%s: %v", s.at(n), err)
				}
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("only %d regular expressions found", found)
	}
}

// written is the value of an expression of literals.
func written(t *testing.T, s *source, e ast.Expr) string {
	v, err := types.Eval(s.fset, nil, token.NoPos, types.ExprString(e))
	if err != nil || v.Value == nil {
		t.Fatalf("%s: %v", s.at(e), err)
	}
	return constant.StringVal(v.Value)
}
