package reports

import (
	"fmt"
	"strings"

	"stickysim/sim/experiment/plan"
)

// mostPlanColumns is how many objectives have a column.
const mostPlanColumns = 3

// table has a row per alternative: what it needs, how much more than the best, and its figures at that value.
func (p *Planned) table() *grid {
	r := p.Result
	find := strings.ToUpper(clean(r.Find))
	head := []string{"ALTERNATIVE", find, "FACTOR"}
	priced := p.Price > 0 && r.Find == "servers"
	if priced {
		head = append(head, "A MONTH")
	}
	objectives := min(len(r.Objectives), mostPlanColumns)
	for i := range objectives {
		head = append(head, p.subject(i))
	}
	never := ""
	for i := range r.Alternatives {
		if len(r.Alternatives[i].Never) > 0 {
			never = "NEVER MET"
		}
	}
	if never != "" {
		head = append(head, never)
	}
	g := newGrid(head...).text(1)
	if never != "" {
		g.figures[len(head)-1] = false
	}
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		row := []string{clean(a.Name), p.cell(a), factor(a.Factor)}
		if priced {
			row = append(row, p.price(a))
		}
		for o := range objectives {
			row = append(row, p.figure(a, o))
		}
		if never != "" {
			var list []string
			for _, n := range a.Never {
				list = append(list, p.subject(n.Objective))
			}
			row = append(row, strings.Join(list, ", "))
		}
		g.row(row...)
	}
	return g
}

// cell is the answer of an alternative in short.
func (p *Planned) cell(a *plan.Alternative) string {
	switch {
	case a.Met != nil && a.Last == "":
		return p.bracket(a)
	case a.Met != nil && a.Ease == plan.Upwards:
		return "≤ " + a.Met.Value
	case a.Met != nil:
		return "≥ " + a.Met.Value
	case a.State() == plan.None:
		return "none"
	}
	return "undecided"
}

// factor is how many times the best alternative's servers are needed.
func factor(f plan.Factor) string {
	switch {
	case !f.Known():
		return ""
	case f.Hi-f.Lo < .005:
		return fmt.Sprintf("%.2f", f.Hi)
	}
	return fmt.Sprintf("%.2f to %.2f", f.Lo, f.Hi)
}

// price is what the servers cost in a month.
func (p *Planned) price(a *plan.Alternative) string {
	if a.Met == nil {
		return ""
	}
	return p.month(a.Met.Number)
}

// figure is the figure of an objective at the value that was found.
func (p *Planned) figure(a *plan.Alternative, objective int) string {
	at := a.Base
	if at == nil || at.Verdict(objective) == nil {
		return ""
	}
	id := p.Result.Objectives[objective].Subject.Metric
	return formatMean(at.Figure(id), scalesFor(id))
}
