package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/workloads"
)

func newExplain(s *streams) *cobra.Command {
	return &cobra.Command{
		Use: "explain WORD...", Short: "Explain a metric, policy, population, cause or exit code", Args: cobra.MinimumNArgs(1),
		Long:    "Explain words that scenarios and results use: metrics and time series, policies, populations, causes of lost sessions, failed requests and broken affinity, and exit codes.",
		Example: "  stickysim explain sessions.lost.ratio\n  stickysim explain drain-cut cookie shopper 2",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return allWords(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, words []string) error { return showEach(s, words, explain) },
	}
}

// topic is a kind of words that can be explained.
type topic struct {
	names func() []string
	show  func(s *streams, name string) error
}

var topics = []topic{
	{metricWords, showFigure},
	{policies.Names, showPolicy},
	{workloads.Names, showPopulation},
	{func() []string { return termNames(sim.Causes()) }, func(s *streams, name string) error {
		return showTerm(s, name, "cause of a lost session", sim.Causes())
	}},
	{func() []string { return termNames(sim.Failures()) }, func(s *streams, name string) error {
		return showTerm(s, name, "cause of a failed request", sim.Failures())
	}},
	{func() []string { return termNames(sim.Reasons()) }, func(s *streams, name string) error {
		return showTerm(s, name, "reason for broken affinity", sim.Reasons())
	}},
	{warningNames, showWarning},
	{exitCodeNames, showExitCode},
}

// metricWords are the names of metrics, their first words, and the names of series and figures per server.
func metricWords() []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, name := range metric.Names() {
		add(name)
		if family, _, ok := strings.Cut(name, "."); ok {
			add(family)
		}
	}
	for _, x := range metric.AllSeries() {
		add(x.Name)
	}
	for _, x := range metric.ServerFigures() {
		add(x.Name)
	}
	return names
}

func allWords() []string {
	var all []string
	for _, t := range topics {
		all = append(all, t.names()...)
	}
	return all
}

// explain shows everything that a word stands for.
func explain(s *streams, word string) error {
	if strings.Contains(word, "{") {
		return showFigure(s, word)
	}
	shown := false
	for _, t := range topics {
		for _, name := range t.names() {
			if name != word {
				continue
			}
			separate(s, shown)
			shown = true
			if err := t.show(s, name); err != nil {
				return err
			}
		}
	}
	if shown {
		return nil
	}
	if _, err := metric.Parse(word); err != nil && err.(*metric.Error).Nearest != "" {
		return unknownMetric(err)
	}
	guess := ""
	if near := diag.Suggest(word, allWords()); near != "" {
		guess = fmt.Sprintf("; did you mean %q?", near)
	}
	return usagef("unknown word %q%s (see stickysim metrics list, policies list)", word, guess)
}

// defined is a word of a closed list with a definition.
type defined interface {
	String() string
	Definition() string
}

func termNames[T defined](list []T) []string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = t.String()
	}
	return names
}

func showTerm[T defined](s *streams, name, what string, list []T) error {
	for _, t := range list {
		if t.String() == name {
			fmt.Fprintf(s.out, "%s (%s)\n", name, what)
			paragraph(s, t.Definition())
		}
	}
	return nil
}

func showPopulation(s *streams, name string) error {
	c, ok := workloads.Lookup(name)
	if !ok {
		return usagef("unknown population %q%s", name, didYouMean(name, workloads.Names()))
	}
	fmt.Fprintf(s.out, "%s (population)\n", name)
	paragraph(s, c.Summary)
	if c.Share > 0 {
		fmt.Fprintln(s.out)
		fact(s, "share", figure("%.3g %%", 100*c.Share)+" of the sessions of the default mix")
	}
	return nil
}

func warningNames() []string {
	var names []string
	for _, c := range diag.Codes() {
		names = append(names, c.Name)
	}
	return names
}

func showWarning(s *streams, name string) error {
	for _, c := range diag.Codes() {
		if c.Name == name {
			fmt.Fprintf(s.out, "%s (warning, %s)\n", name, c.Severity)
			paragraph(s, c.Doc)
		}
	}
	return nil
}

func exitCodeNames() []string {
	names := make([]string, len(exitCodes))
	for i, e := range exitCodes {
		names[i] = strconv.Itoa(e.code)
	}
	return names
}

func showExitCode(s *streams, name string) error {
	for _, e := range exitCodes {
		if strconv.Itoa(e.code) == name {
			fmt.Fprintf(s.out, "%s (exit code)\n", name)
			paragraph(s, e.meaning)
		}
	}
	return nil
}
