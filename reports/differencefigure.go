package reports

import (
	"image/color"
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// differenceFigure shows the paired differences to the baseline as a forest plot: a panel per metric, a row per
// alternative. It has no panels if nothing was compared.
func differenceFigure(res *experiment.Result) Figure {
	x := newIndex(res)
	base := x.baseline()
	f := Figure{Name: "differences", Title: "Differences from " + x.title(base) + " (baseline)", columns: 2,
		height:   62 + 17*float64(max(len(res.Variants)-1, 1)),
		subtitle: "Paired over " + x.replications() + " of the same clients, arrivals and faults" + x.within() + ".",
		legend: []key{{label: "better", stroke: Stroke{Color: blue, Width: 1.1}, dotted: true},
			{label: "worse", stroke: Stroke{Color: vermillion, Width: 1.1}, dotted: true, glyph: square},
			{label: "undecided", stroke: Stroke{Color: grey, Width: 1.1}, dotted: true, hollow: true}}}
	var rows []int
	for v := range res.Variants {
		if v != base {
			rows = append(rows, v)
		}
	}
	for _, m := range metric.Shown(func(s metric.Show) int { return s.Plot }) {
		if n, ok := differencePanel(x, rows, m.ID()); ok {
			f.panels = append(f.panels, n)
		}
	}
	return f
}

func differencePanel(x *index, rows []int, id metric.ID) (panel, bool) {
	names := shortNames(x.names(), 20)
	labels := make([]string, len(rows))
	for i, v := range rows {
		labels[i] = names[v]
	}
	n := panel{title: id.String(), y: downwards(labels)}
	low, high, any := 0.0, 0.0, false
	for i, v := range rows {
		c := x.diffs[pair{x.res.Variants[v].Name, id}]
		if c == nil || !drawable(c.Difference.Mean) {
			n.marks = append(n.marks, caption{x: 0, y: float64(len(rows) - 1 - i), right: 6, text: undefined, style: tickText})
			continue
		}
		any = true
		for _, e := range []float64{c.Difference.Mean, c.Difference.Lo, c.Difference.Hi} {
			if drawable(e) {
				low, high = min(low, e), max(high, e)
			}
		}
		ink, shape := differenceInk(c)
		n.marks = append(n.marks, dot{x: c.Difference.Mean, y: float64(len(rows) - 1 - i), lo: c.Difference.Lo, hi: c.Difference.Hi, color: ink,
			glyph: shape, hollow: !c.Decided, size: 3})
	}
	scales := x.differenceScales(id)
	if low == high {
		low, high = -scales[0].size, scales[0].size
	}
	pad := .07 * (high - low)
	label := "difference; less is better"
	if direction(id) > 0 {
		label = "difference; more is better"
	}
	n.x = linear(label, low-pad, high+pad, scales, 5, false)
	n.marks = append([]mark{rule{at: 0, vertical: true, stroke: Stroke{Color: black, Width: .9}}}, n.marks...)
	return n, any
}

// differenceInk is the colour and shape of a difference: whether it is decided, and better or worse.
func differenceInk(c *experiment.Comparison) (color.NRGBA, glyph) {
	way := c.Difference.Mean * direction(c.Metric)
	switch {
	case !c.Decided || way == 0 || math.IsNaN(way):
		return grey, circle
	case way > 0:
		return blue, circle
	}
	return vermillion, square
}
