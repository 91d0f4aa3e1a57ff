package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stickysim/sim/experiment/plan"
	"stickysim/sim/metric"
)

// mostPlanColumns is how many figures of objectives have a column.
const mostPlanColumns = 3

// columns are the figures of the objectives, each once.
func (p *Planned) columns() (ids []metric.ID) {
	for i := range p.Result.Objectives {
		if id := p.Result.Objectives[i].Subject.Metric; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), mostPlanColumns)]
}

// table has a row per alternative: what it needs, how much more than the best, and its figures at that value.
func (p *Planned) table() *grid {
	r := p.Result
	find := strings.ToUpper(clean(r.Find))
	head := []string{"ALTERNATIVE", find, "FACTOR"}
	priced := p.Price > 0 && r.Find == "servers"
	if priced {
		head = append(head, "A MONTH")
	}
	columns := p.columns()
	for _, id := range columns {
		head = append(head, clean(id.String()))
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
		for _, id := range columns {
			row = append(row, p.figure(a, id))
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
	case a.Met != nil:
		return p.bracket(a)
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
	case math.IsInf(f.Hi, 1):
		return fmt.Sprintf("≥ %.2f", f.Lo)
	case f.Lo == 0:
		return fmt.Sprintf("≤ %.2f", f.Hi)
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

// figure is a figure at the value that was found, where an objective judges it for the alternative.
func (p *Planned) figure(a *plan.Alternative, id metric.ID) string {
	for i := range p.Result.Objectives {
		if p.Result.Objectives[i].Subject.Metric == id && a.Base.Verdict(i) != nil {
			return formatMean(a.Base.Figure(id), scalesFor(id))
		}
	}
	return ""
}
