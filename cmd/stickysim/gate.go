package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

// GateOptions are the flags and arguments of `gate`.
type GateOptions struct {
	selection
	effort
	against
	gateFiles
	Scenarios     []string
	Format        string
	Most          int  // replications of each alternative; 0 = mostGated, or what the scenario says
	AllowWarnings bool // severe warnings do not hold the gate back
}

const gateExample = `  stickysim gate nat-hotspot
  stickysim gate shop.yaml --objective 'latency.p95 < 300ms' --junit gate.xml
  stickysim gate scenarios/*.yaml --markdown gate.md --max 800
  stickysim gate shop.yaml --baseline main-result --markdown pull-request.md
  stickysim gate shop.yaml --snapshot shop.snapshot.json --update`

const gateHelp = `Judge the objectives of scenarios: an objective is met, or missed, where the interval of its figure lies on one side of the limit, with the error rate of the scenario (5 %) over all objectives, alternatives and looks. Replications are added until all is decided, or there are --max of them. Objectives are those of the scenario and of --objective. Alternatives that no objective judges are not simulated, unless --out, --baseline or --format json asks for all.

Exit codes: 0 all objectives that count are met; 3 one is missed; 4 one is undecided, or a severe warning says that the answer may be wrong. Objectives with severity warn, and alternatives that the scenario's gate: does not name, do not count.

Where GITHUB_STEP_SUMMARY is set, the report is added to that file; where GITHUB_ACTIONS is true, annotations go to standard error.`

// mostGated is how many replications a gate adds up to, unless the scenario or --max says otherwise.
const mostGated = 400

func newGate(s *streams) *cobra.Command {
	o := &GateOptions{}
	c := &cobra.Command{
		Use: "gate SCENARIO...", Short: "Judge objectives: pass, fail or undecided, for CI", Long: gateHelp,
		Example: gateExample, Args: cobra.MinimumNArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			if o.Scenarios = args; c.Flags().Changed("max") && o.Most < 1 {
				return usagef("--max: must be at least 1, got %d", o.Most)
			}
			return gate(c.Context(), s, o)
		},
	}
	o.selection.flags(c)
	o.effort.flags(c)
	o.against.flags(c)
	o.gateFiles.flags(c)
	f := c.Flags()
	f.IntVar(&o.Most, "max", 0, fmt.Sprintf("most replications of each alternative: a `number` (default %d)", mostGated))
	f.BoolVar(&o.AllowWarnings, "allow-warnings", false, "let severe warnings pass")
	f.StringVar(&o.Format, "format", "table", "output `format`: "+strings.Join(gateFormats, ", "))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(gateFormats, cobra.ShellCompDirectiveNoFileComp))
	return c
}

var gateFormats = []string{"table", "json", "markdown", "csv"}

func (o *GateOptions) check() error {
	if !slices.Contains(gateFormats, o.Format) {
		return usagef("--format: unknown format %q%s", o.Format, didYouMean(o.Format, gateFormats))
	}
	return errors.Join(o.effort.check(), o.gateFiles.check())
}

// gate judges one scenario after the other and reports each as soon as it is decided. All that can be wrong with scenarios,
// baselines and files is found before the first replication.
func gate(ctx context.Context, s *streams, o *GateOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	studies, err := o.prepare(s)
	if err != nil {
		return err
	}
	targets, err := (&output{Out: o.Out}).targets(s, studies)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if isStore(t.dir) {
			return usagef("--out: %s holds replications of run; name another directory", t.dir)
		}
		if err := writableDir(t.dir, "result.json"); err != nil {
			return err
		}
	}
	for _, study := range studies {
		if _, _, err := o.fits(study); err != nil {
			return err
		}
	}
	if err := once(o.Scenarios); err != nil {
		return err
	}
	titles := titled(o.Scenarios, studies)
	if err := o.against.open(s, studies); err != nil {
		return err
	}
	if err := s.inputs.spare(o.gateFiles.named(outputFile{"--snapshot", o.Snapshot})...); err != nil {
		return err
	}
	var (
		list   []*reports.Gated
		failed []error
	)
	for i, study := range studies {
		g := &reports.Gated{Name: titles[i], File: annotated(o.Scenarios[i]), Before: study.Against, LeftOut: o.leaveOut(study), Trusting: o.AllowWarnings}
		list = append(list, g)
		if err := o.judge(ctx, s, study, g, targets[i]); err != nil {
			failed = append(failed, err)
			break
		}
		if ctx.Err() != nil {
			g.StoppedBy = "--timeout"
			if s.stop.Err() != nil {
				g.StoppedBy = "an interrupt"
			}
		}
		if err := o.show(s, g, i > 0); err != nil {
			failed = append(failed, err)
			break
		}
	}
	failed = append(failed, o.finish(s, list, len(failed) == 0))
	switch err := errors.Join(failed...); {
	case err != nil:
		return err
	case s.stop.Err() != nil:
		return errInterrupted
	}
	return verdict(list)
}

// once refuses a scenario that is given twice.
func once(files []string) error {
	for i, file := range files {
		if slices.Contains(files[:i], file) {
			return usagef("%s: is given twice; a gate judges each scenario once", file)
		}
	}
	return nil
}

// titled is how reports on several scenarios name each: by its name, and by its file, too, where others have the same name or it
// has none. Who reads JUnit's XML tells cases apart by nothing else.
func titled(files []string, studies []*experiment.Study) []string {
	named := map[string]int{}
	for _, study := range studies {
		named[study.Name]++
	}
	titles := make([]string, len(studies))
	for i, study := range studies {
		switch titles[i] = study.Name; {
		case study.Name == "":
			titles[i] = files[i]
		case named[study.Name] > 1:
			titles[i] += " (" + files[i] + ")"
		}
	}
	return titles
}

// leaveOut drops the alternatives that no objective judges, unless the whole result is asked for or compared, and returns their
// names.
func (o *GateOptions) leaveOut(study *experiment.Study) []string {
	names := study.Unjudged()
	if o.Out != "" || o.Baseline != "" || o.Format == "json" || len(names) == len(study.Variants) {
		return nil
	}
	study.LeaveOut(names)
	return names
}

// verdict is the end of the command for the state of its gates.
func verdict(list []*reports.Gated) error {
	switch reports.Overall(list) {
	case experiment.Missed:
		return errMissed
	case experiment.NotDecided:
		return errUndecided
	}
	return nil
}

// judge runs a study until it is decided. Once ctx has ended, it does not begin.
func (o *GateOptions) judge(ctx context.Context, s *streams, study *experiment.Study, g *reports.Gated, t target) error {
	if ctx.Err() != nil {
		return nil
	}
	watch := startWatch(s.args)
	r, err := s.simulate(ctx, study, &o.effort, false)
	if err != nil && !errors.Is(err, errInterrupted) {
		return err
	}
	if r == nil || finished(r) == 0 {
		return nil
	}
	g.Result = r
	g.Moves = o.against.moves(s, r)
	return (&output{}).save(s, r, t, watch.meta(o.jobs, r))
}

// show prints what a gate found, completely or not at all. Formats with one heading for all scenarios wait for the last.
func (o *GateOptions) show(s *streams, g *reports.Gated, another bool) error {
	var b whole
	var err error
	switch {
	case o.Format == "table":
		if another {
			fmt.Fprintln(&b)
		}
		err = reports.WriteGate(&b, g, reports.Options{Width: s.width, Color: s.color})
	case o.Format == "json" && g.Result != nil:
		err = resultjson.Write(&b, g.Result)
	}
	if err != nil {
		return err
	}
	return s.print(&b, o.Format)
}

// finish prints and writes what is about all scenarios. After an error nothing more is printed.
func (o *GateOptions) finish(s *streams, list []*reports.Gated, print bool) error {
	var b bytes.Buffer
	var err error
	switch {
	case !print:
	case o.Format == "markdown":
		err = reports.WriteGateMarkdown(&b, list, reports.SummaryLimit)
	case o.Format == "csv":
		err = reports.WriteGateCSV(&b, list)
	case o.Format == "table" && len(list) > 1:
		err = reports.WriteOverall(&b, list, reports.Options{Color: s.color})
	}
	if err == nil {
		err = s.print(&b, o.Format)
	}
	if o.Format == "json" || o.Format == "csv" {
		for _, g := range list {
			s.note("%s", g.Summary())
		}
	}
	return errors.Join(err, o.gateFiles.write(s, list), o.against.save(s))
}

// prepare builds all scenarios.
func (o *GateOptions) prepare(s *streams) ([]*experiment.Study, error) {
	all, err := s.buildAll(o.Scenarios, &o.selection)
	if err != nil {
		return nil, err
	}
	studies := make([]*experiment.Study, len(all))
	for i, b := range all {
		studies[i] = b.Study
		if err := o.prepareOne(o.Scenarios[i], b.Study); err != nil {
			return nil, err
		}
	}
	return studies, nil
}

// prepareOne lets a study go on until its objectives are decided. A fixed number of replications is the least.
func (o *GateOptions) prepareOne(name string, study *experiment.Study) error {
	if len(study.Objectives) == 0 {
		return usagef("%s: there are no objectives to judge; give one with --objective 'latency.p95 < 300ms', or write objectives: in the scenario", name)
	}
	if err := judging(name, study); err != nil {
		return err
	}
	r := &study.Replications
	if r.Min == r.Max {
		r.Max = max(r.Min, mostGated)
	}
	if o.Most > 0 {
		r.Max = o.Most
	}
	r.Judged, r.Min = true, min(r.Min, r.Max)
	return nil
}

// judging refuses a gate that nothing can fail because it names only alternatives that no objective is about.
func judging(name string, study *experiment.Study) error {
	warns := true
	for _, o := range study.Objectives {
		warns = warns && o.Warn
		on := o.On
		if o.Subject.Policy != "" {
			on = []string{o.Subject.Policy}
		}
		if !o.Warn && (len(on) == 0 || len(study.Gate) == 0 || slices.ContainsFunc(on, func(a string) bool { return slices.Contains(study.Gate, a) })) {
			return nil
		}
	}
	if warns {
		return nil
	}
	return usagef("%s: gate: names %s, of which no objective judges one", name, strings.Join(study.Gate, ", "))
}
