package params

import (
	"cmp"
	"reflect"
	"strings"

	"stickysim/policies"
)

// Unfit is a parameter whose value its policy cannot have.
type Unfit struct {
	Name    string // of the parameter; empty: of several together
	Problem string // "table_size: must be at least 2, got 0"
	Instead string // what is used: "65537"
}

// Mend returns the parameters of the named policy with those that [policies.Check] refuses at their defaults, and which these
// are. Parameters of a policy that is not part of the program stay as they are.
func Mend(policy string, c policies.Config) (policies.Config, []Unfit) {
	e, ok := policies.Lookup(policy)
	if !ok || reflect.TypeOf(e.Default) != reflect.TypeOf(c) {
		return c, nil
	}
	var unfit []Unfit
	reset := map[string]bool{}
	for err := policies.Check(c); err != nil; err = policies.Check(c) {
		problem, _, _ := strings.Cut(err.Error(), "\n")
		name, _, _ := strings.Cut(problem, ":")
		if !byName(reflect.ValueOf(c), name).IsValid() || reset[name] {
			return e.Default, append(unfit, Unfit{Problem: problem, Instead: "the policy's defaults"})
		}
		reset[name] = true
		c = With(c, Setting{name, byName(reflect.ValueOf(e.Default), name).Interface()})
		unfit = append(unfit, Unfit{Name: name, Problem: problem, Instead: written(e.Default, name)})
	}
	return c, unfit
}

// written is the value of a parameter as scenario files write it.
func written(c policies.Config, name string) string {
	for _, p := range policies.Params(c) {
		if p.Name == name {
			return cmp.Or(p.Default, `""`)
		}
	}
	return ""
}
