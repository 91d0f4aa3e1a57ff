package cost

import (
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// availability is the share of requests that are answered.
var availability = experiment.Figure{ID: metric.Must("availability.requests").ID()}

// doubted are the figures that replications are added for.
var doubted = []experiment.Figure{Visits, Affected, availability, P95}

// Doubt is a cost that may be chance, and is not shown to be negligible.
type Doubt struct {
	Entry, Alternative string
	Figure             experiment.Figure
}

// doubts are the costs of entries that are in doubt at an error rate. A figure that does not exist is in no doubt: more
// replications would not change that.
func (p *plan) doubts(alpha float64) (list []Doubt) {
	var contrasts []experiment.Contrast
	var of []Doubt
	for _, f := range doubted {
		for v := range p.plans {
			for _, row := range p.plans[v].rows {
				contrasts = append(contrasts, experiment.Contrast{Figure: f, Terms: []experiment.Weighted{plus(p.plans[v].full), minus(row.without)}})
				of = append(of, Doubt{row.entry.Name, p.study.Variants[v].Name, f})
			}
		}
	}
	for i, e := range experiment.Effects(contrasts, alpha) {
		if !math.IsNaN(e.Estimate.Mean) && !e.Decided && !e.None() && !e.Negligible() {
			list = append(list, of[i])
		}
	}
	return list
}
