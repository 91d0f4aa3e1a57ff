package main

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata/script run the program as `stickysim`, in processes of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"stickysim": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "narrow": narrow},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// exits CODE stickysim ARGS... expects an exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	default:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d: %s", got, want, strings.Join(args[1:], " "))
	}
}

// narrow FILE... fails on lines of more than 100 columns.
func narrow(ts *testscript.TestScript, _ bool, files []string) {
	for _, name := range files {
		for i, line := range strings.Split(ts.ReadFile(name), "\n") {
			if n := len([]rune(line)); n > width {
				ts.Fatalf("%s:%d: %d columns: %s", name, i+1, n, line)
			}
		}
	}
}
