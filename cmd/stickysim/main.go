// Command stickysim simulates sticky and stateless load balancing.
//
//	main ─▶ run(ctx, in, out, errOut, args) ─▶ a cobra command ─▶ Options ─▶ scenarios, experiment, reports, route, importer
//
// Everything here is thin: flags become Options, and a function with the command's name calls the packages below. It is
// the only package that sees the command line, the environment, the clock and the exit code. Standard output carries the
// result only; progress, warnings and errors go to standard error.
//
// Floor 10.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "stickysim/policies/all"
	"stickysim/sim/diag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		const same = time.Second / 4 // timeout(1) and terminals send a signal twice
		time.Sleep(same)
		stop() // another signal ends the program at once
	})
	os.Exit(run(ctx, os.Stdin, os.Stdout, os.Stderr, os.Args[1:]))
}

// run is the whole program: it runs the command in args and returns the exit code.
func run(ctx context.Context, in io.Reader, out, errOut io.Writer, args []string) int {
	s := newStreams(in, out, errOut)
	s.args = args
	return s.exit(guarded(func() error { return execute(ctx, s, args) }))
}

// guarded makes an error of a panic.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = diag.NewPanic(p)
		}
	}()
	return f()
}
