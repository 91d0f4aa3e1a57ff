package reports

import (
	"math"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// lostFigure shows how many sessions each alternative lost, by cause.
func lostFigure(res *experiment.Result) Figure {
	x := newIndex(res)
	count := len(res.Variants)
	f := Figure{Name: "sessions_lost", Title: "Sessions lost by alternative and cause", columns: 1, height: 70 + 30*float64(count),
		subtitle: "Mean of " + x.replications() + strings.Replace(x.within(), "intervals", "intervals of the total", 1) + "."}
	n := panel{y: downwards(shortNames(x.names(), 26)), x: linear("sessions lost per replication", 0, 1, countScales, 6, true)}
	f.panels = []panel{n}
	p := &f.panels[0]
	total := lost.ID()
	if !x.known(total) {
		p.empty = "lost sessions are undefined"
		return f
	}
	if x.allZero(total) {
		p.empty = "No session was lost."
		return f
	}
	causes := x.causes()
	top := 0.0
	for v := range res.Variants {
		e := x.estimate(v, total)
		for _, w := range []float64{e.Mean, e.Hi} {
			if drawable(w) {
				top = max(top, w)
			}
		}
		p.marks = append(p.marks, lostBar(x, v, float64(count-1-v), causes)...)
	}
	for i, c := range causes {
		f.legend = append(f.legend, key{label: c.name, fill: palette[i]})
	}
	p.x = linear("sessions lost per replication", 0, top*1.05, countScales, 6, false)
	if top > 0 {
		p.x.max = top * 1.35 // room for the text behind the bars
	}
	return f
}

// cause is a part of a bar: one cause, or all those that have no colour of their own.
type cause struct {
	name    string
	metrics []metric.ID
}

// causes lists those that occurred, at most one per colour; if there are more, the last stands for the rest.
func (x *index) causes() []cause {
	var out []cause
	for _, id := range x.parts(lost, "cause") {
		if x.allZero(id) {
			continue
		}
		if len(out) == len(palette) {
			last := &out[len(out)-1]
			last.name, last.metrics = "other causes", append(last.metrics, id)
			continue
		}
		out = append(out, cause{causeOf(id), []metric.ID{id}})
	}
	return out
}

// lostBar is the bar of one alternative at a height: the causes one after the other, the total's interval, and the total
// as text.
func lostBar(x *index, v int, y float64, causes []cause) []mark {
	var marks []mark
	from := 0.0
	for i, c := range causes {
		long := 0.0
		for _, m := range c.metrics {
			if e := x.estimate(v, m); drawable(e.Mean) {
				long += e.Mean
			}
		}
		if long > 0 {
			marks = append(marks, box{from, y - .3, from + long, y + .3, palette[i]})
			from += long
		}
	}
	total, ratio := x.estimate(v, lost.ID()), x.estimate(v, lostRatio.ID())
	text := formatEstimate(total, countScales)
	if !math.IsNaN(ratio.Mean) {
		text += " (" + formatMean(ratio, percent) + ")"
	}
	end := from
	if drawable(total.Hi) {
		end = max(end, total.Hi)
	}
	return append(marks, dot{x: total.Mean, y: y, lo: max(total.Lo, 0), hi: total.Hi, color: black},
		caption{x: end, y: y, right: 7, text: text, style: labelText})
}
