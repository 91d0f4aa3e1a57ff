package experiment

import (
	"math"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Standing is how an alternative does beside the baseline.
type Standing uint8

// The standings.
const (
	Unknown   Standing = iota // one of them has no such figure, or there is one replication
	Equal                     // the same in every replication
	Better                    // beyond chance
	Worse                     // beyond chance
	Different                 // beyond chance, in a figure of which neither more nor less is better
	Undecided                 // the difference may be chance
)

// Judgement is the standing of an alternative in a figure.
type Judgement struct {
	Variant  string
	Metric   metric.ID
	Standing Standing
	Needs    int // of what is undecided: replications that would decide it, if it stays as it is; −1 = more than MostNeeded
}

// Verdict is what may be said of the alternatives in the figures of the first screen.
//
//	v := experiment.VerdictOf(res)
//	v.Of("stateless", id).Standing              // beside the baseline, from res.Comparisons: the marks of the tables
//	v.Leaders(id)                               // one name: it leads; several: chance may have put the first of them first
//	v.Needs()                                   // "34 replications would decide": 0 = it is decided
//	v.Barred["impatient"]                       // "normal": no medal for latency, for its availability is worse than normal's
type Verdict struct {
	Metrics    []metric.ID       // of the first screen, in its order, without those that no alternative has
	Judgements []Judgement       // metric by metric, every alternative but the baseline in the order of the result
	Barred     map[string]string // alternatives whose availability is worse, beyond chance, than that of another: its name
	result     *Result
}

var available = metric.Must("availability.requests").ID()

// VerdictOf judges a result, which may have been read from a file.
func VerdictOf(r *Result) *Verdict {
	v := &Verdict{Barred: map[string]string{}, result: r}
	for _, f := range Judged() {
		id := f.ID()
		if !r.has(id) {
			continue
		}
		v.Metrics = append(v.Metrics, id)
		for i := range r.Comparisons {
			if c := &r.Comparisons[i]; c.Metric == id {
				v.Judgements = append(v.Judgements, Judgement{Variant: c.Variant, Metric: id, Standing: c.Standing(), Needs: c.Needs})
			}
		}
	}
	for i := range r.Variants {
		for k := range r.Variants {
			if v.beats(k, i, available) && v.Barred[r.Variants[i].Name] == "" {
				v.Barred[r.Variants[i].Name] = r.Variants[k].Name
			}
		}
	}
	return v
}

// has reports whether some alternative has the metric, defined or not.
func (r *Result) has(id metric.ID) bool {
	for i := range r.Variants {
		if r.Variants[i].Metric(id).Values != nil {
			return true
		}
	}
	return false
}

// Standing is how the variant does beside the baseline.
func (c *Comparison) Standing() Standing {
	f := c.Metric.Of()
	switch way := c.Difference.Mean; {
	case c.Equal:
		return Equal
	case !c.Difference.Defined():
		return Unknown
	case !c.Decided:
		return Undecided
	case f == nil || f.Better == metric.Neither:
		return Different
	case way*float64(f.Better) > 0:
		return Better
	}
	return Worse
}

// Of is the judgement of an alternative in a figure. The baseline is equal to itself.
func (v *Verdict) Of(variant string, id metric.ID) Judgement {
	for _, j := range v.Judgements {
		if j.Variant == variant && j.Metric == id {
			return j
		}
	}
	if variant == v.result.Baseline {
		return Judgement{Variant: variant, Metric: id, Standing: Equal}
	}
	return Judgement{Variant: variant, Metric: id}
}

// Needs is how many replications would decide all that is undecided: 0 where nothing is, −1 where MostNeeded would not.
func (v *Verdict) Needs() int {
	most := 0
	for _, j := range v.Judgements {
		if j.Standing == Undecided && (j.Needs < 0 || most < 0) {
			most = -1
		} else if j.Standing == Undecided {
			most = max(most, j.Needs)
		}
	}
	return most
}

// Leaders are the alternatives that may be called the best in a figure, by their mean: the first, and those that it does
// not beat beyond chance. For a time, those whose availability is worse than that of another are out of the running.
// Empty where no alternative has the figure, or neither more nor less of it is better.
func (v *Verdict) Leaders(id metric.ID) []string {
	f := id.Of()
	if f == nil || f.Better == metric.Neither {
		return nil
	}
	best := -1
	mean := func(i int) float64 { return v.result.Variants[i].Metric(id).Estimate.Mean * float64(f.Better) }
	for i := range v.result.Variants {
		out := f.Kind == metric.Time && v.Barred[v.result.Variants[i].Name] != ""
		if !out && !math.IsNaN(mean(i)) && (best < 0 || mean(i) > mean(best)) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	names := []string{v.result.Variants[best].Name}
	for i := range v.result.Variants {
		out := f.Kind == metric.Time && v.Barred[v.result.Variants[i].Name] != ""
		if i != best && !out && !math.IsNaN(mean(i)) && !v.beats(best, i, id) {
			names = append(names, v.result.Variants[i].Name)
		}
	}
	return names
}

// beats reports that an alternative is better than another beyond chance: as the comparison with the baseline says, where
// one of them is that; otherwise by their values, at an error rate shared by all pairs.
func (v *Verdict) beats(winner, loser int, id metric.ID) bool {
	r := v.result
	w, l := &r.Variants[winner], &r.Variants[loser]
	for i := range r.Comparisons {
		switch c := &r.Comparisons[i]; {
		case c.Metric != id:
		case c.Variant == w.Name && l.Name == r.Baseline:
			return c.Standing() == Better
		case c.Variant == l.Name && w.Name == r.Baseline:
			return c.Standing() == Worse
		}
	}
	x, y := both(w.Metric(id).Values, l.Metric(id).Values)
	n := float64(len(r.Variants))
	j := stats.OfMean(x).Minus(stats.OfMean(y))
	f := id.Of()
	return f != nil && j.Point*float64(f.Better) > 0 && j.P() <= (1-r.Confidence)/(n*(n-1)/2)
}

// both keeps the replications in which both values are defined.
func both(x, y []float64) (a, b []float64) {
	for i := range min(len(x), len(y)) {
		if x[i] == x[i] && y[i] == y[i] {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	return a, b
}
