package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// effort says how a study is run. It does not change the result, except that --timeout may end it early.
type effort struct {
	jobs    int
	timeout time.Duration
	most    int64 // bytes of memory; 0 = what the machine has, -1 = no limit
}

func (o *effort) flags(c *cobra.Command) {
	c.Flags().IntVar(&o.jobs, "jobs", 0, "run this `number` of replications in parallel (default: one per core)")
	c.Flags().Func("memory", "refuse what is estimated to need more memory than this `size`, such as 16GiB, and run fewer replications in parallel to keep to it (default: what the machine has)", o.readMemory)
	c.Flags().DurationVar(&o.timeout, "timeout", 0, "stop after this `duration` of real time, loading included, and keep complete replications")
}

func (o *effort) check() error {
	switch {
	case o.jobs < 0:
		return usagef("--jobs: must be at least 1, got %d", o.jobs)
	case o.timeout < 0:
		return usagef("--timeout: must not be negative, got %s", o.timeout)
	}
	return nil
}

// limit ends the context of a command at its --timeout, which counts from the start of the program. The caller releases it.
func (s *streams) limit(c *cobra.Command) (release context.CancelFunc) {
	timeout, err := c.Flags().GetDuration("timeout")
	if err != nil || timeout <= 0 { // there is no such flag, or check refuses it
		return func() {}
	}
	s.ctx, release = context.WithDeadline(s.ctx, s.begun.Add(timeout))
	c.SetContext(s.ctx)
	return release
}

// simulate runs a study until it is done or ctx ends. If it was stopped, it returns the complete replications and
// errInterrupted.
func (s *streams) simulate(ctx context.Context, study *experiment.Study, o *effort, log bool) (*experiment.Result, error) {
	return s.simulateKept(ctx, study, o, log, nil)
}

// simulateKept is simulate with a place where replications are kept; nil = none.
func (s *streams) simulateKept(ctx context.Context, study *experiment.Study, o *effort, log bool, saved experiment.Saved) (*experiment.Result, error) {
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	fitted, err := s.fit(study, o)
	if err != nil {
		return nil, err
	}
	p, kept := s.follow(study.Name), 0
	r, err := experiment.Run(study, experiment.Options{
		Jobs: fitted.jobs, Progress: p.step, Stop: stopped.Load, Log: log, Saved: saved,
		Keep: func(int, int, *sim.Result) { kept++ },
	})
	p.end()
	if err != nil {
		return nil, located(err, study, kept)
	}
	if r.Interrupted {
		s.interrupted(ctx, study, fmt.Sprintf("%d replications of each alternative are complete", finished(r)), saved != nil)
		return r, errInterrupted
	}
	return r, nil
}

// interrupted says that a study was stopped, and how it is continued.
func (s *streams) interrupted(ctx context.Context, study *experiment.Study, so string, kept bool) {
	if kept {
		so += "; the same command continues"
	}
	fmt.Fprintf(s.err, "stickysim: %s: %s; %s\n", study.Name, whyStopped(ctx), so)
}

// finished is the number of replications that all alternatives of a result have.
func finished(r *experiment.Result) int {
	if len(r.Variants) == 0 {
		return 0
	}
	return r.Variants[0].Replications
}

// located adds to an error of the engine, a broken invariant or a panic, which replication it is from. Results are kept in order, so it is the one after the
// last kept; before the first, it may also be a pilot run.
func located(err error, study *experiment.Study, kept int) error {
	var broken *sim.InvariantError
	var panicked *diag.Panic
	if !errors.As(err, &broken) && !errors.As(err, &panicked) {
		return err
	}
	where := "the pilot runs"
	if kept > 0 || !study.AutoWarmup {
		v := study.Variants[kept%len(study.Variants)]
		where = fmt.Sprintf("%s, replication %d", v.Name, kept/len(study.Variants))
	}
	return fmt.Errorf("%s, seed %d, %s: %w", study.Name, study.Seed, where, err)
}
