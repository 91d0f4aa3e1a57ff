package reports

import (
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// latencyFigure shows the quantiles of latency per alternative, with intervals, on a logarithmic axis.
func latencyFigure(res *experiment.Result) Figure {
	x := newIndex(res)
	f := Figure{Name: "latency_quantiles", Title: "Latency by alternative", columns: 1, height: 290,
		subtitle: "Quantiles over all answered requests" + x.within() + ", on a logarithmic axis."}
	quantiles := make([]string, len(metric.Quantiles))
	for i, q := range metric.Quantiles {
		quantiles[i] = q.Name
	}
	n := panel{x: categories(quantiles)}
	low, high := math.Inf(1), math.Inf(-1)
	see := func(v float64) {
		if drawable(v) && v > 0 {
			low, high = min(low, v), max(high, v)
		}
	}
	for i, name := range x.legendNames() {
		l := lookOf(i)
		// Side by side, so that similar alternatives do not hide each other's intervals.
		shift := .5 * (float64(i) + .5 - float64(len(res.Variants))/2) / float64(len(res.Variants))
		var at, means []float64
		var dots []mark
		for k, q := range quantiles {
			e := x.estimate(i, metric.Must("latency."+q).ID())
			if !(e.Mean > 0) {
				e.Mean = math.NaN() // not on a logarithmic axis
			}
			see(e.Mean)
			see(e.Hi)
			see(max(e.Lo, e.Mean/4)) // an interval that reaches to zero must not stretch the axis
			at, means = append(at, float64(k)+shift), append(means, e.Mean)
			dots = append(dots, dot{x: float64(k) + shift, y: e.Mean, lo: max(e.Lo, e.Mean/4), hi: e.Hi, vertical: true, color: l.color, glyph: l.glyph, size: 3})
		}
		n.marks = append(append(n.marks, curve{at, means, Stroke{l.color, .9, l.dash}}), dots...)
		f.legend = append(f.legend, key{label: name, stroke: Stroke{l.color, 1.1, l.dash}, glyph: l.glyph, dotted: true})
	}
	if math.IsInf(low, 1) {
		n.empty = "no request was answered"
	}
	n.y = logarithmic("latency", low, high, timeScales)
	f.panels = []panel{n}
	return f
}
