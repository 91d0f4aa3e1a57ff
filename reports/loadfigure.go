package reports

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/experiment"
)

// Limits of what a reader can distinguish in a plot.
const (
	mostLines  = 12  // servers drawn one by one
	mostPanels = 12  // alternatives with a panel each
	mostPoints = 300 // of a curve; more are averaged in groups
)

// loadFigure shows the utilization of the servers over time, ranked anew at every step, a panel per alternative: the hottest
// server of the moment in the alternative's colour, and the fleet's mean, which is what a dashboard shows. Fleets too large
// for lines are a band from the 10th to the 90th percentile.
func loadFigure(res *experiment.Result) Figure {
	x := newIndex(res)
	f := Figure{Name: "load_over_time", Title: "Load of the servers over time", columns: 2, height: 165,
		subtitle: "Utilization of the servers, ranked anew at every step; mean of " + x.replications() + "."}
	if len(res.Variants) == 1 {
		f.columns, f.height = 1, 260
	}
	names := shortNames(x.names(), 36)
	shown := res.Variants[:min(len(res.Variants), mostPanels)]
	top, lines, bands, changes := 0.0, false, false, false
	for i := range shown {
		n, high := loadPanel(res, i, names[i])
		f.panels = append(f.panels, n)
		top = max(top, high)
		servers := ranksOf(&shown[i].Series)
		lines, bands = lines || servers > 1 && servers <= mostLines, bands || servers > mostLines
		changes = changes || len(fleetChanges(res, &shown[i])) > 0
	}
	y := linear("utilization", 0, min(max(top, .05), 1), percent, 4, true)
	for i := range f.panels {
		f.panels[i].y = y
	}
	if lines || bands {
		f.legend = append(f.legend, key{label: "hottest server at each moment, in the colour of the alternative", stroke: hotLine(lookOf(0).color)})
	}
	if lines {
		f.legend = append(f.legend, key{label: "the other servers", stroke: otherLine})
	}
	if bands {
		f.legend = append(f.legend, key{label: "10th to 90th percentile of the servers", fill: bandColor})
	}
	if lines || bands {
		f.legend = append(f.legend, key{label: "mean of the fleet: what the dashboard shows", stroke: meanLine})
	}
	if changes {
		f.legend = append(f.legend, key{label: "more servers in service (first replication)", dotted: true, stroke: Stroke{Color: black}, glyph: triangle},
			key{label: "fewer", dotted: true, stroke: Stroke{Color: black}, glyph: wedge, hollow: true})
	}
	f.note = loadNote(res, len(res.Variants)-len(shown))
	return f
}

// loadNote says what is not drawn.
func loadNote(res *experiment.Result, more int) string {
	var notes []string
	if more > 0 {
		notes = append(notes, fmt.Sprintf("… %d more alternatives.", more))
	}
	var again []string
	for i := range res.Variants {
		for _, e := range res.Variants[i].Timeline {
			if kind := strings.ReplaceAll(e.Kind, "_", " "); e.Recurs && !slices.Contains(again, kind) {
				again = append(again, kind)
			}
		}
	}
	if len(again) > 0 {
		notes = append(notes, "Recurs, and is not marked: "+strings.Join(again, ", ")+".")
	}
	return strings.Join(notes, " ")
}

func hotLine(c color.NRGBA) Stroke { return Stroke{Color: c, Width: 1.5} }

var (
	otherLine = Stroke{Color: ash, Width: .7}
	meanLine  = Stroke{Color: black, Width: 1.1, Dash: []float64{4, 2.5}}
	bandColor = faded(ash, 110)
)

// loadPanel draws one alternative and returns its highest utilization.
func loadPanel(res *experiment.Result, variant int, name string) (panel, float64) {
	v := &res.Variants[variant]
	s := &v.Series
	n := panel{title: name, x: timeAxis(max(res.Duration, s.Step*float64(s.Points)), 6), events: happenings(res, v)}
	servers, high := curves(s, ranksOf(s)), math.Inf(-1)
	for _, u := range servers {
		for _, x := range u {
			if drawable(x) {
				high = max(high, x)
			}
		}
	}
	if math.IsInf(high, -1) {
		n.empty = "no server was in service"
		return n, 0
	}
	times, hot := grouped(steps(res, s)), hotLine(lookOf(variant).color)
	hottest := peaks(servers)
	if s.Ranks > 0 {
		hottest = servers[0]
	}
	switch {
	case len(servers) == 1:
		n.marks = []mark{curve{times, hottest, hot}}
		return n, high
	case len(servers) <= mostLines:
		for _, u := range servers[min(s.Ranks, 1):] {
			n.marks = append(n.marks, curve{times, below(u, hottest), otherLine})
		}
	default:
		low, tall := quantiles(servers)
		n.marks = append(n.marks, band{times, low, tall, bandColor})
	}
	mean := means(servers)
	if fleet := s.Of(sim.MeanUtilizationSeries); len(fleet) > 0 && slices.ContainsFunc(fleet, drawable) {
		mean = grouped(fleet)
	}
	n.marks = append(n.marks, curve{times, hottest, hot}, curve{times, mean, meanLine})
	for _, c := range fleetChanges(res, v) {
		n.marks = append(n.marks, c)
	}
	return n, high
}

// happenings are the events of the timeline in the measured part; of those that recur, there is no time to draw.
func happenings(res *experiment.Result, v *experiment.VariantResult) []event {
	var list []event
	for _, e := range v.Timeline {
		if !e.Recurs && e.At >= 0 && e.At <= res.Duration {
			list = append(list, event{e.At, strings.ReplaceAll(e.Kind, "_", " ")})
		}
	}
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return list
}

// mostChanges is how many changes of the fleet's size are drawn; more would be a line of glyphs.
const mostChanges = 40

// fleetChanges marks where the number of servers in service changed in the first replication.
func fleetChanges(res *experiment.Result, v *experiment.VariantResult) []dot {
	var list []dot
	before := -1
	for p := range v.Series.Points {
		n := 0
		for k := range v.First {
			if u := v.First[k].Utilization; p < len(u) && drawable(u[p]) {
				n++
			}
		}
		if before >= 0 && n != before {
			d := dot{x: pointTime(res, &v.Series, p) - v.Series.Step, y: 0, color: black, glyph: triangle, size: 2.4}
			if n < before {
				d.glyph, d.hollow = wedge, true
			}
			list = append(list, d)
		}
		before = n
	}
	if len(list) > mostChanges {
		return nil
	}
	return list
}

// ranksOf is how many rows of the series are ranks; all, where they are servers by name.
func ranksOf(s *experiment.SeriesMean) int {
	if s.Ranks > 0 {
		return s.Ranks
	}
	return s.Rows()
}

// steps are the middles of the series' steps, in seconds.
func steps(res *experiment.Result, s *experiment.SeriesMean) []float64 {
	out := make([]float64, s.Points)
	for p := range out {
		out[p] = (float64(p)*s.Step + pointTime(res, s, p)) / 2
	}
	return out
}

// curves are the servers' utilization over time.
func curves(s *experiment.SeriesMean, servers int) [][]float64 {
	out := make([][]float64, servers)
	for k := range out {
		out[k] = grouped(s.Of(sim.UtilizationSeries)[k*s.Points : (k+1)*s.Points])
	}
	return out
}

// grouped averages neighbours so that at most mostPoints remain; undefined where all of a group are.
func grouped(x []float64) []float64 {
	size := (len(x) + mostPoints - 1) / mostPoints
	if size <= 1 {
		return x
	}
	var out []float64
	for group := range slices.Chunk(x, size) {
		out = append(out, mean(group))
	}
	return out
}

// mean of what is defined.
func mean(x []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range x {
		if drawable(v) {
			sum += v
			n++
		}
	}
	return sum / n
}

// across returns the defined values of all servers at a point.
func across(servers [][]float64, p int) []float64 {
	var out []float64
	for _, u := range servers {
		if drawable(u[p]) {
			out = append(out, u[p])
		}
	}
	return out
}

func means(servers [][]float64) []float64 {
	out := make([]float64, len(servers[0]))
	for p := range out {
		out[p] = mean(across(servers, p))
	}
	return out
}

// peaks is the highest of the servers at every point.
func peaks(servers [][]float64) []float64 {
	out := make([]float64, len(servers[0]))
	for p := range out {
		out[p] = math.NaN()
		if at := across(servers, p); len(at) > 0 {
			out[p] = slices.Max(at)
		}
	}
	return out
}

// below leaves out where a rank is above the hottest: it exists there only in replications that are busier than the mean.
func below(u, hottest []float64) []float64 {
	out := slices.Clone(u)
	for p := range out {
		if out[p] > hottest[p] {
			out[p] = math.NaN()
		}
	}
	return out
}

// quantiles are the 10th and 90th percentile over the servers, at every point.
func quantiles(servers [][]float64) (low, high []float64) {
	for p := range servers[0] {
		at := across(servers, p)
		if len(at) == 0 {
			low, high = append(low, math.NaN()), append(high, math.NaN())
			continue
		}
		slices.Sort(at)
		last := float64(len(at) - 1)
		low, high = append(low, at[int(math.Round(.1*last))]), append(high, at[int(math.Round(.9*last))])
	}
	return low, high
}
