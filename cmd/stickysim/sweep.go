package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
)

// SweepOptions are the flags of `sweep`.
type SweepOptions struct {
	selection // its set are the axes
	effort
	shard
	emission
	changes []string // flags that say what the sweep is, as --name=value
	design  string
	format  string
	metrics []string
	out     string
	parquet bool
	factors []string // on and off, in place of axes

	confidence float64 // of all intervals; 0: as the scenario says
}

const sweepExample = `  stickysim sweep shop.yaml --set servers.count=4,6,8
  stickysim sweep shop.yaml --set servers.count=4..12 --out shop-sweep
  stickysim sweep shop.yaml --set 'workload.0.sessions=log 1/s..64/s by 2'
  stickysim sweep shop.yaml --set clients.timeout=1s,5s --metric latency.p99
  stickysim sweep shop.yaml --set servers.count=2..20 --set servers.cores=1..8 \
      --design sobol:64`

const sweepHelp = `Simulate a scenario at many points: each --set gives a field its values, and the points are all combinations, in the order of the flags, the last one fastest. All points have the same clients, arrivals and faults as far as they have the same clients. SCENARIO is a file, the name of a built-in scenario, or - for standard input.

Values are a list (4,6,8), a range of whole numbers (4..12), a range with a step (50ms..400ms by 50ms) or a number of values (0..1 in 5), or a logarithmic range with a factor (log 1..64 by 2) or a number of values (log 0.1..10 in 7). Units stay as written. Commas within brackets and quotes do not separate. With --design lhs:N (Latin hypercube) or sobol:N (scrambled Sobol sequence), N points are chosen among the values; a range without a step is then continuous.

` + judgedHelp + `

With --out, every replication is kept as soon as it is finished. A sweep that was stopped, in whatever way, continues with the same command. The directory gets sweep.csv (a row per point, alternative and metric), objectives.csv (a row per point, alternative and objective), replications.csv (a row per replication), columns.json (what the columns mean) and curves.`

func newSweep(s *streams) *cobra.Command {
	o := &SweepOptions{}
	c := &cobra.Command{
		Use: "sweep SCENARIO --set FIELD=VALUES...", Short: "Simulate a scenario over the values of fields",
		Long: sweepHelp, Example: sweepExample, Args: cobra.ExactArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			if len(o.factors) > 0 {
				for _, flag := range []string{"design", "metric", "parquet", "shard", "emit"} {
					if c.Flags().Changed(flag) {
						return usagef("--factors: not together with --%s", flag)
					}
				}
				return runFactors(c.Context(), s, o, args[0])
			}
			o.emission.note(c)
			those := &cobra.Command{}
			(&SweepOptions{}).defining(those)
			o.changes = givenFlags(c, those)
			return runSweep(c.Context(), s, o, args[0])
		},
	}
	o.defining(c)
	o.effort.flags(c)
	o.shard.flags(c)
	o.emission.flags(c)
	f := c.Flags()
	f.StringVar(&o.format, "format", "table", "output `format`: "+strings.Join(sweepFormatNames(), ", "))
	f.StringVar(&o.out, "out", "", "keep replications, tables and curves in a `directory`")
	factorsFlag(c, &o.factors)
	_ = c.MarkFlagDirname("out")
	_ = c.RegisterFlagCompletionFunc("metric", completeMetrics)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(sweepFormatNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// defining are the flags that say what a sweep is, by which merge builds it again.
func (o *SweepOptions) defining(c *cobra.Command) {
	o.selection.flags(c)
	f := c.Flags()
	f.Lookup("set").Usage = "give a scenario field its values: `path=values`, such as servers.count=4,6,8 (repeatable)"
	f.StringVar(&o.design, "design", "grid", "`points` among the values: grid (all), lhs:N or sobol:N")
	repeatable(f, &o.metrics, "metric", "show this figure: the `name` of a metric (repeatable; default: those that alternatives are judged by)")
	f.BoolVar(&o.parquet, "parquet", false, "with --out, also write the tables as Parquet")
}

// check reads the flags that can be wrong without the scenario.
func (o *SweepOptions) check(s *streams) (wanted []metric.ID, err error) {
	if err := errors.Join(o.effort.check(), o.emission.check(), o.checkShard()); err != nil {
		return nil, err
	}
	if o.emission.engine == "" {
		if err := o.shard.find(s); err != nil {
			return nil, err
		}
	}
	if !slices.Contains(sweepFormatNames(), o.format) {
		return nil, usagef("--format: unknown format %q%s", o.format, didYouMean(o.format, sweepFormatNames()))
	}
	if len(o.set) == 0 {
		return nil, usagef("sweep needs --set FIELD=VALUES, such as --set servers.count=4,6,8")
	}
	if o.out == "" && o.parquet {
		return nil, usagef("--parquet: needs --out DIRECTORY")
	}
	for _, name := range o.metrics {
		id, err := metric.Parse(name)
		if err != nil {
			return nil, usagef("--metric: %w (see stickysim metrics list)", err)
		}
		if !slices.Contains(wanted, id) {
			wanted = append(wanted, id)
		}
	}
	return wanted, nil
}

// runSweep simulates the points one after the other. It builds all of them first: a mistake at the last one must not show up
// after hours.
func runSweep(ctx context.Context, s *streams, o *SweepOptions, name string) error {
	wanted, err := o.check(s)
	if err != nil {
		return err
	}
	p, err := load(s, func() (*sweepPlan, error) {
		spec, files, err := o.selection.open(s, name)
		if err != nil {
			return nil, err
		}
		return o.plan(s, spec, files)
	})
	if err != nil {
		return err
	}
	if o.emission.engine != "" {
		return o.emission.print(s, &o.shard, p.job(o, name))
	}
	out, err := o.open(s, p, wanted, origin{keep: true})
	if err != nil {
		return err
	}
	defer out.abort()
	s.note("%s: %s × %s", p.name, p.size(), count(p.replications, "replication"))
	stopped := p.run(ctx, s, o, out)
	if stopped != nil && !errors.Is(stopped, errInterrupted) {
		return out.resumable(stopped)
	}
	return errors.Join(out.resumable(out.finish(stopped != nil)), stopped)
}

// run simulates the points and hands each result to out. It returns errInterrupted where ctx ended first.
func (p *sweepPlan) run(ctx context.Context, s *streams, o *SweepOptions, out *sweepOutput) error {
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	progress, done := s.follow(p.name), 0
	end := sync.OnceFunc(progress.end)
	defer end()
	own, parts := p.share(&o.shard)
	total := p.total * parts / max(p.parts[len(p.points)], 1)
	for k, i := range own {
		begun, steps := time.Now(), 0
		study, err := p.build(p.points[i])
		if err != nil {
			return err
		}
		fitted, err := s.fit(study, &o.effort)
		if err != nil {
			return fmt.Errorf("%s: %w", pointText(p.points[i]), err)
		}
		saved, err := out.saved(i, study)
		if err != nil {
			return err
		}
		r, interrupted, err := p.simulatePoint(&o.shard, i, study, experiment.Options{Jobs: fitted.jobs, Stop: stopped.Load, Saved: saved, Progress: func(n, _ int, _ string) {
			steps = n
			progress.step(done+n, max(total, done+n), "")
		}})
		if err != nil {
			return fmt.Errorf("%s: %w", pointText(p.points[i]), err)
		}
		if interrupted {
			end()
			s.interrupted(ctx, &experiment.Study{Name: p.name}, fmt.Sprintf("%d of %s finished", k, count(len(own), "point")), o.out != "")
			return errInterrupted
		}
		if done += steps; !o.shard.on() {
			if err := out.add(p.points[i], r); err != nil {
				return err
			}
		}
		if k == 0 && out.from == nil {
			p.estimate(s, time.Since(begun), len(own))
		}
	}
	return nil
}

// estimate says how long the sweep takes, where that is long, from the time of the first point.
func (p *sweepPlan) estimate(s *streams, first time.Duration, points int) {
	if all := first * time.Duration(points); all > 10*time.Second && points > 1 {
		s.note("%s: about %s for all points, if they take as long as the first", p.name, all.Round(time.Second))
	}
}

// pointText is a point in messages.
func pointText(point []experiment.Setting) string {
	texts := make([]string, len(point))
	for i, x := range point {
		texts[i] = x.String()
	}
	return strings.Join(texts, " ")
}

// axesOf reads the values of --set.
func axesOf(set []string) ([]sweep.Axis, error) {
	var (
		axes []sweep.Axis
		bad  []error
	)
	for _, text := range set {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			bad = append(bad, fmt.Errorf("--set %s: %w", clip(text, 60), err))
			continue
		}
		axes = append(axes, a)
	}
	if len(bad) > 0 {
		return nil, usageError{errors.Join(bad...)}
	}
	return axes, nil
}
