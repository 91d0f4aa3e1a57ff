package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"stickysim/sim/diag"
)

const synopsis = `stickysim simulates sticky and stateless load balancing and shows what each costs:
hotspots, lost sessions, latency and servers.`

const firstSteps = `  # Simulate a built-in scenario and save the result with plots
  stickysim run nat-hotspot --out nat-hotspot-result

  # Compare two routing policies on the same clients and arrivals
  stickysim compare nat-hotspot --policies cookie,ip-hash

  # Copy a built-in scenario to a file that you can edit
  stickysim scenarios copy nat-hotspot

  # Convert your load balancer configuration to a scenario
  stickysim import nginx.conf > scenario.yaml

  # Show which server nginx would choose for each client
  stickysim route nginx.conf --keys clients.txt`

// commandWords are commands, each with the words that people look for instead.
var commandWords = [][]string{
	{"run", "simulate", "sim", "start", "exec", "execute"},
	{"compare", "diff", "vs", "versus", "benchmark"},
	{"gate", "judge", "ci", "assert", "threshold"},
	{"sweep", "grid", "scan", "vary", "parameters", "sensitivity"},
	{"cost", "impact", "blame", "price"},
	{"report", "render", "plot"},
	{"route", "lookup", "where"},
	{"scenarios", "examples", "catalogue", "catalog", "templates", "init", "new"},
	{"explain", "define", "describe", "what", "man", "glossary"},
	{"validate", "check", "lint", "test"},
	{"import", "convert", "translate", "from"},
}

func init() {
	for _, row := range commandWords {
		diag.Also(row[0], row[1:]...)
	}
}

// execute parses args and runs the command.
func execute(ctx context.Context, s *streams, args []string) error {
	s.stop, s.ctx = ctx, ctx
	root := newRoot(s)
	begun := false
	each(root, func(c *cobra.Command) {
		if work := c.RunE; work != nil {
			c.RunE = func(cmd *cobra.Command, args []string) error {
				begun = true
				defer s.limit(cmd)()
				return work(cmd, args)
			}
		}
	})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && !begun { // unknown commands and wrong arguments are plain errors to cobra
		return usageError{errors.New(strings.TrimSpace(err.Error()))}
	}
	return err
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use: "stickysim", Short: "Simulate sticky and stateless load balancing", Long: synopsis, Example: firstSteps,
		Version: versionText(), SilenceUsage: true, SilenceErrors: true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", fmt.Sprintf(".FlagUsagesWrapped %d", s.helpWidth())))
	root.PersistentFlags().BoolVarP(&s.quiet, "quiet", "q", false, "print only errors and severe warnings on standard error")
	root.PersistentFlags().BoolFunc("no-color", "disable colours (as does setting NO_COLOR)", func(string) error {
		s.color = false
		return nil
	})
	root.PersistentFlags().Func("color", "`when` to use colours: auto, always or never (default: auto)", s.setColor)
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(colorModes, cobra.ShellCompDirectiveNoFileComp))
	const runs, inspects = "run", "inspect"
	root.AddGroup(&cobra.Group{ID: runs, Title: "Run:"}, &cobra.Group{ID: inspects, Title: "Inspect:"})
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add(runs, newRun(s), newCompare(s), newGate(s), newPlan(s), newSweep(s), newReport(s), newMerge(s), newRoute(s))
	add(runs, newCost(s))
	add(inspects, newScenarios(s), newPolicies(s), newMetrics(s), newExplain(s), newValidate(s), newImport(s), newSchema(s))
	root.AddCommand(newVersion(s))
	for _, c := range root.Commands() {
		c.SuggestFor = diag.Others(c.Name())
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		c.Long = paragraphs(c.Long, s.helpWidth())
		help(c, args)
	})
	return root
}

func each(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		each(sub, do)
	}
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		known := make([]string, len(commands))
		for i, sub := range commands {
			known[i] = sub.Name()
		}
		return fmt.Errorf("unknown command %q for %q%s", args[0], c.CommandPath(), didYouMean(args[0], known))
	}
	c.AddCommand(commands...)
	return c
}

// flagError adds the nearest flag to pflag's message about an unknown one.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError{err}
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	guess := ""
	if near := diag.Suggest(unknown.GetSpecifiedName(), known); near != "" {
		guess = fmt.Sprintf("; did you mean --%s?", near)
	}
	return usagef("%w for %q%s (see %s --help)", err, c.CommandPath(), guess, c.CommandPath())
}

// didYouMean is the end of a message about an unknown word: the nearest known word, if one is near, and all known ones.
func didYouMean(word string, known []string) string {
	guess := ""
	if near := diag.Suggest(word, known); near != "" {
		guess = fmt.Sprintf("; did you mean %q?", near)
	}
	return guess + " (known: " + strings.Join(known, ", ") + ")"
}
