package reports

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/plan"
	"stickysim/sim/stats"
)

// never says that no value meets an objective.
func (p *Planned) never(a *plan.Alternative, n plan.Never) string {
	what := "at no value"
	switch p.Result.Find {
	case "servers":
		what = "with no number of servers"
	case "load":
		what = "at no load"
	}
	if n.Rivals {
		what += " that meets the rest"
	}
	v := n.At.Verdict(n.Objective)
	t := fmt.Sprintf("meets %s %s: %s at %s", clean(p.Result.Objectives[n.Objective].String()), what, formatEstimate(v.Value, scalesFor(p.Result.Objectives[n.Objective].Subject.Metric)), p.amount(n.At.Value))
	if n.Flat {
		t += ", and further doublings would change little"
	}
	return t
}

// reasons are the mechanisms behind what is never met.
func (p *Planned) reasons() (out []string) {
	for i := range p.Result.Alternatives {
		a := &p.Result.Alternatives[i]
		for _, n := range a.Never {
			base := a.Base
			if base == nil || base.Result == nil {
				base = n.At
			}
			for _, s := range reasonsFor(base.Result, []string{a.Name}, p.Result.Objectives[n.Objective].Subject.Metric) {
				if !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// turned says what other knobs would do, a sentence for each alternative that no value helps.
func (p *Planned) turned() (out []string) {
	for i := range p.Result.Alternatives {
		a := &p.Result.Alternatives[i]
		for _, n := range a.Never {
			if s := p.knobs(a, n.Objective); s != "" {
				out = append(out, s)
			}
		}
		if k := len(a.Untried); k > 0 {
			out = append(out, fmt.Sprintf("%d more knobs of %s were not tried: the budget is spent (--budget).", k, clean(a.Name)))
		}
	}
	return out
}

// knobs says what each knob would do for an objective that no value meets.
func (p *Planned) knobs(a *plan.Alternative, objective int) string {
	id := p.Result.Objectives[objective].Subject.Metric
	before := a.Base.Figure(id)
	var helped, idle []string
	for _, t := range a.Trials {
		v := t.Probe.Verdict(objective)
		if v == nil {
			continue
		}
		after := t.Probe.Figure(id)
		text := clean(t.Knob.Text)
		switch {
		case v.State != experiment.Met && !eases(before, after, direction(id)):
			idle = append(idle, text)
			continue
		case v.State == experiment.Met:
			text += " leaves " + formatMean(after, scalesFor(id)) + ", which meets it"
		default:
			text += " leaves " + formatMean(after, scalesFor(id))
		}
		helped = append(helped, text)
	}
	if len(helped)+len(idle) == 0 {
		return ""
	}
	t := fmt.Sprintf("Other knobs, for %s of %s (%s at %s): ", p.subject(objective), clean(a.Name), formatMean(before, scalesFor(id)), p.amount(a.Base.Value))
	if len(helped) == 0 {
		return t + "none of those tried helps (" + strings.Join(idle, ", ") + ")."
	}
	t += strings.Join(helped, "; ") + "."
	if len(idle) > 0 {
		t += " No help: " + strings.Join(idle, ", ") + "."
	}
	return t
}

// eases reports that a figure is better by a tenth at least, and beyond the two intervals.
func eases(before, after stats.Estimate, way float64) bool {
	gain := way * (after.Mean - before.Mean)
	return gain > .1*before.Mean && gain > before.HalfWidth()+after.HalfWidth()
}
