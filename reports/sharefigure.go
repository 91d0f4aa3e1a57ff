package reports

import (
	"slices"
	"strconv"

	"stickysim/sim"
	"stickysim/sim/experiment"
)

// shareFigure shows the share of the answers that each server gave while it was in service, the hottest server first. Few
// servers are bars, side by side for the alternatives; many, or different numbers per alternative, are a curve over the ranks,
// in equal shares.
func shareFigure(res *experiment.Result) Figure {
	f := Figure{Name: "server_share", Title: "Share of the answers by server", columns: 1, height: 260}
	names := newIndex(res).legendNames()
	if bars := len(res.Variants) * len(res.Variants[0].Ranks()); sameRows(res) && len(res.Variants) <= len(palette) && bars <= 5*mostLines && len(res.Variants[0].Ranks()) <= mostLines {
		f.subtitle = "Share of the answers while a server was in service. The servers of each replication are ranked by utilization. The dashed line is an equal share for each."
		f.panels = []panel{sharePanel(res)}
		for i := range res.Variants {
			f.legend = append(f.legend, key{label: names[i], fill: lookOf(i).color})
		}
	} else {
		f.subtitle = "Share of the answers while a server was in service. The servers of each replication are ranked by utilization. 1 is an equal share for each."
		f.panels = []panel{profilePanel(res)}
		for i := range res.Variants {
			l := lookOf(i)
			f.legend = append(f.legend, key{label: names[i], stroke: Stroke{l.color, 1.6, l.dash}})
		}
	}
	if len(res.Variants) == 1 {
		f.legend = nil
		f.subtitle = names[0] + ". " + f.subtitle
	}
	return f
}

// sameRows reports whether all alternatives have the same ranks.
func sameRows(res *experiment.Result) bool {
	for i := range res.Variants {
		if !slices.EqualFunc(res.Variants[i].Ranks(), res.Variants[0].Ranks(), func(a, b experiment.ServerEstimate) bool { return a.Label() == b.Label() }) {
			return false
		}
	}
	return true
}

func sharePanel(res *experiment.Result) panel {
	servers := len(res.Variants[0].Ranks())
	top, any := 1/float64(max(servers, 1)), false
	for i := range res.Variants {
		for _, rank := range res.Variants[i].Ranks() {
			e := rank.Of(sim.ShareFigure)
			for _, v := range []float64{e.Mean, e.Hi} {
				if drawable(v) {
					top, any = max(top, v), true
				}
			}
		}
	}
	room := int((figureWidth - 2*margin - 40) / float64(max(servers, 1)) / (tickText.Size * .52))
	n := panel{x: categories(shortLabels(res.Variants[0].Ranks(), max(room, 2))), y: linear("share of the answers", 0, min(top, 1), percent, 5, true)}
	if !any {
		n.empty = "no request was answered"
		return n
	}
	wide := min(.8/float64(len(res.Variants)), .13*float64(servers)) // a bar is never wider than about 80 points
	for i := range res.Variants {
		for k, rank := range res.Variants[i].Ranks() {
			e := rank.Of(sim.ShareFigure)
			x := float64(k) + wide*(float64(i)-float64(len(res.Variants))/2)
			n.marks = append(n.marks, box{x + wide*.05, 0, x + wide*.95, e.Mean, lookOf(i).color, solid},
				dot{x: x + wide/2, y: e.Mean, lo: max(e.Lo, 0), hi: e.Hi, vertical: true, color: black})
		}
	}
	n.marks = append(n.marks, rule{at: 1 / float64(servers), stroke: meanLine})
	return n
}

func profilePanel(res *experiment.Result) panel {
	n := panel{}
	most, top := 0, 1.0
	for i := range res.Variants {
		var shares, ranks []float64
		fleet := meanFleet(res, &res.Variants[i])
		for _, s := range res.Variants[i].Ranks() {
			if share := s.Of(sim.ShareFigure).Mean; drawable(share) {
				shares = append(shares, share)
			}
		}
		for k := range shares {
			ranks = append(ranks, float64(k+1))
			shares[k] *= fleet
			top = max(top, shares[k])
		}
		most = max(most, len(shares))
		l := lookOf(i)
		n.marks = append(n.marks, curve{ranks, shares, Stroke{l.color, 1.6, l.dash}})
		if len(shares) == 1 {
			n.marks = append(n.marks, dot{x: 1, y: shares[0], color: l.color, glyph: l.glyph, size: 3.2})
		}
	}
	if most == 0 {
		n.empty = "no request was answered"
	}
	n.x = linear("rank by utilization, the hottest is 1", 1, float64(max(most, 2)), plain, 10, false)
	n.x.lines = false
	n.x.ticks = wholeTicks(n.x.ticks)
	n.y = linear("answers, in equal shares", 0, top, plain, 5, true)
	n.marks = append(n.marks, rule{at: 1, stroke: Stroke{Color: grey, Width: .8}})
	return n
}

// meanFleet is how many servers were in service on average, dead ones left out; the number of ranks where the result does not
// say.
func meanFleet(res *experiment.Result, v *experiment.VariantResult) float64 {
	sum := 0.0
	for _, r := range v.Ranks() {
		sum += r.Of(sim.InServiceFigure).Mean
	}
	if fleet := sum / res.Duration; drawable(fleet) {
		return fleet
	}
	return float64(len(v.Ranks()))
}

// wholeTicks keeps the ticks at whole numbers.
func wholeTicks(ticks []tick) []tick {
	ticks = slices.DeleteFunc(ticks, func(t tick) bool { return t.at != float64(int(t.at)) })
	for i := range ticks {
		ticks[i].label = strconv.Itoa(int(ticks[i].at))
	}
	return ticks
}

// shortLabels are the labels of rows, shortened and still different from each other.
func shortLabels(rows []experiment.ServerEstimate, n int) []string {
	list := make([]string, len(rows))
	for i := range rows {
		list[i] = rows[i].Label()
	}
	return shortNames(list, n)
}
