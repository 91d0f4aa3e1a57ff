package dist

import (
	"fmt"
	"strconv"
	"strings"
)

// Error says what is wrong with a distribution, where, and what would be right.
type Error struct {
	// Offset is the byte offset of the fault in the text that was parsed, from 0; -1 for a fault of a
	// constructor's argument, which has no text.
	Offset int
	// Param names the parameter at fault, "" when the fault is not in one.
	Param string
	// Message is the rule that was broken and the value that broke it.
	Message string
	// Hint is the smallest repair, "" when there is none to offer.
	Hint string
}

// Error formats the fault as "column 10: cv: must be above 0, got -1 (hint)". Columns count from 1.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Offset >= 0 {
		fmt.Fprintf(&b, "column %d: ", e.Offset+1)
	}
	if e.Param != "" {
		b.WriteString(e.Param + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// largest bounds every parameter: beyond it float64 no longer tells neighbouring nanoseconds, bytes or units apart.
const largest = 1e15

// inRange reports a parameter outside (above, most].
func inRange(param string, v, above, most float64, hint string) error {
	if v > above && v <= most {
		return nil
	}
	rule := "must be above " + num(above)
	if v > most {
		rule = "must be at most " + num(most)
	}
	return wrong(param, rule+", got "+num(v), hint)
}

func positive(param string, v float64) error { return inRange(param, v, 0, largest, "") }

func wrong(param, message, hint string) error {
	return &Error{Offset: -1, Param: param, Message: message, Hint: hint}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// num writes v so that it reads back exactly, without an exponent where that is short.
func num(v float64) string {
	if v >= 1e-6 && v < 1e16 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
