package reports

import (
	"math"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// change is a figure of an alternative in the baseline and now.
type change struct {
	alternative string
	metric      metric.ID
	old, now    stats.Estimate
	paired      bool // two replications or more have it in both
	decided     bool // it is a change beyond chance, over all figures that are looked at
}

// changes compares with the baseline: the judged figures first, then those of the first screen. Replications are compared one
// by one: the baseline has the same seed, or else pairing them does no harm.
func (g *Gated) changes() []change {
	if g.Before == nil {
		return nil
	}
	var list []change
	add := func(alternative string, id metric.ID) {
		if !slices.ContainsFunc(list, func(c change) bool { return c.alternative == alternative && c.metric == id }) {
			list = append(list, change{alternative: alternative, metric: id})
		}
	}
	for i := range g.Result.Verdicts {
		v := &g.Result.Verdicts[i]
		add(v.Alternative, g.Result.Objectives[v.Objective].Subject.Metric)
	}
	for i := range g.Result.Variants {
		for _, f := range metric.Shown(func(s metric.Show) int { return s.First }) {
			add(g.Result.Variants[i].Name, f.ID())
		}
	}
	alpha := (1 - g.Result.Confidence) / float64(max(len(list), 1))
	for i := range list {
		c := &list[i]
		old, now := figureOf(g.Before, c.alternative, c.metric), figureOf(g.Result, c.alternative, c.metric)
		c.old, c.now = old.Estimate, now.Estimate
		c.paired, c.decided = differs(old.Values, now.Values, alpha)
	}
	return slices.DeleteFunc(list, func(c change) bool { return c.old.Mean != c.old.Mean && c.now.Mean != c.now.Mean })
}

func figureOf(res *experiment.Result, alternative string, id metric.ID) experiment.Metric {
	for i := range res.Variants {
		if res.Variants[i].Name == alternative {
			return res.Variants[i].Metric(id)
		}
	}
	return (&experiment.VariantResult{}).Metric(id)
}

// differs reports whether two series of replications can be compared, and whether their means differ at the error rate alpha.
func differs(old, now []float64, alpha float64) (paired, decided bool) {
	var u, v []float64
	for i := range min(len(old), len(now)) {
		if old[i] == old[i] && now[i] == now[i] {
			u, v = append(u, now[i]), append(v, old[i])
		}
	}
	return len(u) > 1, len(u) > 1 && !slices.Equal(u, v) && stats.OfMean(u).Minus(stats.OfMean(v)).P() <= alpha
}

// arrow is the change in short: "251 ms → 310 ms (+24 %)".
func (x *index) arrow(c change) string {
	scales := x.scales(c.metric)
	text := formatMean(c.old, scales) + " → " + formatMean(c.now, scales)
	if by := x.arrowSize(c.metric, c.old.Mean, c.now.Mean); by != "" {
		text += " (" + by + ")"
	}
	return text
}

// arrowSize is by how much a figure has changed: in percentage points where it is a share, or else relative to what it was.
// It is empty where that is undefined or nothing.
func (x *index) arrowSize(id metric.ID, old, now float64) string {
	by := now - old
	text := formatValue(by, x.differenceScales(id))
	if scales := x.scales(id); scales[0].symbol != " %" && old != 0 {
		text = formatValue(by/math.Abs(old), percent)
	}
	switch {
	case by != by || by == 0:
		return ""
	case by > 0:
		return "+" + text
	}
	return text
}

// sinceBefore names the figures that have changed since the baseline.
func (g *Gated) sinceBefore() string {
	x := newIndex(g.Result)
	var changed []string
	for _, c := range g.changes() {
		if c.decided {
			changed = append(changed, clean(c.metric.String())+" of "+clean(c.alternative)+" "+x.arrow(c))
		}
	}
	alone := g.alone()
	text := "Nothing has changed since the baseline beyond chance."
	switch {
	case len(changed) > 0:
		text = "Changed since the baseline: " + strings.Join(changed, "; ") + "."
	case len(alone) == len(x.names()):
		text = "Nothing could be compared with the baseline."
	}
	if len(alone) > 0 {
		text += " " + aloneText(alone)
	}
	return text
}

// alone are the alternatives of which the baseline has nothing to compare with.
func (g *Gated) alone() []string {
	compared := map[string]bool{}
	for _, c := range g.changes() {
		compared[c.alternative] = compared[c.alternative] || c.paired
	}
	return slices.DeleteFunc(newIndex(g.Result).names(), func(name string) bool { return compared[name] })
}

func aloneText(names []string) string {
	return "The baseline has no two replications of " + clean(enumerate(names)) + "."
}
