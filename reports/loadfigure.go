package reports

import (
	"fmt"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/experiment"
)

// Limits of what a reader can distinguish in a plot.
const (
	mostLines  = 12  // servers drawn one by one
	mostPanels = 12  // alternatives with a panel each
	mostPoints = 300 // of a curve; more are averaged in groups
)

// loadFigure shows every server's utilization over time, a panel per alternative: the hottest server stands out. Fleets too
// large for lines are a band from the 10th to the 90th percentile, with the busiest server at each time.
func loadFigure(res *experiment.Result) Figure {
	f := Figure{Name: "load_over_time", Title: "Load of the servers over time", columns: 2, height: 165,
		subtitle: "Utilization of each server, mean of " + newIndex(res).replications() + "."}
	if len(res.Variants) == 1 {
		f.columns, f.height = 1, 260
	}
	names := shortNames(newIndex(res).names(), 44)
	shown := res.Variants[:min(len(res.Variants), mostPanels)]
	top, lines, bands := 0.0, false, false
	for i := range shown {
		n, high := loadPanel(res, &shown[i], names[i])
		f.panels = append(f.panels, n)
		top = max(top, high)
		servers := shown[i].Series.Rows()
		lines, bands = lines || servers > 1 && servers <= mostLines, bands || servers > mostLines
	}
	y := linear("utilization", 0, min(max(top, .05), 1), percent, 4, true)
	for i := range f.panels {
		hottest := f.panels[i].y.label
		f.panels[i].y = y
		f.panels[i].y.label += hottest
	}
	if lines {
		f.legend = append(f.legend, key{label: "hottest server", stroke: hotLine}, key{label: "other servers", stroke: otherLine})
	}
	if bands {
		f.legend = append(f.legend, key{label: "busiest server at each time", stroke: peakLine},
			key{label: "10th to 90th percentile of the servers", fill: faded(sky, 110)})
	}
	if lines || bands {
		f.legend = append(f.legend, key{label: "mean of the fleet", stroke: meanLine})
	}
	if more := len(res.Variants) - len(shown); more > 0 {
		f.note = fmt.Sprintf("… %d more alternatives", more)
	}
	return f
}

var (
	hotLine   = Stroke{Color: vermillion, Width: 1.5}
	peakLine  = Stroke{Color: vermillion, Width: 1.2}
	otherLine = Stroke{Color: silver, Width: .9}
	meanLine  = Stroke{Color: black, Width: 1, Dash: []float64{4, 2.5}}
)

// loadPanel draws one alternative and returns its highest utilization. It leaves in the label of the y axis what follows
// the name of the axis, which depends on all panels.
func loadPanel(res *experiment.Result, v *experiment.VariantResult, name string) (panel, float64) {
	s := &v.Series
	n := panel{title: name, x: timeAxis(max(res.Duration, s.Step*float64(s.Points)), 6)}
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
	times, hot := grouped(steps(res, s)), 0
	if len(servers) == 1 {
		n.marks = []mark{curve{times, servers[0], hotLine}}
		return n, high
	}
	if len(servers) <= mostLines {
		for k, u := range servers {
			if k != hot {
				n.marks = append(n.marks, curve{times, u, otherLine})
			}
		}
		n.marks = append(n.marks, curve{times, servers[hot], hotLine})
	} else {
		low, tall, peak := quantiles(servers)
		n.marks = append(n.marks, band{times, low, tall, faded(sky, 110)}, curve{times, peak, peakLine})
	}
	n.marks = append(n.marks, curve{times, means(servers), meanLine})
	return n, high
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

// quantiles are the 10th and 90th percentile and the maximum over the servers, at every point.
func quantiles(servers [][]float64) (low, high, peak []float64) {
	for p := range servers[0] {
		at := across(servers, p)
		if len(at) == 0 {
			low, high, peak = append(low, math.NaN()), append(high, math.NaN()), append(peak, math.NaN())
			continue
		}
		slices.Sort(at)
		last := float64(len(at) - 1)
		low, high, peak = append(low, at[int(math.Round(.1*last))]), append(high, at[int(math.Round(.9*last))]), append(peak, at[len(at)-1])
	}
	return low, high, peak
}
