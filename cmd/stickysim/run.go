package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"stickysim/sim/experiment"
)

// RunOptions are the flags and arguments of `run` and `compare`.
type RunOptions struct {
	selection
	goal
	effort
	output
	Scenarios []string
	AtLeast   int // alternatives that a scenario must have
}

const runExample = `  stickysim run nat-hotspot
  stickysim run nat-hotspot --out nat-hotspot-result
  stickysim run shop.yaml --set servers.count=4 --replications 40
  stickysim run shop.yaml --format json > result.json
  cat shop.yaml | stickysim run -`

func newRun(s *streams) *cobra.Command {
	o := &RunOptions{}
	c := &cobra.Command{
		Use: "run SCENARIO...", Short: "Simulate scenarios and report every alternative",
		Long: "Simulate scenarios. All alternatives of a scenario have the same clients, arrivals and faults. SCENARIO is a " +
			"file, the name of a built-in scenario, or - for standard input.\n\n" + screenHelp,
		Example: runExample, Args: cobra.MinimumNArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.Scenarios = args
			return simulateAll(c.Context(), s, o)
		},
	}
	o.flags(c)
	return c
}

func (o *RunOptions) flags(c *cobra.Command) {
	o.selection.flags(c)
	o.goal.flags(c)
	o.effort.flags(c)
	o.output.flags(c)
}

// simulateAll runs and reports one scenario after the other. It reads all of them first: a mistake in the last one must
// not show up after an hour of simulation.
func simulateAll(ctx context.Context, s *streams, o *RunOptions) error {
	if err := errors.Join(o.goal.check(), o.effort.check(), o.output.check()); err != nil {
		return err
	}
	studies, err := o.prepare(s)
	if err != nil {
		return err
	}
	targets, err := o.targets(studies)
	if err != nil {
		return err
	}
	ctx, cancel := o.limited(ctx)
	defer cancel()
	for i, study := range studies {
		watch := startWatch(s.args)
		r, stopped := s.simulate(ctx, study, &o.effort, o.Events != "")
		if r == nil || finished(r) == 0 {
			return stopped
		}
		if err := o.save(s, r, targets[i], watch.meta(o.jobs, r)); err != nil {
			return err
		}
		if err := o.show(s, r, i > 0); err != nil {
			return err
		}
		if stopped != nil {
			return stopped
		}
	}
	return nil
}

// prepare builds all scenarios and reports the problems of all.
func (o *RunOptions) prepare(s *streams) ([]*experiment.Study, error) {
	var (
		studies []*experiment.Study
		failed  []error
	)
	for _, name := range o.Scenarios {
		b, err := s.build(name, &o.selection)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if n := len(b.Study.Variants); n < o.AtLeast {
			return nil, usagef("%s: compare needs at least two alternatives, the scenario has %d (--policies a,b selects others)", name, n)
		}
		if err := o.goal.apply(b.Study); err != nil {
			return nil, err
		}
		studies = append(studies, b.Study)
	}
	return studies, together(failed)
}
