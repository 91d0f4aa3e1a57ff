package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/scenarios"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/plan"
)

// PlanOptions are the flags and the argument of `plan`.
type PlanOptions struct {
	selection
	effort
	Scenario string
	Find     string // servers, load or a field, with values after = or without
	Survive  []string
	Price    string
	Most     int // replications of an alternative at a value
	Budget   int // replications for knobs
	Format   string
}

const planExample = `  stickysim plan shop.yaml
  stickysim plan shop.yaml --find load --survive server
  stickysim plan shop.yaml --find servers.cores
  stickysim plan shop.yaml --find 'timeline[0].deploy.drain=5m..4h'
  stickysim plan shop.yaml --price 0.12/h --format markdown`

const planHelp = `Find the smallest number of servers with which each alternative meets the objectives; with --find load, the largest load; with --find FIELD or FIELD=VALUES, the smallest value of a field (the largest where less of it helps). A field without values is searched from a 32nd of its present value to 32 times it, as far as the scenario allows. Objectives are those of the scenario and of --objective.

The answer is a bracket: the largest value that misses an objective and the smallest that meets all, each beyond chance: the error rate of the scenario (5 %) holds for all values tried, objectives, alternatives and looks together. Values that stay undecided within --max replications are named between them. All values are tried on the same clients, arrivals and faults; the clients of a smaller load are among those of a larger one.

Where more servers do not help, other knobs of the scenario are tried, one at a time: drain, balance of new sessions, cookie lifetime, health interval, copies and place of state.

Exit codes: 0 every alternative has an answer; 3 one misses an objective at every value; 4 none is missed, and one has no value that is shown to meet. Alternatives that the scenario's gate: does not name do not count.`

// Limits of a search, unless flags say otherwise.
const (
	mostPlanned   = 200
	knobsBudget   = 400
	planFormats   = "table, json, markdown"
	leastPlanned  = 2
	budgetMeaning = "replications for all knobs together; 0 = try none"
)

func newPlan(s *streams) *cobra.Command {
	o := &PlanOptions{}
	c := &cobra.Command{
		Use: "plan SCENARIO", Short: "Find the smallest fleet or largest load that meets objectives", Long: planHelp,
		Example: planExample, Args: cobra.ExactArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.Scenario = args[0]
			return planOne(c.Context(), s, o)
		},
	}
	o.selection.flags(c)
	o.effort.flags(c)
	f := c.Flags()
	f.StringVar(&o.Find, "find", "servers", "what to find: servers, load, or a `field`, with values or without: servers.cores, servers.cores=1..64, servers=2..40, load=0.5..4")
	f.StringSliceVar(&o.Survive, "survive", nil, "meet the objectives although, halfway, a random server crashes, a zone does, or a new version is deployed: `server, zone or deploy`")
	f.StringVar(&o.Price, "price", "", "`price` of a server, such as 0.12/h, to report that of a month")
	f.IntVar(&o.Most, "max", mostPlanned, "most replications of an alternative at a value: a `number`")
	f.IntVar(&o.Budget, "budget", knobsBudget, "a `number` of "+budgetMeaning)
	f.StringVar(&o.Format, "format", "table", "output `format`: "+planFormats)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(strings.Split(planFormats, ", "), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("survive", cobra.FixedCompletions(survivable, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("find", cobra.FixedCompletions([]string{"servers", "load"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (o *PlanOptions) check() error {
	switch {
	case !slices.Contains(strings.Split(planFormats, ", "), o.Format):
		return usagef("--format: unknown format %q%s", o.Format, didYouMean(o.Format, strings.Split(planFormats, ", ")))
	case o.Most < leastPlanned:
		return usagef("--max: must be at least %d, got %d", leastPlanned, o.Most)
	case o.Budget < 0:
		return usagef("--budget: must not be negative, got %d", o.Budget)
	}
	return o.effort.check()
}

// planOne searches one scenario and reports what was found, also when it was stopped.
func planOne(ctx context.Context, s *streams, o *PlanOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	price, err := parsePrice(o.Price)
	if err != nil {
		return err
	}
	p, err := load(s, func() (*planned, error) { return o.prepare(s) })
	if err != nil {
		return err
	}
	p.Run = func(study *experiment.Study) (*experiment.Result, error) { return s.probe(ctx, study, &o.effort) }
	r, err := plan.Find(&p.Search)
	if errors.Is(err, plan.ErrNoObjective) {
		return usagef("%s: there are no objectives to meet; give one with --objective 'latency.p95 < 300ms', or write objectives: in the scenario", o.Scenario)
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	planned := &reports.Planned{Result: r, Price: price, Survive: o.Survive, Assumed: p.assumed}
	if price > 0 && r.Find != "servers" {
		s.note("--price has no effect on --find %s", r.Find)
	}
	switch o.Format {
	case "json":
		err = reports.WritePlanJSON(&b, planned)
	case "markdown":
		err = reports.WritePlanMarkdown(&b, planned)
	default:
		err = reports.WritePlan(&b, planned, reports.Options{Width: s.width, Color: s.color})
	}
	if err == nil {
		err = s.print(&b, o.Format)
	}
	if err != nil {
		return err
	}
	return ending(s, ctx, r)
}

// ending is the end of the command for what was found.
func ending(s *streams, ctx context.Context, r *plan.Result) error {
	if r.Interrupted {
		fmt.Fprintf(s.err, "stickysim: %s: %s; what is known so far has been reported\n", r.Name, whyStopped(ctx))
		return errInterrupted
	}
	worst := plan.Found
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		if !a.Counts {
			continue
		}
		switch state := a.State(); {
		case state == plan.None:
			return errMissed
		case state == plan.Open:
			worst = state
		}
	}
	if worst == plan.Open {
		return errUndecided
	}
	return nil
}

// probe runs a study, with progress under the name of what is tried.
func (s *streams) probe(ctx context.Context, study *experiment.Study, o *effort) (*experiment.Result, error) {
	fitted, err := s.fit(study, o)
	if err != nil {
		return nil, err
	}
	p := s.follow(study.Name)
	defer p.end()
	return experiment.Run(study, experiment.Options{Jobs: fitted.jobs, Progress: p.step, Stop: func() bool { return ctx.Err() != nil }})
}

// planned is a search that is ready to run, but for Run.
type planned struct {
	plan.Search
	spec  *scenarios.Spec
	files fs.FS
	study *experiment.Study // of the scenario itself

	judged  *objectives // of the command line
	leftOut []string    // objectives that compare with a baseline
	assumed string      // why these values are searched, where none were given
}

// prepare reads the scenario and lays out the search.
func (o *PlanOptions) prepare(s *streams) (*planned, error) {
	spec, files, err := o.selection.open(s, o.Scenario)
	if err != nil {
		return nil, err
	}
	if spec, err = o.selection.apply(spec); err != nil {
		return nil, err
	}
	p := &planned{spec: spec, files: files, judged: &o.objectives}
	p.Most, p.Budget = o.Most, o.Budget
	if p.study, err = p.build(nil); err != nil {
		return nil, err
	}
	if len(p.leftOut) > 0 {
		s.note("plan has no baseline to compare with; left out: %s", strings.Join(p.leftOut, ", "))
	}
	for _, what := range o.Survive {
		if err := p.survive(what); err != nil {
			return nil, err
		}
	}
	p.Build = p.build
	p.Knobs = p.spec.Knobs
	return p, p.aim(o.Find)
}

// build makes the study of a point.
func (p *planned) build(point []experiment.Setting) (*experiment.Study, error) {
	spec := p.spec
	for _, at := range point {
		var err error
		if spec, err = spec.Set(at.Path, at.Value); err != nil {
			return nil, err
		}
	}
	b := scenarios.Build(spec, p.files)
	byFlag(b.Problems)
	if err := b.Problems.Err(); err != nil {
		return nil, err
	}
	err := p.judged.apply(b.Study)
	p.leftOut = nil
	b.Study.Objectives = slices.DeleteFunc(b.Study.Objectives, func(o experiment.Objective) bool {
		if o.Limit.Saved {
			p.leftOut = append(p.leftOut, o.String())
		}
		return o.Limit.Saved
	})
	return b.Study, err
}
