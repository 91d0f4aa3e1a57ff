package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// most bounds a list: no user reads further, and hostile input must not fill the memory with complaints.
const most = 200

// List is a collection of problems. The zero value is empty and ready to use. As an error it prints all of them.
type List []Problem

// Add appends p unless the same problem is there already or the list is full (200 problems).
func (l *List) Add(p Problem) {
	if len(*l) >= most || slices.Contains(*l, p) {
		return
	}
	*l = append(*l, p)
}

// Sort puts the problems in the order of file, line, column; within one place they keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// Errors returns the problems that are not warnings.
func (l List) Errors() List { return l.only(false) }

// Warnings returns the problems that are only warnings.
func (l List) Warnings() List { return l.only(true) }

func (l List) only(warning bool) List {
	var out List
	for _, p := range l {
		if p.Warning == warning {
			out = append(out, p)
		}
	}
	return out
}

// Err returns the errors of the list as one error, or nil when there are none.
func (l List) Err() error {
	if errs := l.Errors(); len(errs) > 0 {
		return errs
	}
	return nil
}

// Error prints every problem, and how many there are when it is more than one.
func (l List) Error() string {
	var b strings.Builder
	for i, p := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	if len(l) > 1 {
		fmt.Fprintf(&b, "\n%d problems", len(l))
	}
	if len(l) >= most {
		b.WriteString(", and perhaps more")
	}
	return b.String()
}
