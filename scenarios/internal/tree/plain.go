package tree

import (
	"strconv"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/lazy"
)

// Ambiguous is the code of a value or key that YAML programs read differently.
var Ambiguous = diag.Register(diag.Code{Name: "ambiguous-spelling", Severity: diag.Caution,
	Doc: "A word or number without quotes means one thing in YAML 1.1 and another in YAML 1.2, such as 010, 12:30, 1_000, 1.10 or yes. It is read here as it is written; a program that reads and writes the file may change it. Quote it if it is text."})

// What YAML 1.1 or 1.2 takes for a truth value, a number, a time, or more than that.
var (
	wordOfYAML = lazy.Regexp(`(?i)^(yes|no|on|off|true|false|null|~|=|<<|[-+]?\.(inf|nan))$`)
	integral   = lazy.Regexp(`^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$`)
	fractional = lazy.Regexp(`^[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$`)
	sixties    = lazy.Regexp(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)
	date       = lazy.Regexp(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*:.*:.*)?$`)
)

// Stable reports whether text without quotes comes back as the same text from every YAML program.
func Stable(text string) bool {
	switch {
	case wordOfYAML().MatchString(text):
		return text == "true" || text == "false"
	case sixties().MatchString(text) || date().MatchString(text):
		return false
	case integral().MatchString(text):
		v, err := strconv.ParseInt(text, 10, 53) // JavaScript rounds what is longer
		return err == nil && strconv.FormatInt(v, 10) == text
	case fractional().MatchString(text):
		v, err := strconv.ParseFloat(text, 64)
		return err == nil && strings.Contains(text, ".") && strconv.FormatFloat(v, 'f', -1, 64) == text && v != float64(int64(v))
	}
	return true
}

// Octal reports whether text is a number of another size in YAML 1.1, where a leading zero means base 8.
func Octal(text string) bool {
	digits := strings.TrimLeft(text, "+-")
	return len(digits) > 1 && digits[0] == '0' && strings.Trim(digits, "0123456789") == "" && strings.Trim(digits, "0") != ""
}
