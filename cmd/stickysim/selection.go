package main

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/scenarios"
	"stickysim/sim/diag"
)

// selection is what the command line changes in a scenario.
type selection struct {
	set                          []string // path=value
	logs                         []string // [name=]path
	seed, replications, duration string   // short for --set
	policies                     []string
	baseline                     string
	objectives                   objectives
}

func (o *selection) flags(c *cobra.Command) {
	f := c.Flags()
	repeatable(f, &o.set, "set", "set a scenario field: `path=value`, such as servers.count=4 (repeatable)")
	repeatable(f, &o.logs, "log", logFlagHelp)
	f.StringVar(&o.seed, "seed", "", "random `seed`: a whole number")
	f.StringVar(&o.replications, "replications", "", "`number` of independent runs of each alternative")
	f.StringVar(&o.duration, "duration", "", "simulated `time` to measure, such as 30m")
	f.StringSliceVar(&o.policies, "policies", nil, "run only these alternatives, or other policies: `a,b,c`")
	f.StringVar(&o.baseline, "baseline-policy", "", "`alternative` to compare the others with (default: the first)")
	o.objectives.flags(c)
	_ = c.RegisterFlagCompletionFunc("set", completeSet)
	_ = c.RegisterFlagCompletionFunc("policies", completeAlternatives)
	_ = c.RegisterFlagCompletionFunc("baseline-policy", completeBaseline)
}

// build opens a scenario and applies the selection.
func (s *streams) build(name string, o *selection) (*scenarios.Built, error) {
	return load(s, func() (*scenarios.Built, error) {
		spec, files, err := o.open(s, name)
		if err != nil {
			return nil, err
		}
		return o.build(spec, files)
	})
}

// buildAll builds several scenarios and reports the problems of all.
func (s *streams) buildAll(names []string, o *selection) (all []*scenarios.Built, err error) {
	var failed []error
	for _, name := range names {
		b, err := s.build(name, o)
		if errors.Is(err, errInterrupted) {
			return nil, err
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		all = append(all, b)
	}
	return all, together(failed)
}

// build applies the selection to a scenario. Its error lists all problems.
func (o *selection) build(spec *scenarios.Spec, files fs.FS) (*scenarios.Built, error) {
	spec, err := o.apply(spec)
	if err != nil {
		return nil, err
	}
	b := scenarios.Build(spec, files)
	byFlag(b.Problems)
	if err := b.Problems.Err(); err != nil {
		return nil, err
	}
	if o.baseline != "" {
		err = o.compareWith(&b)
	}
	return &b, errors.Join(err, o.objectives.apply(b.Study))
}

func (o *selection) apply(spec *scenarios.Spec) (*scenarios.Spec, error) {
	set := slices.Clone(o.set)
	for _, short := range []struct{ path, value string }{{"seed", o.seed}, {"replications", o.replications}, {"duration", o.duration}} {
		if short.value != "" {
			set = append(set, short.path+"="+short.value)
		}
	}
	var problems diag.List
	if len(o.policies) > 0 {
		var err error
		if spec, err = spec.Only(o.policies...); err != nil {
			return nil, usagef("--policies: %w", err)
		}
	}
	for _, text := range set {
		path, value, ok := strings.Cut(text, "=")
		if !ok || path == "" {
			problems.Add(diag.Problem{Rule: "bad-path", File: "--set " + text, Message: "is not path=value", Hint: "write --set servers.count=4"})
			continue
		}
		next, err := spec.Set(path, value)
		var list diag.List
		switch {
		case err == nil:
			spec = next
		case errors.As(err, &list):
			for _, p := range list {
				problems.Add(p)
			}
		default:
			return nil, err
		}
	}
	return spec, byFlag(problems).Err()
}

// warn prints what is valid and probably a mistake.
func (s *streams) warn(b *scenarios.Built) {
	for _, w := range b.Problems.Warnings() {
		s.note("%s", w)
	}
}

// compareWith makes the alternative of --baseline-policy the baseline.
func (o *selection) compareWith(b *scenarios.Built) error {
	var known []string
	for i, v := range b.Study.Variants {
		if v.Name == o.baseline {
			b.Study.Baseline = i
			return nil
		}
		known = append(known, v.Name)
	}
	return usagef("--baseline-policy: no alternative is called %q%s", o.baseline, didYouMean(o.baseline, known))
}
