// Package diag says what is wrong with an input: a [Problem] has a rule, a place, the value and the smallest repair;
// a [List] holds all of them. [Suggest] finds the word that a misspelt one stands for.
//
// Floor 0.
package diag

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with an input, or, as a warning, one that is probably not meant.
type Problem struct {
	Rule        string // stable code, for tests and tools: "unknown-field", "out-of-range"
	Warning     bool   // the input can be used in spite of it
	File        string // as the user named it; "" when there is none
	Line        int    // from 1; 0 when the place is the whole file
	Col         int    // in characters, from 1; 0 when not known
	Path        string // the field: "servers.count", "workload[0].think"; may be empty
	Alternative string // that it is about; empty: the whole scenario
	Message     string // the rule that was broken and the value that broke it
	Hint        string // the smallest repair; may be empty
}

// String formats the problem as
//
//	shop.yaml:14:12: policies.checkout.choices: must be at least 2, got 1
//	    hint: write choices: 2
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Line > 0 && p.Col > 0 {
		fmt.Fprintf(&b, ":%d", p.Col)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	if p.Alternative != "" {
		b.WriteString(p.Alternative + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("\n    hint: " + p.Hint)
	}
	return b.String()
}
