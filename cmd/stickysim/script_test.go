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

// The scripts in testdata/script run the program: `exec stickysim` in a process of its own, which has the input and the
// environment that the script has set, and gets its signals; `call stickysim` and `exits CODE stickysim` in one process for
// the whole script, which saves starts. Runs are short and leave much behind: a heap that may grow further before it is
// collected saves a fifth of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	testscript.Main(m, map[string]func(){"stickysim": main, server: serve})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setServed,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"call": call, "exits": exits, "narrow": narrow, "appears": appears},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// call stickysim ARGS... expects success, and ! call failure.
func call(ts *testscript.TestScript, neg bool, args []string) {
	if code := exitCode(ts, args); (code != 0) != neg {
		ts.Fatalf("exit code %d: %s", code, strings.Join(args, " "))
	}
}

// exits CODE PROGRAM ARGS... expects an exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts, args[1:]); got != want {
		ts.Fatalf("exit code %d, want %d: %s", got, want, strings.Join(args[1:], " "))
	}
}

// exitCode runs a program, stickysim in the process of the script.
func exitCode(ts *testscript.TestScript, args []string) int {
	if args[0] == "stickysim" {
		return callServed(ts, args[1:])
	}
	var exit *exec.ExitError
	if err := ts.Exec(args[0], args[1:]...); errors.As(err, &exit) {
		return exit.ExitCode()
	} else {
		ts.Check(err)
	}
	return 0
}

// appears FILE waits until a program in the background has written a file.
func appears(ts *testscript.TestScript, _ bool, args []string) {
	const limit = 2 * time.Minute // reached only if the program fails
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
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
