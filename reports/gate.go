package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/snapshot"
	"stickysim/sim/stats"
)

// Gated is a scenario at a gate: its judged result, and what it is held to besides.
type Gated struct {
	Name      string             // of the scenario; distinct among those that are judged together
	File      string             // it was read from; empty: no file that annotations can point to
	Result    *experiment.Result // nil: it was stopped before a replication was complete
	Before    *experiment.Result // the baseline; nil = none
	Moves     []snapshot.Move    // figures that differ from the snapshot
	LeftOut   []string           // alternatives that were not simulated, because no objective judges them
	Trusting  bool               // severe warnings do not hold the gate back
	StoppedBy string             // what ended it early: --timeout, an interrupt; empty: nothing
}

// State is how the gate stands: Missed, or else NotDecided, or Met. A severe warning, a study that was stopped before all was
// decided, and one in which nothing is judged, leave it undecided.
func (g *Gated) State() experiment.VerdictState {
	if len(g.Moves) > 0 {
		return experiment.Missed
	}
	state := experiment.Met
	if g.Result == nil || len(g.Result.Verdicts) == 0 || g.held() {
		state = experiment.NotDecided
	}
	if g.Result == nil {
		return state
	}
	for i := range g.Result.Verdicts {
		switch v := &g.Result.Verdicts[i]; {
		case !v.Counts || v.State == experiment.Met:
		case v.State == experiment.Missed:
			return experiment.Missed
		default:
			state = experiment.NotDecided
		}
	}
	return state
}

// severe are the warnings for which the answer may be wrong.
func (g *Gated) severe() []diag.Warning { return g.warnings(diag.Severe) }

// warnings are those of a severity, about the scenario and about alternatives that the gate judges or holds others to.
func (g *Gated) warnings(of diag.Severity) []diag.Warning {
	r := g.Result
	return slices.DeleteFunc(slices.Clone(r.Warnings), func(w diag.Warning) bool {
		return w.Severity != of || w.Alternative != "" && !slices.ContainsFunc(r.Verdicts, func(v experiment.Verdict) bool {
			other := r.Objectives[v.Objective].Limit.Of
			return v.Counts && (v.Alternative == w.Alternative || other != nil && other.Policy == w.Alternative)
		})
	})
}

// held reports whether severe warnings hold the gate back.
func (g *Gated) held() bool { return g.Result != nil && !g.Trusting && len(g.severe()) > 0 }

// Overall is the state of several gates: the worst.
func Overall(list []*Gated) experiment.VerdictState {
	state := experiment.Met
	for _, g := range list {
		switch s := g.State(); {
		case s == experiment.Missed:
			return s
		case s == experiment.NotDecided:
			state = s
		}
	}
	return state
}

// signs are the words that a report begins with.
var signs = [...]string{experiment.NotDecided: "UNDECIDED", experiment.Met: "PASS", experiment.Missed: "FAIL"}

// check is an objective and an alternative, or another thing that a gate looks at, ready to be written.
type check struct {
	title       string // the objective, or what else is looked at
	alternative string // empty: the scenario as a whole
	state       experiment.VerdictState
	counts      bool
	saved       bool                // its limit is a figure of the baseline
	warns       bool                // it does not count because its objective only warns
	value       string              // with its interval
	limit       string              // with its relation
	margin      string              // signed, with its share of the limit
	before      string              // of the baseline; empty: there is none
	note        string              // what else is to be said of it
	verdict     *experiment.Verdict // nil: it is no objective
}

// sign is how a table shows the state of a check; in brackets where it does not count.
func (c *check) sign() string {
	if !c.counts {
		return "(" + c.state.String() + ")"
	}
	return c.state.String()
}

// checks are what the gate looked at: the verdicts, the moved figures and the severe warnings.
func (g *Gated) checks() []check {
	if g.Result == nil {
		return []check{{title: "a replication is complete", counts: true, value: "none"}}
	}
	x := newIndex(g.Result)
	var list []check
	for i := range g.Result.Verdicts {
		list = append(list, x.check(g, &g.Result.Verdicts[i]))
	}
	for _, m := range g.Moves {
		list = append(list, x.moved(m))
	}
	if g.held() {
		list = append(list, check{title: "no severe warning", counts: true, value: clean(g.severe()[0].Code), note: WarningText(g.severe()[0])})
	}
	return list
}

func (x *index) check(g *Gated, v *experiment.Verdict) check {
	o := &x.res.Objectives[v.Objective]
	scales := x.scales(o.Subject.Metric)
	c := check{title: clean(o.String()), alternative: clean(v.Alternative), state: v.State, counts: v.Counts, warns: o.Warn, saved: o.Limit.Saved, verdict: v,
		value: bracketed(v.Value, scales), limit: o.Relation.String() + " " + formatValue(v.Limit, scales), margin: x.margin(v)}
	if v.State != experiment.NotDecided {
		c.note = clean(v.Why)
	}
	if g.Before != nil {
		c.before = undefined
		for i := range g.Before.Variants {
			if old := &g.Before.Variants[i]; old.Name == v.Alternative {
				m := old.Metric(o.Subject.Metric)
				c.before = bracketed(m.Estimate, scales)
			}
		}
	}
	return c
}

func (x *index) moved(m snapshot.Move) check {
	scales := x.scales(m.Metric)
	c := check{title: "snapshot of " + clean(m.Metric.String()), alternative: clean(m.Alternative), state: experiment.Missed, counts: true,
		value: bracketed(m.New, scales), limit: "not in it", note: "--update adds it to the snapshot"}
	if !m.Missing {
		c.limit = "was " + formatMean(m.Old, scales)
		c.margin = x.arrowSize(m.Metric, m.Old.Mean, m.New.Mean)
		c.note = "it was " + bracketed(m.Old, scales) + " in the snapshot and is " + c.value + " (--update accepts it)"
	}
	return c
}

// bracketed prints an estimate with the ends of its interval: "256 ms [248, 264]".
func bracketed(e stats.Estimate, scales []scale) string {
	if e.Kind == stats.KindInterval && e.Defined() {
		if _, half := splitEstimate(e, scales); half != "" {
			return withEnds(e, scales)
		}
	}
	return formatEstimate(e, scales)
}

// margin is what is left to the limit, positive on the good side, and its share of the limit.
func (x *index) margin(v *experiment.Verdict) string {
	m := v.Margin.Mean
	switch {
	case math.IsNaN(m) || math.IsInf(m, 0):
		return undefined
	case m == 0:
		return "0"
	}
	scales := x.differenceScales(x.res.Objectives[v.Objective].Subject.Metric)
	text := formatMean(v.Margin, scales)
	if three := formatValue(m, scales); len(three) < len(text) {
		text = three
	}
	if m > 0 {
		text = "+" + text
	}
	if v.Limit != 0 {
		text += " (" + share(math.Abs(m/v.Limit)) + ")"
	}
	return text
}

// judgedOnly are the checks without those of alternatives that are only there to compare.
func judgedOnly(list []check) []check {
	return slices.DeleteFunc(slices.Clone(list), func(c check) bool { return !c.counts && !c.warns })
}

// remedy says what would decide an undecided verdict: so many replications, by a flag.
func (c *check) remedy(flag string) string {
	v := c.verdict
	if v == nil || v.State != experiment.NotDecided {
		return ""
	}
	text := clean(v.Why)
	if v.Needs > 0 {
		text = fmt.Sprintf("about %d replications would decide it (%s %d)", v.Needs, flag, v.Needs)
		if c.saved {
			text = fmt.Sprintf("about %d replications would decide it, here (%s %d) and in the baseline", v.Needs, flag, v.Needs)
		}
	} else if text == "" {
		text = fmt.Sprintf("more than %d replications would be needed, if it can be decided", experiment.MostNeeded)
	}
	return text
}

// remedies say what would decide the undecided verdicts, a sentence for each objective and remedy.
func remedies(list []check, flag string) (out []string) {
	type group struct {
		title, remedy string
		alternatives  []string
	}
	var groups []*group
	for i := range list {
		c := &list[i]
		remedy := c.remedy(flag)
		if remedy == "" {
			continue
		}
		at := slices.IndexFunc(groups, func(q *group) bool { return q.title == c.title && q.remedy == remedy })
		if at < 0 {
			at, groups = len(groups), append(groups, &group{title: c.title, remedy: remedy})
		}
		groups[at].alternatives = append(groups[at].alternatives, shorten(c.alternative, mostOf))
	}
	for _, q := range groups {
		out = append(out, fmt.Sprintf("Undecided: %s (%s): %s.", shorten(q.title, mostTitle), strings.Join(q.alternatives, ", "), strings.TrimSuffix(q.remedy, ".")))
	}
	return out
}

// Summary is what the gate says first: how many of the objectives stand how, and what else holds it back.
func (g *Gated) Summary() string {
	name := clean(g.Name)
	if g.Result == nil {
		return fmt.Sprintf("%s %s: no replication is complete%s", signs[experiment.NotDecided], name, g.ended())
	}
	states := map[int]experiment.VerdictState{} // of the objectives that count: the worst over the alternatives
	for i := range g.Result.Verdicts {
		v := &g.Result.Verdicts[i]
		if s, seen := states[v.Objective]; v.Counts && (!seen || s == experiment.Met || v.State == experiment.Missed) {
			states[v.Objective] = v.State
		}
	}
	number := map[experiment.VerdictState]int{}
	for _, s := range states {
		number[s]++
	}
	all := len(states)
	var parts []string
	switch missed, open := number[experiment.Missed], number[experiment.NotDecided]; {
	case all == 0 && len(g.Result.Verdicts) > 0:
		parts = append(parts, "its objectives only warn, so that nothing can fail it")
	case all == 0:
		parts = append(parts, "nothing is judged")
	case all == 1 && missed+open > 0:
		parts = append(parts, "its objective is "+[]string{"undecided", "missed"}[missed])
	case missed+open == 0:
		parts = append(parts, fmt.Sprintf("%s met", plural(all, "its objective is", fmt.Sprintf("all %d objectives are", all))))
	default:
		if missed > 0 {
			parts = append(parts, fmt.Sprintf("%d of %d objectives missed", missed, all))
		}
		switch {
		case open > 0 && missed > 0:
			parts = append(parts, fmt.Sprintf("%d undecided", open))
		case open > 0:
			parts = append(parts, fmt.Sprintf("%d of %d objectives undecided", open, all))
		}
	}
	if n := len(g.Moves); n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s from the snapshot", n, plural(n, "figure differs", "figures differ")))
	}
	if g.held() {
		parts = append(parts, "a severe warning")
	}
	return fmt.Sprintf("%s %s: %s%s", signs[g.State()], name, strings.Join(parts, ", "), g.ended())
}

func (g *Gated) ended() string {
	if g.StoppedBy == "" {
		return ""
	}
	return " (stopped by " + g.StoppedBy + ")"
}

// conditions says how the verdicts were reached.
func (g *Gated) conditions() string {
	r := g.Result
	n := 0
	for i := range r.Verdicts {
		n += btoi(r.Verdicts[i].Counts)
	}
	if n == 0 { // those that do not count are a family of their own
		n = len(r.Verdicts)
	}
	return fmt.Sprintf("%s of %s, seed %d. […]: intervals at the level of the decision; error rate %s over %d %s and all looks.", (&index{res: r}).replications(),
		FormatSpan(r.Duration), r.Seed, formatValue(1-r.Confidence, percent), n, plural(n, "verdict", "verdicts"))
}

// asides explain what the table of checks does not.
func (g *Gated) asides(list []check) (out []string) {
	if slices.ContainsFunc(list, func(c check) bool { return !c.counts }) {
		out = append(out, "(…) does not count: the objective only warns, or gate: does not name the alternative.")
	}
	names := slices.DeleteFunc(unjudged(g.Result), func(name string) bool { // others are compared with it
		return slices.ContainsFunc(g.Result.Objectives, func(o experiment.Objective) bool { return o.Limit.Of != nil && o.Limit.Of.Policy == name })
	})
	if len(names) > 0 {
		out = append(out, "No objective judges "+strings.Join(names, ", ")+".")
	}
	if len(g.LeftOut) > 0 {
		out = append(out, "Not simulated, as no objective judges it: "+clean(strings.Join(g.LeftOut, ", "))+".")
	}
	if g.held() {
		w := g.severe()
		out = append(out, fmt.Sprintf("Held back by %d severe %s, so that the answer may be wrong (--allow-warnings lets it pass): %s", len(w), plural(len(w), "warning", "warnings"), WarningText(w[0])))
	}
	if w := g.warnings(diag.Caution); len(w) > 0 {
		out = append(out, fmt.Sprintf("%d %s not held against it (all: --format json): %s", len(w), plural(len(w), "warning is", "warnings are"), WarningText(w[0])))
	}
	return out
}
