package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/policies"
	"stickysim/sim/diag"
)

func newPolicies(s *streams) *cobra.Command {
	o := &listing{}
	list := &cobra.Command{
		Use: "list", Short: "List the routing policies", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return listPolicies(s, o) },
	}
	o.flags(list)
	show := &cobra.Command{
		Use: "show NAME...", Short: "Show what a policy does, its parameters, defaults and source", Args: cobra.MinimumNArgs(1),
		Example:           "  stickysim policies show cookie\n  stickysim policies show nginx/ip_hash haproxy/cookie",
		ValidArgsFunction: completePolicies,
		RunE: func(_ *cobra.Command, names []string) error {
			for i, name := range names {
				if i > 0 {
					fmt.Fprintln(s.out)
				}
				if err := showPolicy(s, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
	return group("policies", "List routing policies and show their parameters", list, show)
}

func listPolicies(s *streams, o *listing) error {
	type line struct {
		Name    string   `json:"name"`
		Key     string   `json:"sticky_key"`
		Summary string   `json:"summary"`
		Detail  string   `json:"detail"`
		Source  string   `json:"source"`
		Params  []string `json:"parameters"`
		Also    []string `json:"also"`
	}
	var rows [][]string
	var all []line
	for _, e := range policies.All() {
		rows = append(rows, []string{e.Name, e.Doc.Key.String(), e.Doc.Summary})
		l := line{e.Name, e.Doc.Key.String(), e.Doc.Summary, e.Doc.Detail, e.Doc.Source, []string{}, diag.Others(e.Name)}
		for _, p := range policies.Params(e.Default) {
			l.Params = append(l.Params, p.Name)
		}
		all = append(all, l)
	}
	return o.print(s, []string{"NAME", "STICKY KEY", "DESCRIPTION"}, rows, all)
}

func showPolicy(s *streams, name string) error {
	e, ok := policies.Lookup(name)
	if !ok {
		guess := didYouMean(name, policies.Names())
		guess, _, _ = strings.Cut(guess, " (known") // there are too many to list
		return usagef("unknown policy %q%s (see stickysim policies list)", name, guess)
	}
	fmt.Fprintln(s.out, e.Name)
	for _, line := range wrap(e.Doc.Summary, s.columnsUpTo(width)-2) {
		fmt.Fprintln(s.out, "  "+line)
	}
	if e.Doc.Detail != "" {
		fmt.Fprintln(s.out)
		for _, line := range wrap(e.Doc.Detail, s.columnsUpTo(width)-2) {
			fmt.Fprintln(s.out, "  "+line)
		}
	}
	fmt.Fprintf(s.out, "\n  sticky key  %s\n", e.Doc.Key)
	if e.Doc.Source != "" {
		for i, line := range wrap(e.Doc.Source, s.columnsUpTo(width)-14) {
			fmt.Fprintf(s.out, "  %-10s  %s\n", []string{"source", ""}[min(i, 1)], line)
		}
	}
	return showParams(s, e)
}

// showParams prints each parameter with its default, followed by its meaning and bounds.
func showParams(s *streams, e policies.Entry) error {
	params := policies.Params(e.Default)
	if len(params) == 0 {
		_, err := fmt.Fprintf(s.out, "\n  no parameters\n\n  in a scenario:\n    policies: [%s]\n", e.Name)
		return err
	}
	fmt.Fprint(s.out, "\n  parameters (with their defaults)\n")
	for _, p := range params {
		text := p.Type
		if bounds := p.Bounds(); bounds != "" {
			text += ", " + bounds
		}
		fmt.Fprintf(s.out, "    %s: %s\n", p.Name, cmp.Or(p.Default, `""`))
		for _, line := range append(wrap(p.Doc, s.columnsUpTo(width)-8), wrap("("+text+")", s.columnsUpTo(width)-8)...) {
			fmt.Fprintln(s.out, "        "+line)
		}
	}
	_, err := fmt.Fprintf(s.out, "\n  in a scenario:\n    policies:\n      - %s: {%s: %s}\n", e.Name, params[0].Name, example(params[0]))
	return err
}

// example is a default as YAML.
func example(p policies.Param) string {
	if p.Type == "list" {
		return "[" + p.Default + "]"
	}
	return cmp.Or(p.Default, `""`)
}
