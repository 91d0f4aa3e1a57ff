//go:build unix && !linux

package cputime

// onOneCore calls f. Threads are not bound to cores here.
func onOneCore(f func()) { f() }
