// Package lazy makes values when they are first used: what a package makes when it is initialised, every start of the
// program pays for, whatever it is asked to do.
//
// Floor 0.
package lazy

import (
	"regexp"
	"sync"
)

// Value is what build returns, which is called once, when the value is first asked for. Threads may share it.
func Value[T any](build func() T) func() T { return sync.OnceValue(build) }

// Regexp is the regular expression that text says. It is compiled when it is first asked for, and panics then if the text
// is not one.
func Regexp(text string) func() *regexp.Regexp {
	return Value(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
