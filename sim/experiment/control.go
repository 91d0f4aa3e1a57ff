package experiment

import (
	"fmt"
	"slices"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// variates are the metrics that are known to be 0 in mean.
var variates = []metric.ID{sim.SurplusWork.ID(), sim.SurplusRequests.ID()}

// variates are the control variates of the replications; nil where they are not counted, or are not to be used.
func (cs *columns) variates() *stats.Controls {
	if cs.drawn || cs.controlled == cs.n {
		return cs.controls
	}
	var list [][]float64
	for _, id := range variates {
		if c := cs.index[id]; c != nil {
			list = append(list, c.values)
		}
	}
	cs.controls, cs.controlled = stats.NewControls(list...), cs.n
	return cs.controls
}

// control takes what the variates explain out of a figure. Figures of which a few replications differ from the others are
// means of these few: they stay what they are. No figure leaves the values that it can have.
func (c *column) control(j stats.Jackknife) stats.Jackknife {
	if c.of == nil || c.of.variates() == nil || slices.Contains(variates, c.id) || c.oddOnes() != "" {
		return j
	}
	k := j.Controlled(c.of.variates())
	k.Point = max(k.Point, min(0, smallest(c.values)))
	if c.isShare() && largest(c.values) <= 1 {
		k.Point = min(k.Point, 1)
	}
	return k
}

// without says why an alternative has no control variates where they are asked for; "" where it has some.
func (s *summary) without() string {
	switch {
	case s.variates() != nil:
		return ""
	case s.drawn:
		return "its replications are drawn from one recording, of which no mean is known"
	case s.n < stats.FewestControlled:
		return fmt.Sprintf("they take %d replications, not %d", stats.FewestControlled, s.n)
	}
	return "its clients draw nothing of which the mean is known"
}

var uncontrolled = diag.Register(diag.Code{Name: "no-controls", Severity: diag.Note,
	Doc: "Control variates are asked for, and an alternative has none. Its figures are those of its replications alone, as without."})

// checkControls warns of alternatives without control variates where they are asked for.
func (x *execution) checkControls() {
	for i, s := range x.sums {
		if why := s.without(); why != "" && x.study.Replications.Controls {
			w := uncontrolled.At("replications.controls", "no control variates: %s", why)
			w.Alternative = x.study.Variants[i].Name
			x.warnings = append(x.warnings, w)
		}
	}
}
