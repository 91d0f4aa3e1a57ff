package main

import (
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata/script run the program as `stickysim`, in processes of its own. Runs are short and leave much
// behind: a heap that may grow further before it is collected saves a fifth of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	testscript.Main(m, map[string]func(){"stickysim": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "narrow": narrow, "appears": appears},
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

// appears FILE waits until a program in the background has written a file.
func appears(ts *testscript.TestScript, _ bool, args []string) {
	const limit = 2 * time.Minute // reached only if the program fails
	for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s does not appear", args[0])
		}
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
