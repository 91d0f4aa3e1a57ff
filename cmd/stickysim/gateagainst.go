package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/snapshot"
)

// against is what a gate compares with: a baseline, a snapshot.
type against struct {
	Baseline   string // a result.json, or a directory of one, or of one per scenario; empty = none
	AllowOther bool   // the baseline may be of another scenario, seed or duration
	Snapshot   string // file; empty = none
	Update     bool   // write the snapshot anew

	saved *snapshot.File
}

func (o *against) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.Baseline, "baseline", "", "saved `result` to compare with: result.json, or a directory of --out")
	f.BoolVar(&o.AllowOther, "allow-other-baseline", false, "accept a baseline of another scenario, seed or duration")
	f.StringVar(&o.Snapshot, "snapshot", "", "`file` of the judged figures: one that has moved beyond chance is a miss")
	f.BoolVar(&o.Update, "update", false, "with --snapshot: write the file anew")
	_ = c.MarkFlagFilename("baseline", "json")
	_ = c.MarkFlagFilename("snapshot", "json")
}

// open reads what the studies are compared with.
func (o *against) open(s *streams, studies []*experiment.Study) error {
	switch {
	case o.Update && o.Snapshot == "":
		return usagef("--update: needs --snapshot FILE")
	case o.AllowOther && o.Baseline == "":
		return usagef("--allow-other-baseline: needs --baseline RESULT")
	}
	for _, study := range studies {
		if o.Baseline == "" {
			if err := alone(study); err != nil {
				return err
			}
			continue
		}
		r, err := s.readResult(baselineOf(o.Baseline, study.Name))
		if err != nil {
			return fmt.Errorf("--baseline: %w", err)
		}
		why := unlike(study, r.Name, r.Seed, r.Duration)
		if why == "" {
			why = warmedOtherwise(study, r)
		}
		if why != "" && !o.AllowOther {
			return usagef("--baseline: %s: %s; --allow-other-baseline accepts it", study.Name, why)
		}
		study.Against = r
		if never := study.Hopeless(); len(never) > 0 {
			return usagef("--baseline: %s: %s; write another limit, or leave the objective out", study.Name, strings.Join(never, "; "))
		}
	}
	return o.openSnapshot(s, studies)
}

// alone refuses an objective that needs a baseline where there is none.
func alone(study *experiment.Study) error {
	for _, x := range study.Objectives {
		if x.Limit.Saved {
			return usagef("%s: the objective %q compares with a baseline; give one by --baseline RESULT", study.Name, x)
		}
	}
	return nil
}

// baselineOf is the result of a scenario in a directory of several.
func baselineOf(name, scenario string) string {
	if _, err := os.Stat(filepath.Join(name, "result.json")); err == nil {
		return name
	}
	if inner := filepath.Join(name, fileName(scenario)); isDir(inner) {
		return inner
	}
	return name
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// unlike says in what a saved result is of something else than a study; empty: in nothing.
func unlike(study *experiment.Study, name string, seed uint64, duration float64) string {
	m := study.Variants[0].Model
	switch {
	case name != study.Name:
		return fmt.Sprintf("it is of the scenario %q", name)
	case seed != study.Seed:
		return fmt.Sprintf("it has seed %d, the scenario %d", seed, study.Seed)
	case duration != m.Duration.Seconds():
		return fmt.Sprintf("it measures %g s, the scenario %g s", duration, m.Duration.Seconds())
	}
	return ""
}

// warmedOtherwise says that a result was warmed up for another time than a study will be, where both say how long; else it
// is empty. Its clients then arrive at other times.
func warmedOtherwise(study *experiment.Study, r *experiment.Result) string {
	now := study.Variants[0].Model.Warmup.Seconds()
	method := experiment.WarmupMethod(r.WarmupMethod)
	if study.AutoWarmup || method != experiment.GivenWarmup && method != experiment.NoWarmup || r.Warmup == now {
		return ""
	}
	return fmt.Sprintf("it has a warm-up of %g s, the scenario %g s", r.Warmup, now)
}

func (o *against) openSnapshot(s *streams, studies []*experiment.Study) error {
	if o.Snapshot == "" {
		return nil
	}
	for i, study := range studies {
		if slices.ContainsFunc(studies[:i], func(other *experiment.Study) bool { return other.Name == study.Name }) {
			return usagef("--snapshot: two of the scenarios are named %q, and a snapshot keeps figures by name; give one of them another name:, or a snapshot of its own", study.Name)
		}
	}
	saved, err := load(s, o.readSnapshot)
	switch {
	case errors.Is(err, fs.ErrNotExist) && o.Update:
		o.saved = &snapshot.File{}
		return writable("--snapshot", o.Snapshot)
	case errors.Is(err, fs.ErrNotExist):
		return usagef("--snapshot: there is no file %s; --update writes it", o.Snapshot)
	case err != nil:
		return err
	}
	o.saved = saved
	if o.Update {
		return writable("--snapshot", o.Snapshot)
	}
	for _, study := range studies {
		old := o.saved.Scenario(study.Name)
		if old == nil {
			return usagef("--snapshot: %s holds no figures of %s; --update adds them", o.Snapshot, study.Name)
		}
		if why := unlike(study, old.Name, old.Seed, old.Duration); why != "" {
			return usagef("--snapshot: %s: %s: %s; --update writes it anew", o.Snapshot, study.Name, why)
		}
	}
	return nil
}

// readSnapshot reads the file, which --update may write again.
func (o *against) readSnapshot() (*snapshot.File, error) {
	f, err := os.Open(o.Snapshot)
	if err != nil {
		return nil, usagef("--snapshot: %w", err)
	}
	defer f.Close()
	saved, err := snapshot.Read(f)
	if err != nil {
		return nil, usagef("--snapshot: %s: %w", o.Snapshot, err)
	}
	return saved, nil
}

// moves are the figures of a result that are not as in the snapshot; with --update they become the snapshot.
func (o *against) moves(s *streams, r *experiment.Result) []snapshot.Move {
	if o.saved == nil {
		return nil
	}
	now := snapshot.Of(r)
	if !o.Update {
		old := o.saved.Scenario(r.Name)
		for _, f := range old.Figures {
			if !slices.ContainsFunc(now.Figures, func(g snapshot.Figure) bool { return g.Alternative == f.Alternative && g.Metric == f.Metric }) {
				s.note("%s: %s of %s is in the snapshot and no longer judged (--update removes it)", r.Name, f.Metric, f.Alternative)
			}
		}
		return old.Moves(now)
	}
	if !r.Interrupted {
		o.saved.Put(now)
	}
	return nil
}

// save writes the snapshot with --update.
func (o *against) save(s *streams) error {
	if o.saved == nil || !o.Update {
		return nil
	}
	s.note("%s: written anew; the figures were not compared with it", o.Snapshot)
	return s.write("--snapshot", o.Snapshot, o.saved.Write)
}
