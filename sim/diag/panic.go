package diag

import (
	"fmt"
	"runtime"
	"strings"
)

// Panic is a panic as an error: a fault of the program, whatever its input was.
type Panic struct {
	Value any    // what was panicked with
	Where string // function and line; empty = unknown
}

// NewPanic is the error of a panic: the same one again, where another thread has passed it on. The deferred function that has recovered
// its value calls it.
func NewPanic(value any) *Panic {
	if p, again := value.(*Panic); again {
		return p
	}
	return &Panic{value, panicked()}
}

// Error is one line.
func (p *Panic) Error() string {
	text := strings.Join(strings.Fields(fmt.Sprint(p.Value)), " ")
	if p.Where != "" {
		text += " in " + p.Where
	}
	return text
}

// panicked is where the panic happened that is being recovered.
func panicked() string {
	var calls [64]uintptr
	frames := runtime.CallersFrames(calls[:runtime.Callers(2, calls[:])])
	where, unwinding := "", false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic": // the innermost is the first: others pass it on
			unwinding = true
		case unwinding && !strings.HasPrefix(f.Function, "runtime."):
			where, unwinding = fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line), false
		}
		if !more {
			return where
		}
	}
}
