package experiment

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Schema is the version of Result.
const Schema = "stickysim/result/1"

// Run carries out a study. The result depends only on the study: not on Options, nor on how many threads there are.
//
// A study that is stopped returns the replications that every variant has completed. A broken invariant of the engine is
// returned as a *sim.InvariantError.
func Run(s *Study, o Options) (*Result, error) {
	x, err := begin(s, o)
	if err != nil {
		return nil, err
	}
	if err := x.replicate(); err != nil {
		return nil, err
	}
	return x.result(), nil
}

// begin finds the warm-up of a study.
func begin(s *Study, o Options) (*execution, error) {
	if len(s.Variants) == 0 {
		return nil, fmt.Errorf("experiment: a study needs a variant")
	}
	if s.Replications.Max < 1 || s.Replications.Min > s.Replications.Max || s.Baseline < 0 || s.Baseline >= len(s.Variants) {
		return nil, fmt.Errorf("experiment: study %q has %d..%d replications and baseline %d", s.Name, s.Replications.Min, s.Replications.Max, s.Baseline)
	}
	x := &execution{study: s, options: o, confidence: s.Replications.Confidence}
	if x.confidence == 0 {
		x.confidence = 0.95
	}
	x.alpha = 1 - x.confidence
	if x.options.Jobs <= 0 {
		x.options.Jobs = runtime.GOMAXPROCS(0)
	}
	for i := range s.Variants {
		m := *s.Variants[i].Model
		m.Controls = s.Replications.Controls
		x.models = append(x.models, &m)
		x.sums = append(x.sums, newSummary(&m))
	}
	x.halves = make([]halves, len(x.models))
	return x, x.settleWarmup()
}

// execution is a study in progress.
type execution struct {
	study      *Study
	options    Options
	confidence float64
	alpha      float64      // error rate of verdicts and comparisons, and of the precision wanted: that of the last look, where there are several
	models     []*sim.Model // copies with the warm-up that was found
	sums       []*summary
	done       int      // replications that every variant has finished
	halves     []halves // by variant
	method     WarmupMethod
	warnings   []diag.Warning           // about the study as a whole, met while it ran
	verdicts   []Verdict                // of the last look, where replications are added until they are decided
	decided    func(alpha float64) bool // of cells: whether there are enough replications; nil = there are at Max
	stopped    bool
	steps      int
	workspaces []*sim.Workspace // by thread: a replication uses the memory of the one before
}

// leastLook is the number of replications before which sequential stopping does not look.
const leastLook = 10

// looks are the numbers of replications at which sequential stopping may end the study.
func (x *execution) looks() []int {
	r := x.study.Replications
	if x.decided == nil && !r.Judged && !r.Decided && r.Precision <= 0 || r.Min >= r.Max {
		return []int{r.Max}
	}
	return stats.Looks(min(max(r.Min, leastLook), r.Max), r.Max)
}

// replicate runs batches of replications until what was asked for is reached. Each look spends its share of the error
// probability.
func (x *execution) replicate() error {
	looks := x.looks()
	r := x.study.Replications
	for k, n := range looks {
		if len(looks) > 1 || r.Decided || x.decided != nil {
			x.alpha = stats.LookAlpha(1-x.confidence, k+1)
		}
		if err := x.batch(x.done, n); err != nil {
			return err
		}
		if x.stopped {
			return nil
		}
		x.done = n
		if r.Judged {
			x.verdicts = judge(x.study, x.sums, x.alpha, x.verdicts)
		}
		if x.enough() {
			if r.Precision > 0 && !r.Judged && !r.Decided && !x.measured() {
				x.imprecise("is n/a in all of %d replications, so that there is no precision to reach", x.done)
			}
			return nil
		}
	}
	switch {
	case r.Judged: // the verdicts say which are undecided
	case r.Decided:
		x.warnings = append(x.warnings, undecided.At("replications", "%s is still undecided after %d replications", strings.Join(x.unsettled(), ", "), x.done))
	case r.Precision > 0 && r.Min < r.Max:
		x.imprecise("has not reached a relative half-width of %g within %d replications", r.Precision, x.done)
	}
	return nil
}

// imprecise warns that the metric of precision is not as precise as wanted.
func (x *execution) imprecise(format string, args ...any) {
	w := imprecise.At("replications", "%s "+format, append([]any{x.metric()}, args...)...)
	w.Metric = x.metric().String()
	x.warnings = append(x.warnings, w)
}

// measured reports that some replication of an alternative has the metric of precision.
func (x *execution) measured() bool {
	return slices.ContainsFunc(x.sums, func(s *summary) bool { return len(s.of(x.metric()).defined()) > 0 })
}

// usual is the metric of precision.
var usual = metric.Must("latency.mean").ID()

func (x *execution) metric() metric.ID { return cmp.Or(x.study.Replications.Metric, usual) }

// enough reports that what the replications are for is reached, or that more of them would be no others.
func (x *execution) enough() bool {
	r := x.study.Replications
	if !slices.ContainsFunc(x.sums, func(s *summary) bool { return !s.settled() }) {
		return true
	}
	switch {
	case x.decided != nil:
		return x.decided(x.alpha)
	case r.Sparing && slices.ContainsFunc(x.verdicts, x.settles):
		return true
	case r.Judged:
		return !slices.ContainsFunc(x.verdicts, x.mayBeDecided)
	case r.Decided:
		return len(x.unsettled()) == 0
	}
	return r.Precision > 0 && r.Min < r.Max && x.precise()
}

// precise reports that all alternatives have an interval of the width wanted. A bound, or the range of replications of
// which few differ, is none: then more are added. An alternative of which no replication has the figure waits for none.
func (x *execution) precise() bool {
	for _, s := range x.sums {
		if len(s.of(x.metric()).defined()) == 0 {
			continue
		}
		e := s.of(x.metric()).estimate(1-x.alpha, s.faults)
		if e.Kind != stats.KindInterval || !e.Defined() || !stats.Precise(e, x.study.Replications.Precision) {
			return false
		}
	}
	return true
}

// unsettled are the comparisons of the first screen that are neither decided nor shown to be negligible: figure and
// alternative.
func (x *execution) unsettled() []string {
	var list []string
	for _, c := range compare(x.study, x.sums, x.alpha) {
		if f := c.Metric.Of(); f.Show.First > 0 && c.Standing() == Undecided && !c.Negligible() {
			list = append(list, f.Name+" of "+c.Variant)
		}
	}
	return list
}

// task is one replication of one variant.
type task struct{ variant, replication int }

// batch runs the replications from..to−1 of every variant in parallel and adds them to the summaries in order.
func (x *execution) batch(from, to int) error {
	var tasks []task
	for r := from; r < to; r++ {
		for v := range x.models {
			tasks = append(tasks, task{v, r})
		}
	}
	total := len(tasks) + x.steps
	complete := from
	err := x.parallel(len(tasks), func(i int, w *sim.Workspace) (*sim.Result, error) { return x.replication(tasks[i], w) }, func(i int, r *sim.Result) {
		t := tasks[i]
		x.sums[t.variant].add(r)
		x.halves[t.variant].add(r, x.models[t.variant])
		if x.options.Keep != nil {
			x.options.Keep(t.variant, t.replication, r)
		}
		if t.variant == len(x.models)-1 {
			complete = t.replication + 1
		}
		x.steps++
		if x.options.Progress != nil {
			x.options.Progress(x.steps, total, x.study.Variants[t.variant].Name)
		}
	})
	if x.stopped {
		x.done = complete
		for _, s := range x.sums {
			s.truncate(complete)
		}
	}
	return err
}

// result assembles the result of the study.
func (x *execution) result() *Result {
	s := x.study
	m := x.models[0]
	res := &Result{Schema: Schema, Name: s.Name, Description: s.Description, Question: s.Question, Seed: s.Seed, Confidence: x.confidence,
		Baseline: s.Variants[s.Baseline].Name, Warmup: m.Warmup.Seconds(), WarmupMethod: string(x.method), Duration: m.Duration.Seconds(),
		Interrupted: x.stopped, Resampled: slices.ContainsFunc(x.models, resampled), Replays: replays(x.models)}
	res.Variants = make([]VariantResult, len(x.sums))
	x.each(len(x.sums), func(i int) {
		res.Variants[i] = x.sums[i].result(&s.Variants[i], x.confidence)
		res.Variants[i].Timeline = timeline(x.models[i])
	})
	if x.done > 1 {
		res.Comparisons = compare(s, x.sums, x.alpha)
	}
	if res.Objectives, res.Verdicts = s.Objectives, x.verdicts; x.stopped || !s.Replications.Judged {
		res.Verdicts = judge(s, x.sums, x.alpha, x.verdicts)
	}
	x.checkWarmup()
	x.checkControls()
	res.Warnings = x.allWarnings(res)
	return res
}

// Metric returns the variant's metric; an undefined one (NaN) where it has none of that ID.
func (v *VariantResult) Metric(id metric.ID) Metric {
	for i := range v.Metrics {
		if v.Metrics[i].ID == id {
			return v.Metrics[i]
		}
	}
	return Metric{ID: id, Estimate: undefined()}
}
