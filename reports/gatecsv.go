package reports

import (
	"io"
	"strconv"

	"stickysim/sim/experiment"
)

// WriteGateCSV writes a line per verdict, of all scenarios under one heading. Figures are in the unit of the metric.
func WriteGateCSV(w io.Writer, list []*Gated) error {
	t := newTable(w, "scenario", "objective", "variant", "verdict", "counts", "unit", "value", "lo", "hi", "limit", "margin", "margin_lo", "margin_hi", "replications", "needs")
	for _, g := range list {
		if g.Result == nil {
			continue
		}
		for i := range g.Result.Verdicts {
			v := &g.Result.Verdicts[i]
			o := &g.Result.Objectives[v.Objective]
			unit, needs := figureOf(g.Result, v.Alternative, o.Subject.Metric).Unit, ""
			if v.State == experiment.NotDecided && v.Needs > 0 {
				needs = strconv.Itoa(v.Needs)
			}
			t.row(g.Name, o.String(), v.Alternative, v.State.String(), strconv.FormatBool(v.Counts), unit, figure(v.Value.Mean), figure(v.Value.Lo), figure(v.Value.Hi),
				figure(v.Limit), figure(v.Margin.Mean), figure(v.Margin.Lo), figure(v.Margin.Hi), strconv.Itoa(v.Value.N), needs)
		}
	}
	return t.finish()
}
