package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"stickysim/sim/experiment/replications"
)

// reportSweep shows a saved sweep again, from its replications: those points of which all are there.
func reportSweep(ctx context.Context, s *streams, r *ReportOptions) error {
	level, err := r.anew.level()
	if err != nil {
		return err
	}
	if len(r.Show) > 0 || r.Sort != sortings[0] {
		return usagef("%s is a sweep: report has no --show and --sort for it", r.Result)
	}
	o, p, err := s.reopenSweep(r.Result, func(o *SweepOptions) {
		o.confidence = level
		if r.anew.baseline != "" {
			o.selection.baseline = r.anew.baseline
		}
		o.selection.objectives.texts = append(o.selection.objectives.texts, r.anew.objectives.texts...)
		if len(r.metrics) > 0 {
			o.metrics = r.metrics
		}
	})
	if err != nil {
		return err
	}
	if o.format, o.out = r.Format, r.Out; r.Out == "" {
		o.parquet = false
	}
	wanted, err := o.check(s)
	if err != nil {
		return err
	}
	from := []string{r.Result}
	if err := p.openAll(from); err != nil {
		return tablesOf(r.Result, err)
	}
	complete, err := p.leaveOut(from)
	switch {
	case err != nil:
		return err
	case complete == 0:
		return usagef("%s: no point is complete. The same command as before continues", r.Result)
	case complete < len(p.points) && r.Out != "":
		return usagef("--out: %d of %s of %s are complete. The same command as before runs the others", complete, count(len(p.points), "point"), r.Result)
	case r.Out != r.Result && isSweep(r.Out):
		return usagef("--out: %s holds the points of a sweep, which may be another; name another directory", r.Out)
	}
	out, err := o.open(s, p, wanted, origin{from: from})
	if err != nil {
		return err
	}
	defer out.abort()
	if err := p.run(ctx, s, o, out); err != nil {
		return err
	}
	return out.finish(complete < len(p.points))
}

// leaveOut leaves out the points that are not complete, and returns how many are.
func (p *sweepPlan) leaveOut(dirs []string) (complete int, err error) {
	p.left = map[int]bool{}
	for i := range p.points {
		study, g, err := p.gather(dirs, i)
		if err != nil {
			return 0, err
		}
		missing, err := g.missing(len(study.Variants), study.Replications.Min)
		if err != nil {
			return 0, err
		}
		p.left[i] = len(missing) > 0
	}
	for _, left := range p.left {
		if !left {
			complete++
		}
	}
	return complete, nil
}

// tablesOf adds to an error about replications of another version where the tables are that it has written.
func tablesOf(dir string, err error) error {
	var other *replications.MismatchError
	table := filepath.Join(dir, "sweep.csv")
	if _, failed := os.Stat(table); failed != nil || !errors.As(err, &other) || other.What != "version" {
		return err
	}
	return usagef("%w. The tables of that version are in %s", err, table)
}
