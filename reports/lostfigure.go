package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// lostFigure shows how many of the visits met a lost session, by cause. Alternatives that lose many times more than the
// others have a panel of their own, so that the others can be seen.
func lostFigure(res *experiment.Result) Figure {
	x := newIndex(res)
	share, of := lossShare(x)
	f := Figure{Name: "sessions_lost", Title: "Lost sessions by alternative and cause", columns: 1, height: barsHeight(len(res.Variants)),
		subtitle: "Share of " + of + ", mean of " + x.replications() + strings.Replace(x.within(), "intervals", "intervals of the total", 1) +
			". The number of sessions lost is per replication."}
	if !x.known(lost.ID()) || x.allZero(lost.ID()) {
		reason := "No session was lost."
		if !x.known(lost.ID()) {
			reason = "lost sessions are undefined"
		}
		f.panels = []panel{{empty: reason}}
		return f
	}
	causes := x.causes()
	for i, c := range causes {
		f.legend = append(f.legend, key{label: c.name, fill: black, pattern: pattern(i)})
	}
	usual, far := apart(x, share.ID())
	f.panels = append(f.panels, lostPanel(x, share.ID(), usual, causes, of))
	if len(far) > 0 {
		n := lostPanel(x, share.ID(), far, causes, of)
		n.title = "On a scale of its own"
		f.panels = append(f.panels, n)
	}
	return f
}

// lossShare is the share that is drawn, and of what: of the visits or, where the result does not have it, of the sessions.
func lossShare(x *index) (*metric.Family, string) {
	if x.known(visitsHit.ID()) {
		return visitsHit, "the visits that met a lost session"
	}
	return lostRatio, "the sessions that were lost"
}

func barsHeight(bars int) float64 { return 62 + 26*float64(bars) }

// apart splits the alternatives where, in the order of their shares, one is more than five times as large as the one before:
// those from there on are far from the others, unless they are most of those that lost anything.
func apart(x *index, share metric.ID) (usual, far []int) {
	var order []int
	value := func(v int) float64 { return max(x.estimate(v, share).Mean, 0) }
	for v := range x.res.Variants {
		if e := x.estimate(v, share).Mean; drawable(e) && e > 0 {
			order = append(order, v)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(value(a), value(b)) })
	limit := math.Inf(1)
	for i := len(order) - 1; i > 0; i-- {
		if value(order[i]) > 5*value(order[i-1]) && len(order)-i <= i {
			limit = value(order[i])
			break
		}
	}
	for v := range x.res.Variants {
		if value(v) >= limit {
			far = append(far, v)
		} else {
			usual = append(usual, v)
		}
	}
	return usual, far
}

func lostPanel(x *index, share metric.ID, shown []int, causes []cause, of string) panel {
	all, names := shortNames(x.names(), 26), []string{}
	for _, v := range shown {
		names = append(names, all[v])
	}
	n := panel{y: downwards(names), height: barsHeight(len(shown))}
	top := 0.0
	for i, v := range shown {
		for _, w := range []float64{x.estimate(v, share).Mean, x.estimate(v, share).Hi} {
			if drawable(w) {
				top = max(top, w)
			}
		}
		n.marks = append(n.marks, lostBar(x, share, v, float64(len(shown)-1-i), causes)...)
	}
	n.x = linear("share of "+of, 0, top*1.05, percent, 6, false)
	if top > 0 {
		n.x.max = top * 1.6 // room for the text behind the bars
	}
	n.x.ticks = slices.DeleteFunc(n.x.ticks, func(t tick) bool { return t.at > 1 })
	return n
}

// cause is a part of a bar: one cause, or all those that have no pattern of their own.
type cause struct {
	name    string
	metrics []metric.ID
}

// causes lists those that occurred, at most one per pattern; if there are more, the last stands for the rest.
func (x *index) causes() []cause {
	var out []cause
	for _, id := range x.parts(lost, "cause") {
		if x.allZero(id) {
			continue
		}
		if len(out) == int(patterns) {
			last := &out[len(out)-1]
			last.name, last.metrics = "other causes", append(last.metrics, id)
			continue
		}
		out = append(out, cause{causeOf(id), []metric.ID{id}})
	}
	return out
}

// lostBar is the bar of one alternative at a height: the causes one after the other, each with its part of the lost sessions,
// the total's interval, and the total as text.
func lostBar(x *index, share metric.ID, v int, y float64, causes []cause) []mark {
	var marks []mark
	total, sessions := x.estimate(v, share), x.estimate(v, lost.ID())
	from := 0.0
	for i, c := range causes {
		long := 0.0
		for _, m := range c.metrics {
			if e := x.estimate(v, m); drawable(e.Mean) && sessions.Mean > 0 && drawable(total.Mean) {
				long += e.Mean / sessions.Mean * total.Mean
			}
		}
		if long > 0 {
			marks = append(marks, box{from, y - .3, from + long, y + .3, lookOf(v).color, pattern(i)})
			from += long
		}
	}
	if sessions.Mean == 0 {
		text := "none lost"
		if total.Hi > 0 {
			text += ", at most " + formatValue(total.Hi, percent)
		}
		return []mark{caption{x: 0, y: y, right: 7, text: text, style: labelText}}
	}
	text := formatMean(sessions, countScales) + " lost"
	if drawable(total.Mean) {
		text = formatEstimate(total, percent) + "; " + text
	}
	end := from
	if drawable(total.Hi) {
		end = max(end, total.Hi)
	}
	return append(marks, dot{x: total.Mean, y: y, lo: max(total.Lo, 0), hi: total.Hi, color: black},
		caption{x: end, y: y, right: 7, text: text, style: labelText})
}
