package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// texts is the value of a flag that may be repeated; each adds a text. pflag has such a flag, too, and prints its default, an
// empty list, with a writer of CSV of 4 kB when the flag is made: for every flag of every command at each start.
type texts []string

// repeatable adds a flag whose texts go to list, which is empty at first.
func repeatable(f *pflag.FlagSet, list *[]string, name, usage string) {
	f.Var((*texts)(list), name, usage)
}

func (l *texts) Set(text string) error       { *l = append(*l, text); return nil }
func (l *texts) Append(text string) error    { return l.Set(text) }
func (l *texts) Replace(list []string) error { *l = slices.Clone(list); return nil }
func (l *texts) GetSlice() []string          { return slices.Clone(*l) }
func (l *texts) String() string              { return strings.Join(*l, ",") }

// Type has "Array" in it: cobra completes a flag again after it is given only where the type says that it may be repeated.
func (l *texts) Type() string { return "stringArray" }
