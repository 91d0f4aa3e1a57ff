package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"stickysim/reports/outdir"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

// ReportOptions are the flags and the argument of `report`.
type ReportOptions struct {
	output
	anew
	Result  string   // a result.json, the directory of one, the directory of a sweep, or "-"
	metrics []string // of a sweep, to show
}

const reportExample = `  stickysim report nat-hotspot-result
  stickysim report nat-hotspot-result --format markdown
  stickysim report nat-hotspot-result --confidence 99%
  stickysim report shop-sweep --metric latency.p99 --confidence 99%
  stickysim run nat-hotspot --format json | stickysim report - --out saved`

func newReport(s *streams) *cobra.Command {
	o := &ReportOptions{}
	c := &cobra.Command{
		Use: "report RESULT", Short: "Print a saved result again (no simulation)",
		Long: "Print a saved result again, without simulating. RESULT is a directory written by --out, its result.json, " +
			"or - for standard input. With --confidence, --baseline-policy or --objective, the figures are computed anew from the " +
			"replications that --out has kept. RESULT may be the directory of a sweep, too, also of one that was stopped; --metric " +
			"chooses its figures, and --out writes its tables and curves.\n\n" + screenHelp,
		Example: reportExample, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Result = args[0]; isSweep(o.Result) {
				return reportSweep(c.Context(), s, o)
			}
			return report(s, o)
		},
	}
	o.formatFlag(c)
	o.screenFlags(c)
	o.outFlag(c)
	o.anew.flags(c)
	repeatable(c.Flags(), &o.metrics, "metric", "of a sweep, show this figure: the `name` of a metric (repeatable)")
	_ = c.RegisterFlagCompletionFunc("metric", completeMetrics)
	return c
}

func report(s *streams, o *ReportOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if len(o.metrics) > 0 {
		return usagef("--metric: %s is no sweep; --show adds figures to the report of a run", o.Result)
	}
	read := s.readResult
	if o.anew.asked() {
		read = func(name string) (*experiment.Result, error) { return s.recompute(name, &o.anew) }
	}
	r, err := read(o.Result)
	if err != nil {
		return err
	}
	if err := s.vacant(o.Out, o.Result); err != nil {
		return err
	}
	if o.Out != o.Result && isStore(o.Out) {
		return usagef("--out: %s holds replications, which may be of another study; name another directory", o.Out)
	}
	if err := o.save(s, r, target{dir: o.Out}, startWatch(s.args).meta(0, r)); err != nil {
		return err
	}
	return o.show(s, r, showing{})
}

// readResult reads a saved result.
func (s *streams) readResult(name string) (*experiment.Result, error) {
	return load(s, func() (*experiment.Result, error) { return s.readResultNow(name) })
}

func (s *streams) readResultNow(name string) (*experiment.Result, error) {
	in, file := s.standardInput(), "standard input"
	if name != "-" {
		file = name
		open := func() (fs.File, error) { return s.openNamed(name) }
		if isDir(name) {
			file = filepath.Join(name, "result.json")
			open = func() (fs.File, error) { return s.inputs.under(outdir.Files(name)).Open("result.json") }
		}
		f, err := open()
		if errors.Is(err, fs.ErrNotExist) {
			return nil, noResult(name, err)
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	r, err := resultjson.Read(in)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", file, err)}
	}
	return r, nil
}

// noResult is the error of a result that does not exist; where its replications do, it says how to make it.
func noResult(dir string, err error) error {
	if isStore(dir) {
		return usagef("%s has no result.json yet, only replications: the command that made them continues, and merge makes the result of shards", dir)
	}
	return usageError{err}
}
