package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/policies"
	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
	"stickysim/workloads"
)

func newExplain(s *streams) *cobra.Command {
	return &cobra.Command{
		Use: "explain WORD...", Short: "Explain a metric, policy, field, population, cause or exit code", Args: cobra.MinimumNArgs(1),
		Long: "Explain words that scenarios and results use: metrics and time series, policies, populations, distributions and arrival processes, " +
			"fields of scenarios and events of their timelines, causes of lost sessions, failed requests and broken affinity, warnings, and exit codes. " +
			"Other words for them, such as redis, p2c or RollingUpdate, are understood.",
		Example: "  stickysim explain sessions.lost.ratio\n  stickysim explain drain-cut cookie shopper 2\n  stickysim explain health.fall lognormal RollingUpdate",
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
	{fieldWords, showField},
	{familyNames, showFamily},
	{processNames, showProcess},
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

// explain shows everything that a word stands for, or else what it is another word for.
func explain(s *streams, word string) error {
	if strings.Contains(word, "{") {
		return showFigure(s, word)
	}
	shown, err := explainAll(s, word)
	names := slices.DeleteFunc(diag.Meant(word), func(name string) bool { return name == word })
	switch {
	case err != nil:
		return err
	case shown && len(names) > 0:
		_, err := fmt.Fprintf(s.out, "\n%s is also said for: %s\n", word, strings.Join(names, ", "))
		return err
	case shown:
		return nil
	case len(names) > 0:
		return explainOther(s, word, names)
	}
	if hint := unitHint(word); hint != "" {
		return usagef("unknown word %q; %s", word, hint)
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

// explainOther shows the names that a word is another word for.
func explainOther(s *streams, word string, names []string) error {
	fmt.Fprintf(s.out, "%s: see %s\n", word, strings.Join(names, ", "))
	for _, name := range names {
		separate(s, true)
		switch shown, err := explainAll(s, name); {
		case err != nil:
			return err
		case !shown: // commands are the only names that are not a topic
			fmt.Fprintf(s.out, "%s (command)\n  See stickysim %s --help.\n", name, name)
		}
	}
	return nil
}

// unitHint is what to write for a duration or size such as 5min; "" for other words.
func unitHint(word string) string {
	for _, parse := range []func(string) (float64, error){dist.ParseDuration, dist.ParseBytes} {
		_, err := parse(word)
		var e *dist.Error
		if errors.As(err, &e) && strings.HasPrefix(e.Hint, "did you mean ") {
			hint, _, _ := strings.Cut(e.Hint, "? ")
			return hint + "?"
		}
	}
	return ""
}

// explainAll shows everything that is called name, and reports whether there is anything.
func explainAll(s *streams, name string) (shown bool, err error) {
	for _, t := range topics {
		if !slices.Contains(t.names(), name) {
			continue
		}
		separate(s, shown)
		shown = true
		if err := t.show(s, name); err != nil {
			return true, err
		}
	}
	return shown, nil
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
