package importer

import (
	"fmt"
	"reflect"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

// span writes a duration. What is longer than scenario files allow is as good as never.
func span(t sim.Time) string {
	const longest = 3650 * 24 * sim.Hour
	switch {
	case t >= longest:
		return "3650d"
	case t <= 0:
		return "0"
	}
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// comment makes text fit for a YAML comment: one line, nothing that is not printable, not endless.
func comment(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '\ufeff' || 0x80 <= r && r < 0xa0 || r == 0x2028 || r == 0x2029
	}), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// policy writes a policy with the parameters that differ from its defaults.
func policy(name string, c policies.Config) (string, error) {
	e, ok := policies.Lookup(name)
	if !ok || reflect.TypeOf(e.Default) != reflect.TypeOf(c) {
		return "", fmt.Errorf("policy %s is not registered with these parameters", name)
	}
	if params := (policies.Policy{Name: name, Config: c}).Differences(); params != "" {
		return name + ": " + params, nil
	}
	return name, nil
}
