package scenarios_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// comparison runs a setup once, or a second time when a point fails: 150 intervals of 99.9 % miss now and then.
type comparison struct {
	setup
	refs  map[string]point
	first map[string]verdict
	again map[string]verdict
}

// verdict is the outcome of a point.
type verdict struct {
	point
	stats.Estimate
	runs int
	mean bool // or a ratio of means
	pass bool
	note string
}

func (v verdict) String() string {
	word := "pass"
	if !v.pass {
		word = "FAIL"
	}
	return fmt.Sprintf("%-6s reference %-12.6g estimate %-12.6g ± %-10.3g R %-6d %s%s", v.ID, v.Ref, v.Mean, v.HalfWidth(), v.runs, word, v.note)
}

func (c *comparison) verdict(t *testing.T, id string) verdict {
	t.Helper()
	if c.first == nil {
		c.first = c.run(t, 0)
	}
	v := c.first[id]
	if v.pass || v.Compare.Kind != "ci" {
		return v
	}
	t.Logf("once more: %s", v)
	if c.again == nil {
		c.again = c.run(t, 1)
	}
	v = c.again[id]
	v.note = " at the second attempt"
	return v
}

// score is by how many standard deviations a mean is off; false where theory is only a limit, or it is no mean.
func (v verdict) score() (z float64, ok bool) {
	if v.Compare.Kind != "ci" || v.Compare.BiasTol > 0 || !v.mean {
		return 0, false
	}
	df := float64(v.N - 1)
	off := (v.Mean - v.Ref) / v.HalfWidth() * stats.QuantileT((1+v.Confidence)/2, df)
	return distuv.UnitNormal.Quantile(distuv.StudentsT{Sigma: 1, Nu: df}.CDF(off)), true
}

// study builds the scenario of a setup.
func (s *setup) study(t *testing.T) *experiment.Study {
	t.Helper()
	spec, err := scenarios.Load(os.DirFS("../testdata/theory"), s.file+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range s.set {
		path, value, _ := strings.Cut(change, "=")
		if spec, err = spec.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	return studyOf(t, spec, nil)
}

// firstBatch is how many replications there are at least.
var firstBatch = map[bool]int{true: 20, false: 5}[full]

const (
	largeBatch = 2000    // replications of one call; bounds what is kept of them
	mostRuns   = 300_000 // replications after which precision was not reached
)

// run replicates in batches, each with a seed of its own, until every point is precise enough, and judges them.
func (c *comparison) run(t *testing.T, attempt uint64) map[string]verdict {
	t.Helper()
	study := c.study(t)
	var found []statistic
	for _, a := range c.points {
		found = append(found, a.make())
	}
	seed := fnv.New64a()
	fmt.Fprint(seed, c.points[0].id, attempt)
	goal, done := firstBatch, 0
	if c.runs > 0 {
		goal = c.runs
		if !full {
			goal = max(c.runs/(slack*slack), min(c.runs, firstBatch))
		}
	}
	for batch := uint64(0); ; batch++ {
		n := min(goal-done, largeBatch)
		study.Seed = seed.Sum64() + batch
		study.Replications = experiment.Replications{Min: n, Max: n}
		_, err := experiment.Run(study, experiment.Options{Keep: func(_, _ int, r *sim.Result) {
			for _, f := range found {
				f.observe(r)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if done += n; done < goal {
			continue
		}
		if goal = c.more(found, done); goal <= done || done >= mostRuns {
			return c.judge(found, done)
		}
	}
}

// more is how many replications the points need in all, as far as the ones so far can tell.
func (c *comparison) more(found []statistic, done int) int {
	goal := done
	for i, a := range c.points {
		p := c.refs[a.id]
		r := p.Compare
		if r.Kind != "ci" || c.runs > 0 || p.decided(p.interval(found[i])) {
			continue
		}
		excess := width(p.interval(found[i])) / r.halfWidth()
		if excess > 1 { // nor is it NaN, which more replications do not mend
			goal = max(goal, min(needed(done, excess, p.level()), 2*done, mostRuns), done+done/3)
		}
	}
	return goal
}

// needed is about how many replications make an interval of done replications narrower by a factor. It narrows faster than
// with their root: Student's t is that of more.
func needed(done int, factor, level float64) int {
	t := func(n int) float64 { return stats.QuantileT((1+level)/2, float64(n-1)) }
	n := done
	for range 4 {
		f := factor * t(n) / t(done)
		n = max(done, int(1.05*f*f*float64(done)))
	}
	return n
}

func width(e stats.Estimate) float64 { return e.HalfWidth() / math.Abs(e.Mean) }

// halfWidth is the relative half-width at which to judge.
func (r rule) halfWidth() float64 {
	if full {
		return r.MaxRelHW
	}
	return slack * r.MaxRelHW
}

func (c *comparison) judge(found []statistic, done int) map[string]verdict {
	verdicts := map[string]verdict{}
	for i, a := range c.points {
		p := c.refs[a.id]
		v := verdict{point: p, Estimate: p.interval(found[i]), runs: done}
		_, v.mean = found[i].(*quotient)
		v.pass, v.note = p.accepts(v.Estimate)
		verdicts[a.id] = v
	}
	return verdicts
}

// interval is what a point is judged by.
func (p point) interval(s statistic) stats.Estimate { return s.estimate(p.level()) }

func (p point) level() float64 { return max(p.Compare.Level, 0.999) }

// decided is whether an interval shows that the truth is near the reference before it has the precision at which to judge:
// an interval that has it and contains the reference shows no more.
func (p point) decided(e stats.Estimate) bool {
	room := 2 * p.Compare.halfWidth() * math.Abs(p.Ref)
	return p.Ref-room <= e.Lo && e.Lo <= p.Ref && p.Ref <= e.Hi && e.Hi <= p.Ref+room
}

// accepts applies the rule of comparison.
func (p point) accepts(e stats.Estimate) (pass bool, note string) {
	off := math.Abs(e.Mean - p.Ref)
	switch r := p.Compare; r.Kind {
	case "ci":
		if !p.decided(e) && !(width(e) <= r.halfWidth()) {
			return false, " (precision not reached)"
		}
		room := r.BiasTol*math.Abs(p.Ref) + 3*p.RefSE
		return e.Lo-room <= p.Ref && p.Ref <= e.Hi+room, ""
	case "rel":
		return off <= r.Tol*math.Abs(p.Ref), ""
	default:
		tol := r.Tol
		if !full {
			tol *= slack
		}
		return off <= tol, ""
	}
}
