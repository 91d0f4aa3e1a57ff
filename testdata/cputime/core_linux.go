package cputime

import (
	"math/bits"
	"runtime"

	"golang.org/x/sys/unix"
)

// onOneCore calls f on the first core that the process may use. On a shared machine one core may be half as fast again as
// another, because the neighbours use what the other shares with them: what is compared has to run on the same one.
func onOneCore(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, one unix.CPUSet
	if unix.SchedGetaffinity(0, &all) == nil {
		for i, word := range all {
			if word != 0 {
				one.Set(i*bits.UintSize + bits.TrailingZeros(uint(word)))
				break
			}
		}
		if unix.SchedSetaffinity(0, &one) == nil {
			defer func() { _ = unix.SchedSetaffinity(0, &all) }()
		}
	}
	f()
}
