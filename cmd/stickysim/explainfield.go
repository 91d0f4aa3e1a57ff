package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"stickysim/scenarios"
	"stickysim/sim/dist"
	"stickysim/workloads"
)

// fieldsOfScenarios are the fields of scenario files.
var fieldsOfScenarios = sync.OnceValue(scenarios.Fields)

// fieldWords are the paths of fields, and their keys alone.
func fieldWords() []string {
	var words []string
	seen := map[string]bool{}
	for _, f := range fieldsOfScenarios() {
		for _, word := range []string{f.Path, lastKey(f.Path)} {
			if !seen[word] {
				seen[word] = true
				words = append(words, word)
			}
		}
	}
	return words
}

// lastKey is the last key of a path.
func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// showField shows the field at a path; of a key alone, all fields that it names, those of one meaning together.
func showField(s *streams, word string) error {
	var groups [][]scenarios.Field
	for _, f := range fieldsOfScenarios() {
		switch {
		case f.Path == word && strings.Contains(word, "."):
			groups = [][]scenarios.Field{{f}}
		case lastKey(f.Path) != word:
			continue
		default:
			i := slices.IndexFunc(groups, func(g []scenarios.Field) bool { return g[0].Doc == f.Doc && g[0].Type == f.Type })
			if i < 0 {
				groups = append(groups, nil)
				i = len(groups) - 1
			}
			groups[i] = append(groups[i], f)
		}
	}
	slices.SortStableFunc(groups, func(a, b []scenarios.Field) int { return strings.Count(a[0].Path, ".") - strings.Count(b[0].Path, ".") })
	const most = 4 // shown in full
	for i, g := range groups {
		if i == most {
			fmt.Fprintf(s.out, "\nmore fields called %s\n", word)
		}
		if i >= most {
			fact(s, "", g[0].Path+": "+g[0].Doc)
			continue
		}
		separate(s, i > 0)
		where := "field"
		if g[0].Path != word {
			var paths []string
			for _, f := range g[:min(len(g), 3)] {
				paths = append(paths, f.Path)
			}
			where += " " + strings.Join(paths, ", ")
			if len(g) > 3 {
				where += fmt.Sprintf(" and %d more", len(g)-3)
			}
		}
		fmt.Fprintf(s.out, "%s (%s)\n", word, where)
		describeField(s, &g[max(0, slices.IndexFunc(g, func(f scenarios.Field) bool { return f.Default != nil }))])
	}
	return nil
}

func describeField(s *streams, f *scenarios.Field) {
	paragraph(s, f.Doc+".")
	fmt.Fprintln(s.out)
	fact(s, "value", f.Type)
	if f.Default != nil {
		fact(s, "default", fmt.Sprint(f.Default))
	}
	var parts []string
	for _, p := range fieldsOfScenarios() {
		if rest, ok := strings.CutPrefix(p.Path, f.Path+"."); ok && !strings.Contains(rest, ".") {
			parts = append(parts, rest)
		}
	}
	if !strings.HasPrefix(f.Path, "policies") {
		fact(s, "fields", strings.Join(parts, ", "))
	}
}

func familyNames() []string {
	var names []string
	for _, f := range dist.Families() {
		names = append(names, f.Name)
	}
	return names
}

func showFamily(s *streams, name string) error {
	for _, f := range dist.Families() {
		if f.Name != name {
			continue
		}
		fmt.Fprintf(s.out, "%s (distribution)\n", name)
		paragraph(s, f.Doc+".")
		fmt.Fprintln(s.out)
		fact(s, "written", f.Usage)
		if f.Counts {
			fact(s, "takes", "counts: no durations and no sizes")
		}
	}
	return nil
}

func processNames() []string {
	var names []string
	for _, p := range workloads.Processes() {
		names = append(names, p.Name)
	}
	return names
}

func showProcess(s *streams, name string) error {
	for _, p := range workloads.Processes() {
		if p.Name != name {
			continue
		}
		fmt.Fprintf(s.out, "%s (arrival process)\n", name)
		paragraph(s, p.Summary+".")
		fmt.Fprintln(s.out)
		fact(s, "written", strings.Join(p.Examples, " or "))
		fact(s, "parameters", strings.Join(p.Params, ", "))
	}
	return nil
}
