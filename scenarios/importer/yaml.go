package importer

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

var (
	plainText = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./-]*$`)
	notText   = regexp.MustCompile(`^(?i)(y|n|yes|no|on|off|true|false|null|never|unlimited|none|auto)$`)
)

// text writes a string as YAML: plain where nothing else could be meant, otherwise in quotes, as JSON.
func text(s string) string {
	if plainText.MatchString(s) && !notText.MatchString(s) {
		return s
	}
	quoted, err := json.Marshal(strings.ToValidUTF8(s, "\ufffd"))
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return string(quoted)
}

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
	defaults, given := policies.Params(e.Default), policies.Params(c)
	var parts []string
	for i, p := range given {
		if p.Default == defaults[i].Default {
			continue
		}
		value := p.Default
		switch p.Type {
		case "text":
			value = text(value)
		case "list":
			value = "[" + strings.Join(quoted(value), ", ") + "]"
		}
		parts = append(parts, p.Name+": "+value)
	}
	if len(parts) == 0 {
		return name, nil
	}
	return name + ": {" + strings.Join(parts, ", ") + "}", nil
}

// quoted are the elements of a list as policies.Params prints it.
func quoted(list string) []string {
	if list == "" {
		return nil
	}
	all := strings.Split(list, ", ")
	for i := range all {
		all[i] = text(all[i])
	}
	return all
}
