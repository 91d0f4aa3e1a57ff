package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// mostRows is how many rows of one kind a report shows; mostSpots how many hotspots of an alternative.
const (
	mostRows  = 12
	mostSpots = 5
)

// servers lists each alternative's busiest servers: twelve of one or two alternatives, four of each if there are more.
func servers(x *index, s space) (section, bool) {
	limit := mostRows
	if len(x.res.Variants) > 2 {
		limit = 4
	}
	part := section{title: "Servers, busiest first"}
	columns := serverColumns(func(f *metric.ServerFigure) int { return f.Column })
	g := newGrid(append([]string{"ALTERNATIVE", "SERVER"}, titles(columns)...)...).text(2)
	g.spare = titles(serverColumns(func(f *metric.ServerFigure) int { return f.Spare }))
	names := shortNames(x.names(), 32)
	for i := range x.res.Variants {
		v := &x.res.Variants[i]
		order := busiest(v.Servers)
		labels := serverNames(v, 32)
		for row, k := range order[:min(len(order), limit)] {
			name := ""
			if row == 0 {
				name = names[i]
			}
			sv := &v.Servers[k]
			cells := []string{name, labels[k]}
			for _, f := range columns {
				cells = append(cells, formatFigure(f, sv.Of(f)))
			}
			g.row(cells...)
		}
		if more := len(order) - limit; more > 0 {
			g.row("", fmt.Sprintf("… %d more", more))
		}
	}
	part.tables = s.fit(g)
	part.notes = []string{"SHARE: of all accepted requests. REQUESTS: accepted per second in service. SESSIONS: mean number held. P95: latency at the server."}
	return part, len(g.rows) > 0
}

// serverColumns are the figures that have a place in the table of servers, in its order.
func serverColumns(place func(*metric.ServerFigure) int) []*metric.ServerFigure {
	list := slices.DeleteFunc(metric.ServerFigures(), func(f *metric.ServerFigure) bool { return place(f) == 0 })
	slices.SortStableFunc(list, func(a, b *metric.ServerFigure) int { return cmp.Compare(place(a), place(b)) })
	return list
}

func titles(columns []*metric.ServerFigure) []string {
	list := make([]string, len(columns))
	for i, f := range columns {
		list[i] = f.Title
	}
	return list
}

// formatFigure prints a figure of a server, the mean over replications.
func formatFigure(f *metric.ServerFigure, e stats.Estimate) string {
	switch {
	case f.Kind == metric.Time && e.Mean == 0:
		return "0"
	case f.Interval:
		return formatEstimate(e, scalesOf(f.Kind, f.Unit))
	}
	return formatMean(e, scalesOf(f.Kind, f.Unit))
}

// serverNames are the names of an alternative's servers, shortened and still different from each other.
func serverNames(v *experiment.VariantResult, n int) []string {
	names := make([]string, len(v.Servers))
	for i := range v.Servers {
		names[i] = v.Servers[i].Name
	}
	return shortNames(names, n)
}

// busiest orders servers by utilization, highest first; those that never had a capacity last; equals as configured.
func busiest(servers []experiment.ServerEstimate) []int {
	order := make([]int, len(servers))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := servers[a].Of(sim.UtilizationFigure).Mean, servers[b].Of(sim.UtilizationFigure).Mean
		switch {
		case x > y || math.IsNaN(y) && !math.IsNaN(x):
			return -1
		case y > x || math.IsNaN(x) && !math.IsNaN(y):
			return 1
		}
		return 0
	})
	return order
}

// hotspots lists the hotspots of the first replication, the longest of each alternative first.
func hotspots(x *index, s space) (section, bool) {
	g := newGrid("ALTERNATIVE", "SERVER", "FROM", "TO", "LASTED", "PEAK", "HIDDEN").text(2)
	names := shortNames(x.names(), 40)
	for i := range x.res.Variants {
		v := &x.res.Variants[i]
		spots := slices.Clone(v.Hotspots)
		slices.SortStableFunc(spots, func(a, b sim.Hotspot) int { return cmp.Compare(b.To-b.From, a.To-a.From) })
		labels := serverNames(v, 32)
		for row, h := range spots[:min(len(spots), mostSpots)] {
			name, to := "", formatSpan(h.To.Seconds())
			if row == 0 {
				name = names[i]
			}
			if h.OpenEnded {
				to = "end"
			}
			g.row(name, labels[h.Server], formatSpan(h.From.Seconds()), to, formatSpan((h.To - h.From).Seconds()), formatValue(h.Peak, percent),
				formatValue(h.Hidden, percent))
		}
		if more := len(spots) - mostSpots; more > 0 {
			g.row("", fmt.Sprintf("… %d more", more))
		}
	}
	part := section{title: "Hotspots of the first replication", tables: s.fit(g)}
	part.notes = []string{"HIDDEN: share of that time in which the fleet's mean utilization and median latency both look normal."}
	return part, len(g.rows) > 0
}
