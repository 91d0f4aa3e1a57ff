package main

import (
	"github.com/spf13/cobra"

	"stickysim/sim/experiment"
)

// mostUntil is how many replications --until decided adds up to, unless --max says otherwise.
const mostUntil = 200

// goal says when there are enough replications, in place of what the scenario says.
type goal struct {
	until string
	most  int
}

func (o *goal) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.until, "until", "", "`decided`: add replications until p95, visits hit, hottest server and failed requests are decided for every alternative, or shown to differ by less than 2 %")
	c.Flags().IntVar(&o.most, "max", 0, "with --until, the most replications: a `number` (default 200)")
	_ = c.RegisterFlagCompletionFunc("until", cobra.FixedCompletions([]string{"decided"}, cobra.ShellCompDirectiveNoFileComp))
}

func (o *goal) check() error {
	switch {
	case o.until != "" && o.until != "decided":
		return usagef("--until: must be decided, got %q", o.until)
	case o.most < 0:
		return usagef("--max: must be at least 1, got %d", o.most)
	case o.most > 0 && o.until == "":
		return usagef("--max: needs --until decided")
	}
	return nil
}

// apply lets a study go on until its comparisons are decided. The scenario's number of replications is the least.
func (o *goal) apply(s *experiment.Study) error {
	if o.until == "" {
		return nil
	}
	if len(s.Variants) < 2 {
		return usagef("%s: --until decided needs at least two alternatives to compare", s.Name)
	}
	r := &s.Replications
	r.Decided, r.Max = true, o.cap()
	if o.most == 0 {
		r.Max = max(r.Max, r.Min)
	}
	r.Min = min(r.Min, r.Max)
	return nil
}

// cap is the most replications with --until; 0 without.
func (o *goal) cap() int {
	switch {
	case o.until == "":
		return 0
	case o.most == 0:
		return mostUntil
	}
	return o.most
}
