package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/experiment"
)

// objectives shows every verdict: the figure with its interval against the limit, and what would decide the open ones.
func objectives(x *index, s space) (section, bool) {
	if len(x.res.Verdicts) == 0 {
		return section{}, false
	}
	g := newGrid("OBJECTIVE", "ALTERNATIVE", "VERDICT", "VALUE", "LIMIT").text(3)
	g.spare = []string{"LIMIT"}
	var list []check
	for i := range x.res.Verdicts {
		c := x.check(&Gated{}, &x.res.Verdicts[i])
		row := []cell{{text: c.title}, {text: shorten(c.alternative, 40)}, {c.sign(), stateTones[c.state]}, {text: c.value}, {text: c.limit}}
		if i > 0 && list[i-1].title == c.title {
			row[0].text = ""
		}
		if !c.counts {
			row[2].tone = faint
		}
		g.rows, list = append(g.rows, row), append(list, c)
	}
	part := section{title: "Objectives", tables: s.fit(g), notes: []string{fmt.Sprintf("[…]: the interval at the level of the decision. In at most %s of results, "+
		"one that is met or missed is so by chance. (…) cannot fail a gate.", formatValue(1-x.res.Confidence, percent))}}
	part.notes = append(part.notes, remedies(list, "--replications")...)
	return part, true
}

// tally counts the verdicts on an alternative by their state; those that only warn are left out.
func (x *index) tally(variant int) (number [3]int) {
	for i := range x.res.Verdicts {
		if v := &x.res.Verdicts[i]; v.Alternative == x.res.Variants[variant].Name && !x.res.Objectives[v.Objective].Warn {
			number[v.State]++
		}
	}
	return number
}

// standing is how an alternative stands to its objectives, in a cell: "1 missed"; "2 met" where all are.
func (x *index) standing(variant int) string {
	n := x.tally(variant)
	switch {
	case n[experiment.Missed] > 0:
		return fmt.Sprintf("%d missed", n[experiment.Missed])
	case n[experiment.NotDecided] > 0:
		return fmt.Sprintf("%d open", n[experiment.NotDecided])
	case n[experiment.Met] > 0:
		return fmt.Sprintf("%d met", n[experiment.Met])
	}
	return undefined
}

// objectivesStand says how the objectives stand, and what the worst miss is, or what would decide what is open; empty where
// there are none.
func (x *index) objectivesStand() string {
	worst, open := -1, -1
	var number [3]int
	for i := range x.res.Verdicts {
		v := &x.res.Verdicts[i]
		number[v.State]++
		if v.State == experiment.Missed && (worst < 0 || x.badness(v) > x.badness(&x.res.Verdicts[worst])) {
			worst = i
		}
		if v.State == experiment.NotDecided && open < 0 {
			open = i
		}
	}
	name := func(i int) string {
		c := x.check(&Gated{}, &x.res.Verdicts[i])
		return fmt.Sprintf("%s of %s (%s)", shorten(c.title, mostTitle), shorten(c.alternative, 40), c.value)
	}
	var parts []string
	for _, state := range []experiment.VerdictState{experiment.Missed, experiment.NotDecided, experiment.Met} {
		if n := number[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	t := "Objectives: " + strings.Join(parts, ", ")
	if number[experiment.Met] == len(x.res.Verdicts) {
		t = plural(len(x.res.Verdicts), "The objective is met", "All objectives are met")
	}
	switch {
	case worst >= 0:
		t += ", the worst " + name(worst)
	case open >= 0:
		t += ", such as " + name(open)
	}
	t += "."
	if names := unjudged(x.res); len(names) > 0 {
		t += " None judges " + strings.Join(names, ", ") + "."
	}
	return t
}

// unjudged are the alternatives that no objective is about: that all are met says nothing of these.
func unjudged(r *experiment.Result) (names []string) {
	if r == nil || len(r.Verdicts) == 0 {
		return nil
	}
	for i := range r.Variants {
		name := r.Variants[i].Name
		if !slices.ContainsFunc(r.Verdicts, func(v experiment.Verdict) bool { return v.Alternative == name }) {
			names = append(names, shorten(clean(name), mostOf))
		}
	}
	return names
}

// badness orders misses: by how much of the limit is lacking, those that count first.
func (x *index) badness(v *experiment.Verdict) float64 {
	b := math.Abs(v.Margin.Mean / v.Limit)
	switch {
	case math.IsNaN(b):
		return -1
	case v.Counts:
		return b
	}
	return b / (1 + b) * 1e-9
}
