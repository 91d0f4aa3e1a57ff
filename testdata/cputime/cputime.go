//go:build unix

// Package cputime tells how much CPU time the process has used. Only tests import it: on a machine that is shared, time on
// the wall measures the neighbours.
//
// Floor 0.
package cputime

import (
	"runtime"
	"syscall"
	"time"
)

// Used is the CPU time of all threads of the process so far, in user and in system mode.
func Used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Of is the CPU time that f uses, on the same core at each call where the system allows that. Garbage is collected before it, so
// that f does not pay for what was there.
func Of(f func()) (spent time.Duration) {
	runtime.GC()
	onOneCore(func() {
		before := Used()
		f()
		spent = Used() - before
	})
	return spent
}
