package main

import (
	"errors"
	"fmt"
	"syscall"

	"stickysim/sim"
	"stickysim/sim/diag"
)

// The exit codes of the interface.
const (
	exitFine        = 0
	exitInternal    = 1
	exitUsage       = 2
	exitMissed      = 3
	exitUndecided   = 4
	exitInterrupted = 130
)

// exitCodes say what each means.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitFine, "Success."},
	{exitInternal, "Internal error, or an error of reading or writing."},
	{exitUsage, "Wrong usage, or an invalid scenario, log or configuration."},
	{exitMissed, "An objective is missed, beyond chance."},
	{exitUndecided, "No objective is missed, and one is undecided within the replications or the time allowed; or a severe warning says that the answer may be wrong."},
	{exitInterrupted, "Interrupted (Ctrl-C). Replications that were complete have been reported."},
}

// usageError is a mistake on the command line or in a file of the user.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errInterrupted ends a command that was interrupted. Its message has been printed already.
var errInterrupted = errors.New("interrupted")

// What ends a command that judges objectives, if they are not all met. The verdict has been printed already.
var (
	errMissed    = errors.New("an objective is missed")
	errUndecided = errors.New("an objective is undecided")
)

// exit prints an error, once, and returns the code for it.
func (s *streams) exit(err error) int {
	code := s.report(err)
	lost := s.out.err
	if lost == nil {
		return code
	}
	if said := code == exitUsage || code == exitInternal; !said && !errors.Is(lost, syscall.EPIPE) {
		fmt.Fprintf(s.err, "stickysim: %v\n", lost)
	}
	return exitInternal // whatever else it was, what was printed is not complete
}

// report prints an error and returns its code.
func (s *streams) report(err error) int {
	var (
		usage     usageError
		problems  diag.List
		invariant *sim.InvariantError
		panicked  *diag.Panic
	)
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, errMissed):
		return exitMissed
	case errors.Is(err, errUndecided):
		return exitUndecided
	case errors.As(err, &problems): // each starts with its own file and line
		fmt.Fprintln(s.err, err)
		return exitUsage
	case errors.As(err, &invariant):
		fmt.Fprintf(s.err, "stickysim: %v\n    This is a bug in stickysim, not in your scenario. Please report it with the line above.\n", err)
		return exitInternal
	case errors.As(err, &panicked):
		fmt.Fprintf(s.err, "stickysim: internal error: %v. This is a bug in stickysim: please report this line, with what you gave it to read.\n", err)
		return exitInternal
	case errors.As(err, &usage):
		fmt.Fprintf(s.err, "stickysim: %v\n", err)
		return exitUsage
	case errors.Is(err, syscall.EPIPE): // the reader of the output has closed the pipe
		return exitInternal
	}
	fmt.Fprintf(s.err, "stickysim: %v\n", err)
	return exitInternal
}
