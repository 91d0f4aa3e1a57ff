package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/cost"
)

// CostOptions are the flags and the argument of `cost`.
type CostOptions struct {
	selection
	effort
	goal
	reportDir
	Scenario string
	Format   string
	Entries  []string
	Victims  string
	Alone    bool
	All      bool
}

const costExample = `  stickysim cost change-rolling-deploy
  stickysim cost shop.yaml --entries deploy,crash --replications 40
  stickysim cost change-crash --victims --objective 'latency.p95 < 300ms'
  stickysim cost shop.yaml --until decided --out shop-cost`

const costHelp = `Run every alternative with each event of the timeline and without it, on the same users, and show what the event costs: visits that lose their session, people who meet a loss or a failed request, failed requests, time above the objectives on latency, p95 and server hours. The autoscaler counts as an event. An event that is left out changes nothing of what is drawn for the others.

Deployments, drains and preemptions are also tried with an hour for servers to leave, or the longest that fits into the run. With --victims, an event that strikes a random server strikes each in turn: by rank, the hottest first, or with --victims=server by name.`

// costFormats write costs.
var costFormats = []reportFormat[*cost.Result]{
	{"csv", ".csv", func(w io.Writer, r *cost.Result, _ reports.Options) error { return reports.WriteCostCSV(w, r) }},
	{"json", ".json", func(w io.Writer, r *cost.Result, _ reports.Options) error { return reports.WriteCostJSON(w, r) }},
	{"markdown", ".md", func(w io.Writer, r *cost.Result, _ reports.Options) error { return reports.WriteCostMarkdown(w, r) }},
	{"table", "", reports.WriteCost},
}

// victimWays are the values of --victims.
var victimWays = map[string]cost.Victims{"": cost.AsDrawn, "rank": cost.ByRank, "server": cost.ByServer}

func newCost(s *streams) *cobra.Command {
	o := &CostOptions{}
	c := &cobra.Command{
		Use: "cost SCENARIO", Short: "Show what each event of the timeline costs", Long: "Show what each event of the timeline costs.\n\n" + costHelp,
		Example: costExample, Args: cobra.ExactArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.Scenario = args[0]
			return costs(c.Context(), s, o)
		},
	}
	o.selection.flags(c)
	o.effort.flags(c)
	o.goal.flags(c)
	o.reportDir.flags(c, "cost")
	f := c.Flags()
	f.Lookup("until").Usage = "`decided`: add replications until people, visits hit, availability and p95 of every event are decided, or shown to change by less than 2 % (half a point of a share)"
	f.StringVar(&o.Format, "format", "table", "output `format`: "+strings.Join(reportFormatNames(costFormats), ", "))
	f.StringSliceVar(&o.Entries, "entries", nil, "only these events, by name or kind: `a,b,c`")
	f.StringVar(&o.Victims, "victims", "", "make an event that strikes a random server strike each in turn, by `rank` or server")
	f.Lookup("victims").NoOptDefVal = "rank"
	f.BoolVar(&o.Alone, "alone", false, "also show what each event costs where no other happens")
	f.BoolVar(&o.All, "all", false, "show all rows, what was tried, and all warnings")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reportFormatNames(costFormats), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("victims", cobra.FixedCompletions([]string{"rank", "server"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (o *CostOptions) check() error {
	if _, err := reportFormatNamed(costFormats, o.Format); err != nil {
		return err
	}
	if _, ok := victimWays[o.Victims]; !ok {
		return usagef("--victims: must be rank or server, got %q", o.Victims)
	}
	return errors.Join(o.goal.check(), o.effort.check())
}

// costs finds the costs of a scenario and prints them.
func costs(ctx context.Context, s *streams, o *CostOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	b, err := s.build(o.Scenario, &o.selection)
	if err != nil {
		return err
	}
	if err := o.reportDir.check(s); err != nil {
		return err
	}
	watch := startWatch(s.args)
	r, err := s.findCosts(ctx, b.Study, o)
	var unknown *cost.UnknownEntry
	switch {
	case errors.As(err, &unknown) && unknown.Name == "":
		return usagef("%s: there is nothing to cost: %w\n    Write timeline: [{at: 30m, crash: {servers: 1}}], or try one with --set 'timeline=[{at: 30m, deploy: {}}]'", o.Scenario, err)
	case errors.As(err, &unknown):
		return usagef("--entries: %w%s", err, didYouMean(unknown.Name, unknown.Known))
	case err != nil:
		return err
	}
	if r.Replications > 0 {
		if err := errors.Join(o.show(s, r), saveReport(s, &o.reportDir, costFormats, r, watch.metaOf(o.jobs, r.Events))); err != nil {
			return err
		}
	}
	if r.Interrupted {
		fmt.Fprintf(s.err, "stickysim: %s: %s; %d replications are complete\n", b.Study.Name, whyStopped(ctx), r.Replications)
		return errInterrupted
	}
	return nil
}

// show prints costs on standard output, completely or not at all.
func (o *CostOptions) show(s *streams, r *cost.Result) error {
	options := reports.Options{Width: s.width, Color: s.color}
	if o.All {
		options.Show = []string{reports.Everything}
	}
	format, err := reportFormatNamed(costFormats, o.Format)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := format.write(&out, r, options); err != nil {
		return err
	}
	if err := s.print(&out, o.Format); err != nil {
		return err
	}
	if o.Format == "csv" || o.Format == "json" {
		s.alarm(fileName(r.Name), r.Warnings)
	}
	return nil
}

// findCosts runs what costs are made of, and follows its progress. Work that takes longer than a little is announced with what
// would shorten it.
func (s *streams) findCosts(ctx context.Context, study *experiment.Study, o *CostOptions) (*cost.Result, error) {
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	fitted, err := s.fit(study, &o.effort)
	if err != nil {
		return nil, err
	}
	p := s.follow(study.Name)
	announce := &announcement{streams: s, name: study.Name, began: time.Now()}
	r, err := cost.Run(study, cost.Options{
		Options: experiment.Options{Jobs: fitted.jobs, Stop: stopped.Load, Progress: func(done, total int, variant string) {
			announce.step(done, total)
			p.step(done, total, variant)
		}},
		Entries: o.Entries, Alone: o.Alone, Victims: victimWays[o.Victims], Fewer: o.replications != "", Most: o.goal.cap(),
		Runs: func(runs, replications int) { announce.runs, announce.replications = runs, replications },
	})
	p.end()
	return r, err
}

// announcement says how long the work takes, as soon as that is known, if it is long.
type announcement struct {
	streams            *streams
	name               string
	began              time.Time
	runs, replications int
	said               bool
}

// long is the work that is announced.
const long = 20 * time.Second

// step is called after each run.
func (a *announcement) step(done, total int) {
	if a.said || done < min(a.runs, 20) {
		return
	}
	a.said = true
	whole := time.Duration(float64(time.Since(a.began)) * float64(total) / float64(done))
	if whole > long {
		a.streams.note("stickysim: %s: %d models × %d replications take about %s; --entries, --policies, --replications and --duration shorten it, --timeout keeps what is complete",
			a.name, a.runs, a.replications, whole.Round(time.Second))
	}
}
