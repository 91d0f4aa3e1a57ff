package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/policies"
	"stickysim/scenarios"
)

// Completions are what a shell may offer, each with a description behind a tab.
const (
	noFiles = cobra.ShellCompDirectiveNoFileComp
	goesOn  = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
)

// scenarioOf is the scenario that the command line names first; nil where it cannot be read.
func scenarioOf(args []string) *scenarios.Spec {
	if len(args) == 0 || !ready(args[0]) {
		return nil
	}
	spec, _, err := newStreams(strings.NewReader(""), io.Discard, io.Discard).open(args[0])
	if err != nil {
		return nil
	}
	return spec
}

// ready reports whether a file can be read without waiting for another program, or is none.
func ready(name string) bool {
	info, err := os.Stat(name)
	return name != "-" && (err != nil || info.Mode().IsRegular())
}

// completePolicies completes the last name of a list of policies.
func completePolicies(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return afterComma(typed, nil), goesOn
}

// completeAlternatives is completePolicies with the scenario's own alternatives first.
func completeAlternatives(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	return afterComma(typed, ownAlternatives(args)), goesOn
}

// completeBaseline completes an alternative of the scenario.
func completeBaseline(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	own := ownAlternatives(args)
	return slices.DeleteFunc(own, func(name string) bool { return !strings.HasPrefix(name, typed) }), noFiles
}

func ownAlternatives(args []string) []string {
	if spec := scenarioOf(args); spec != nil {
		return spec.Names("policies")
	}
	return nil
}

// afterComma completes the last of some names; own come before all policies. A name that is given is not offered again.
func afterComma(typed string, own []string) []string {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	given := strings.Split(before, ",")
	var found []string
	offer := func(name, doc string) {
		if strings.HasPrefix(before+name, typed) && !slices.Contains(given, name) {
			found = append(found, before+name+"\t"+doc)
		}
	}
	for _, name := range own {
		offer(name, "alternative of the scenario")
	}
	for _, e := range policies.All() {
		if !slices.Contains(own, e.Name) {
			offer(e.Name, e.Doc.Summary)
		}
	}
	return found
}

// completeScenarios completes built-in scenarios and leaves files to the shell.
func completeScenarios(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var found []string
	for _, e := range scenarios.List() {
		if strings.HasPrefix(e.Name, typed) {
			found = append(found, e.Name+"\tbuilt-in scenario")
		}
	}
	return found, cobra.ShellCompDirectiveDefault
}

// completeSet completes path=value one key at a time, and then the words that the value may be.
func completeSet(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	fields := settable(scenarioOf(args))
	if path, _, ok := strings.Cut(typed, "="); ok {
		var found []string
		for _, f := range fields {
			for _, word := range f.Words {
				if option := path + "=" + word; f.Path == path && strings.HasPrefix(option, typed) {
					found = append(found, option)
				}
			}
		}
		return found, noFiles
	}
	var found []string
	for _, f := range fields {
		if !strings.HasPrefix(f.Path, typed) {
			continue
		}
		next, more := f.Path, "="
		if dot := strings.IndexByte(f.Path[len(typed):], '.'); dot >= 0 {
			next, more = f.Path[:len(typed)+dot], "."
		}
		if i := slices.IndexFunc(found, func(have string) bool { return strings.HasPrefix(have, next+more) }); i >= 0 {
			continue
		}
		line := next + more
		if more == "=" {
			line += "\t" + f.Doc
		}
		found = append(found, line)
	}
	return found, goesOn
}

// settable are the fields as --set names them: elements of lists by the names they have in the scenario, or by number.
func settable(spec *scenarios.Spec) []scenarios.Field {
	var all []scenarios.Field
	var alternatives []string
	if spec != nil {
		alternatives = spec.Names("policies")
	}
	for _, f := range fieldsOfScenarios() {
		for _, name := range alternatives {
			if _, policy := policies.Lookup(name); !policy && !f.Shared {
				override := f
				override.Path = "policies." + name + "." + f.Path
				all = append(all, override)
			}
		}
		key, rest, inside := strings.Cut(f.Path, ".")
		if !inside || !slices.Contains([]string{"workload", "timeline"}, key) {
			all = append(all, f)
			continue
		}
		names := []string{"0"}
		if spec != nil {
			names = spec.Names(key)
		}
		for i, name := range names {
			if name == "" || strings.ContainsAny(name, ".[]=") {
				name = fmt.Sprint(i)
			}
			f.Path = key + "." + name + "." + rest
			all = append(all, f)
		}
	}
	return all
}

// completeUpstream completes the pools of the configuration that the command line names.
func completeUpstream(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 || slices.ContainsFunc(args, func(name string) bool { return !ready(name) }) {
		return nil, noFiles
	}
	c, err := (&configuration{}).read(newStreams(strings.NewReader(""), io.Discard, io.Discard), args)
	if err != nil {
		return nil, noFiles
	}
	var found []string
	for i := range c.Pools {
		if name := c.Pools[i].Name; strings.HasPrefix(name, typed) {
			found = append(found, name)
		}
	}
	return found, noFiles
}
