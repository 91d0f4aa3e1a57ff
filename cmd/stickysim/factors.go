package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/factorial"
)

// factorFormats write what factors do.
var factorFormats = []reportFormat[*factorial.Result]{
	{"csv", ".csv", func(w io.Writer, r *factorial.Result, _ reports.Options) error { return reports.WriteFactorsCSV(w, r) }},
	{"json", ".json", func(w io.Writer, r *factorial.Result, _ reports.Options) error { return reports.WriteFactorsJSON(w, r) }},
	{"markdown", ".md", func(w io.Writer, r *factorial.Result, _ reports.Options) error {
		return reports.WriteFactorsMarkdown(w, r)
	}},
	{"table", "", reports.WriteFactors},
}

// factorsFlag is sweep --factors.
func factorsFlag(c *cobra.Command, factors *[]string) {
	c.Flags().StringSliceVar(factors, "factors", nil, "instead of --set, run the combinations of these on and off (all up to six, 64 of up to twelve): events of the timeline by name or kind, populations, autoscaler, gc: `a,b,c`")
}

// runFactors is sweep with --factors.
func runFactors(ctx context.Context, s *streams, o *SweepOptions, name string) error {
	format, err := reportFormatNamed(factorFormats, o.format)
	if err != nil {
		return err
	}
	for _, other := range []struct {
		flag  string
		given bool
	}{{"--set", len(o.set) > 0}, {"--design", o.design != "grid"}, {"--metric", len(o.metrics) > 0}, {"--parquet", o.parquet}, {"--shard", o.shard.text != ""}} {
		if other.given {
			return usagef("--factors: not together with %s", other.flag)
		}
	}
	dir := &reportDir{out: o.out, stem: "factors"}
	if err := errors.Join(o.effort.check(), dir.check(s)); err != nil {
		return err
	}
	b, err := s.build(name, &o.selection)
	if err != nil {
		return err
	}
	watch := startWatch(s.args)
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	fitted, err := s.fit(b.Study, &o.effort)
	if err != nil {
		return err
	}
	p := s.follow(b.Study.Name)
	r, err := factorial.Run(b.Study, o.factors, experiment.Options{Jobs: fitted.jobs, Stop: stopped.Load, Progress: p.step})
	p.end()
	var unknown *factorial.Unknown
	switch {
	case errors.As(err, &unknown) && len(unknown.Known) < 2:
		return usagef("--factors: %w", err)
	case errors.As(err, &unknown) && unknown.Name != "":
		return usagef("--factors: %w%s", err, didYouMean(unknown.Name, unknown.Known))
	case errors.As(err, &unknown):
		return usagef("--factors: %w (known: %s)", err, strings.Join(unknown.Known, ", "))
	case err != nil:
		return err
	}
	var out bytes.Buffer
	if r.Replications > 0 {
		if err := format.write(&out, r, reports.Options{Width: s.width, Color: s.color}); err != nil {
			return err
		}
		if err := saveReport(s, dir, factorFormats, r, watch.metaOf(o.jobs, r.Events)); err != nil {
			return err
		}
	}
	if err := s.print(&out, o.format); err != nil {
		return err
	}
	if slices.Contains([]string{"csv", "json"}, o.format) {
		s.alarm(fileName(r.Name), r.Warnings)
	}
	if r.Interrupted {
		fmt.Fprintf(s.err, "stickysim: %s: %s; %d replications are complete\n", b.Study.Name, whyStopped(ctx), r.Replications)
		return errInterrupted
	}
	return nil
}
