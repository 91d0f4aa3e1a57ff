package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/sim/dist"
	"stickysim/sim/experiment"
)

// anew is what report makes otherwise of the replications of a result.
type anew struct {
	confidence, baseline string
	objectives           objectives // besides those of the run
}

func (o *anew) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.confidence, "confidence", "", "compute all intervals at this `level`, such as 99%")
	c.Flags().StringVar(&o.baseline, "baseline-policy", "", "compute all differences from this `alternative`")
	o.objectives.flags(c)
}

func (o *anew) asked() bool {
	return o.confidence != "" || o.baseline != "" || len(o.objectives.texts) > 0
}

// level is --confidence; 0 = not given.
func (o *anew) level() (float64, error) {
	if o.confidence == "" {
		return 0, nil
	}
	v, err := dist.ParsePercent(o.confidence)
	if err != nil || v < .5 || v > .9999 {
		return 0, usagef("--confidence: must be a level from 50%% to 99.99%%, got %q", o.confidence)
	}
	return v, nil
}

// recompute makes the result of a directory from the replications in it. A study that added replications until it had
// enough is judged at the same numbers of them, up to those that are there.
func (s *streams) recompute(dir string, o *anew) (*experiment.Result, error) {
	level, err := o.level()
	if err != nil {
		return nil, err
	}
	dir = strings.TrimSuffix(dir, string(os.PathSeparator)+"result.json")
	if !isStore(dir) {
		return nil, usagef("%s keeps no replications, from which figures could be computed anew; run keeps them with --out, unless it has --keep-replications=false", dir)
	}
	_, all, err := s.openShards([]string{dir})
	if err != nil {
		return nil, err
	}
	b, err := s.reopen(all.from[0].files, func(q question) {
		if o.baseline != "" {
			q.selection.baseline = o.baseline
		}
		q.selection.objectives.texts = append(q.selection.objectives.texts, o.objectives.texts...)
	})
	if err != nil {
		return nil, err
	}
	r := &b.Study.Replications
	fixed, cut := r.Min == r.Max, false
	missing, err := all.missing(len(b.Study.Variants), r.Max)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		r.Max, cut = missing[0], true
	}
	if r.Max == 0 {
		return nil, usagef("%s: no replication is complete", dir)
	}
	if r.Min = min(r.Min, r.Max); level > 0 {
		r.Confidence = level
	}
	res, err := s.simulateKept(s.ctx, b.Study, &effort{most: -1}, false, all)
	if res != nil {
		res.Interrupted = fixed && cut // the run has not finished
	}
	return res, err
}
