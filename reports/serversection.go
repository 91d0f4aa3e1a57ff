package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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

// servers lists each alternative's servers by rank, the hottest first, and those that the timeline names by name: twelve
// ranks of one or two alternatives, four of each if there are more. Beside each rank stands the server that had it in the
// first replication.
func servers(x *index, s space) (section, bool) {
	limit := mostRows
	if len(x.res.Variants) > 2 {
		limit = 4
	}
	part := section{title: "Servers by rank, the hottest first"}
	columns := serverColumns(func(f *metric.ServerFigure) int { return f.Column })
	const first = "REPLICATION 1"
	g := newGrid(append([]string{"ALTERNATIVE", "SERVER", first}, titles(columns)...)...).text(2) // REPLICATION 1 is whole or dropped: a figure that is cut is another one
	g.spare = append(titles(serverColumns(func(f *metric.ServerFigure) int { return f.Spare })), first)
	names := shortNames(x.names(), 32)
	for i := range x.res.Variants {
		v := &x.res.Variants[i]
		ranks := v.Ranks()
		byName := v.Servers[len(ranks):]
		shown := slices.Concat(ranks[:min(len(ranks), limit)], byName[:min(len(byName), limit)])
		labels, once := serverLabels(v, shown), inFirst(v, shown)
		for row := range shown {
			name := ""
			if row == 0 {
				name = names[i]
			}
			cells := []string{name, labels[row], once[row]}
			for _, f := range columns {
				cells = append(cells, formatFigure(f, shown[row].Of(f)))
			}
			if g.row(cells...); row == limit-1 && len(ranks) > limit {
				g.row("", fmt.Sprintf("… %d more", len(ranks)-limit))
			}
		}
		if more := len(byName) - limit; more > 0 {
			g.row("", fmt.Sprintf("… %d more by name", more))
		}
	}
	part.tables = s.fit(g)
	part.notes = []string{"The servers of each replication are ranked by utilization; a row is the mean of a rank. " + first + ": which server had it in the first replication, and how busy that was. A server that was there for part of the time fills part of a rank.",
		"SHARE: of the answers while the server was in service. REQUESTS: answered per second in service. SESSIONS: mean number held. P95: latency at the server."}
	return part, len(g.rows) > 0
}

// serverLabels are the labels of rows, with the time in service where that is much shorter than the first rank's.
func serverLabels(v *experiment.VariantResult, rows []experiment.ServerEstimate) []string {
	list := make([]string, len(rows))
	for i := range rows {
		list[i] = rows[i].Label()
	}
	list = shortNames(list, 32)
	for i := range rows {
		if up, usual := rows[i].Of(sim.InServiceFigure).Mean, v.Servers[0].Of(sim.InServiceFigure).Mean; up < .9*usual {
			list[i] += " (" + FormatSpan(up) + ")"
		}
	}
	return list
}

// inFirst says of each rank which server had it in the first replication and how busy that was, and of each server by name
// what it was there.
func inFirst(v *experiment.VariantResult, rows []experiment.ServerEstimate) []string {
	list := make([]string, len(rows))
	short := firstNames(v, 24)
	for k := range v.First {
		f := &v.First[k]
		busy := formatValue(f.Of(sim.UtilizationFigure), percent)
		for i := range rows {
			switch r := &rows[i]; {
			case r.Rank > 0 && r.Rank == f.Rank:
				list[i] = short[k] + " " + busy
			case r.Rank == 0 && r.Name == f.Name && f.Rank > 0:
				list[i] = fmt.Sprintf("rank %d %s", f.Rank, busy)
			}
		}
	}
	return list
}

// serverColumns are the figures that have a place in the table of servers, in its order.
func serverColumns(place func(*metric.ServerFigure) int) []*metric.ServerFigure {
	list := slices.DeleteFunc(slices.Clone(metric.ServerFigures()), func(f *metric.ServerFigure) bool { return place(f) == 0 })
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

// firstNames are the names of the servers of the first replication, shortened and still different from each other.
func firstNames(v *experiment.VariantResult, n int) []string {
	var names []string
	for i := 0; v.ServerName(sim.ServerID(i)) != ""; i++ {
		names = append(names, v.ServerName(sim.ServerID(i)))
	}
	return shortNames(names, n)
}

// hiddenFrom says from which dashboards, watched alone, the hot spots of each alternative are hidden, in all replications.
func hiddenFrom(x *index) string {
	var all []string
	for i, name := range shortNames(x.names(), 40) {
		var one []string
		for _, id := range x.parts(hotHidden, "dashboard") {
			if x.defined(i, id) {
				one = append(one, id.Label.Value+" "+share(x.of(i, id)))
			}
		}
		if len(one) > 0 {
			all = append(all, name+": "+strings.Join(one, ", "))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " Of one figure alone, in all replications: " + strings.Join(all, "; ") + "."
}

// hotspots lists the hotspots of the first replication, the longest of each alternative first.
func hotspots(x *index, s space) (section, bool) {
	g := newGrid("ALTERNATIVE", "SERVER", "FROM", "TO", "LASTED", "PEAK", "HIDDEN").text(2)
	names := shortNames(x.names(), 40)
	for i := range x.res.Variants {
		v := &x.res.Variants[i]
		spots := slices.Clone(v.Hotspots)
		slices.SortStableFunc(spots, func(a, b sim.Hotspot) int { return cmp.Compare(b.To-b.From, a.To-a.From) })
		labels := firstNames(v, 32)
		for row, h := range spots[:min(len(spots), mostSpots)] {
			name, to := "", FormatSpan(h.To.Seconds())
			if row == 0 {
				name = names[i]
			}
			if h.OpenEnded {
				to = "end"
			}
			g.row(name, labels[h.Server], FormatSpan(h.From.Seconds()), to, FormatSpan((h.To - h.From).Seconds()), formatValue(h.Peak, percent),
				formatValue(h.Hidden, percent))
		}
		if more := len(spots) - mostSpots; more > 0 {
			g.row("", fmt.Sprintf("… %d more", more))
		}
	}
	part := section{title: "Hotspots of the first replication", tables: s.fit(g)}
	part.notes = []string{"HIDDEN: share of that time in which the fleet's mean utilization and median latency both look normal." + hiddenFrom(x)}
	return part, len(g.rows) > 0
}
