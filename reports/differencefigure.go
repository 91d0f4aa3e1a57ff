package reports

import (
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// differenceFigure shows the paired differences to the baseline as a forest plot: a panel per metric, a row per
// alternative. It has no panels if nothing was compared.
func differenceFigure(res *experiment.Result) Figure {
	x := newIndex(res)
	base := x.baseline()
	entry := func(label string, g glyph, hollow bool) key {
		return key{label: label, stroke: Stroke{Color: grey, Width: 1.1}, dotted: true, glyph: g, hollow: hollow}
	}
	f := Figure{Name: "differences", Title: "Differences from " + x.title(base) + " (baseline)", columns: 2,
		height:   62 + 17*float64(max(len(res.Variants)-1, 1)),
		subtitle: "Paired over " + x.replications() + " of the same clients, arrivals and faults" + x.within() + ".",
		legend:   []key{entry("better", better, false), entry("worse", worse, false), entry("undecided", better, true)}}
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
	var decided []float64
	for i, v := range rows {
		c, y := x.diffs[pair{x.res.Variants[v].Name, id}], float64(len(rows)-1-i)
		if c == nil || !drawable(c.Difference.Mean) {
			n.marks = append(n.marks, caption{x: 0, y: y, right: 6, text: undefined, style: tickText})
			continue
		}
		any = true
		if same(c) {
			n.marks = append(n.marks, caption{x: 0, y: y, right: 6, text: "= equal", style: tickText})
			continue
		}
		for _, e := range []float64{c.Difference.Mean, c.Difference.Lo, c.Difference.Hi} {
			if drawable(e) {
				low, high = min(low, e), max(high, e)
			}
		}
		if c.Decided && c.Difference.Mean != 0 {
			decided = append(decided, math.Abs(c.Difference.Mean))
		}
		n.marks = append(n.marks, dot{x: c.Difference.Mean, y: y, lo: c.Difference.Lo, hi: c.Difference.Hi, color: lookOf(v).color,
			glyph: judged(c), hollow: !c.Decided, size: 3})
	}
	n.x = differenceAxis(x, id, low, high, decided)
	n.marks = append([]mark{rule{at: 0, vertical: true, stroke: Stroke{Color: black, Width: .9}}}, n.marks...)
	return n, any
}

// farApart is how many times larger a decided difference may be than another before the axis becomes logarithmic: on a
// linear one the smaller would lie on 0.
const farApart = 20

// differenceAxis is an axis on which every decided difference can be seen.
func differenceAxis(x *index, id metric.ID, low, high float64, decided []float64) axis {
	label := "difference; less is better"
	if direction(id) > 0 {
		label = "difference; more is better"
	}
	scales := x.differenceScales(id)
	if low == high {
		low, high = -scales[0].size, scales[0].size
	}
	least, most := math.Inf(1), 0.0
	for _, d := range decided {
		least, most = min(least, d), max(most, d)
	}
	if most > farApart*least {
		a := bothWays(label, low, high, max(least/2, most/1e5), scales)
		pad := .07 * (a.bend(high) - a.bend(low))
		a.min, a.max = a.unbend(a.bend(low)-pad), a.unbend(a.bend(high)+pad)
		return a
	}
	pad := .07 * (high - low)
	return linear(label, low-pad, high+pad, scales, 5, false)
}

// The glyphs of judgements.
const (
	better = circle
	worse  = square
)

// judged is the glyph of a difference.
func judged(c *experiment.Comparison) glyph {
	if c.Decided && c.Difference.Mean*direction(c.Metric) < 0 {
		return worse
	}
	return better
}

// same reports whether the alternatives have the same values.
func same(c *experiment.Comparison) bool {
	d := c.Difference
	return c.Equal || d.Mean == 0 && d.Lo == 0 && d.Hi == 0
}
