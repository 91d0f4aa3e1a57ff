package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"stickysim/scenarios"
	"stickysim/sim/experiment"
)

// RunOptions are the flags and arguments of `run` and `compare`.
type RunOptions struct {
	selection
	goal
	effort
	output
	keeping
	shard     shard
	emission  emission
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
			"file, the name of a built-in scenario, or - for standard input.\n\n" + judgedHelp + "\n\n" + screenHelp,
		Example: runExample, Args: cobra.MinimumNArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.Scenarios = args
			o.note(c)
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
	o.keeping.flags(c)
	o.shard.flags(c)
	o.emission.flags(c)
}

// note remembers the command line.
func (o *RunOptions) note(c *cobra.Command) {
	o.keeping.note(c)
	o.emission.note(c)
}

// simulateAll runs and reports one scenario after the other. It reads all of them first: a mistake in the last one must
// not show up after an hour of simulation.
func simulateAll(ctx context.Context, s *streams, o *RunOptions) error {
	if err := errors.Join(o.goal.check(), o.effort.check(), o.output.check(), o.emission.check()); err != nil {
		return err
	}
	built, err := o.prepare(s)
	if err != nil {
		return err
	}
	var studies []*experiment.Study
	for _, b := range built {
		studies = append(studies, b.Study)
	}
	if o.emission.engine == "" {
		err = o.shard.find(s)
	}
	if err := errors.Join(err, o.checkShard(studies)); err != nil {
		return err
	}
	targets, err := o.targets(s, studies)
	if err != nil {
		return err
	}
	if o.emission.engine != "" {
		return o.emission.print(s, &o.shard, o.job(built, targets))
	}
	for _, study := range studies {
		if _, _, err := o.fits(study); err != nil {
			return err
		}
	}
	stores := make([]*store, len(studies))
	for i, b := range built {
		if stores[i], err = o.keeping.open(s, targets[i].dir, b); err != nil {
			return err
		}
	}
	titles := make([]string, len(studies))
	if len(studies) > 1 {
		titles = titled(o.Scenarios, studies)
	}
	for i, study := range studies {
		if err := o.simulateOne(ctx, s, study, targets[i], stores[i], showing{titles[i], i > 0}); err != nil {
			return err
		}
	}
	return nil
}

// simulateOne runs a study, saves its result and shows it.
func (o *RunOptions) simulateOne(ctx context.Context, s *streams, study *experiment.Study, t target, kept *store, as showing) error {
	if o.shard.on() {
		return o.simulateShard(ctx, s, study, kept)
	}
	watch := startWatch(s.args)
	r, stopped := s.simulateKept(ctx, study, &o.effort, o.Events != "", kept.saved())
	if r == nil || finished(r) == 0 {
		return kept.resumable(stopped)
	}
	if err := o.save(s, r, t, watch.meta(o.jobs, r)); err != nil {
		return kept.resumable(err)
	}
	if err := o.show(s, r, as); err != nil {
		return err
	}
	return stopped
}

// prepare builds all scenarios.
func (o *RunOptions) prepare(s *streams) ([]*scenarios.Built, error) {
	all, err := s.buildAll(o.Scenarios, &o.selection)
	if err != nil {
		return nil, err
	}
	for i, b := range all {
		if n := len(b.Study.Variants); n < o.AtLeast {
			return nil, usagef("%s: compare needs at least two alternatives, the scenario has %d (--policies a,b selects others)", o.Scenarios[i], n)
		}
		if err := o.goal.apply(b.Study); err != nil {
			return nil, err
		}
	}
	return all, nil
}
