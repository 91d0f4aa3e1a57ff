package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/experiment"
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
	g := newGrid("ALTERNATIVE", "SERVER", "SHARE", "UTILIZATION", "REQUESTS", "SESSIONS", "P95", "ERRORS", "DOWN").text(2)
	g.spare = []string{"REQUESTS", "DOWN", "SESSIONS", "ERRORS"}
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
			g.row(name, labels[k], formatMean(sv.Share, percent), formatEstimate(sv.Utilization, percent), formatMean(sv.Requests, rateScales),
				formatMean(sv.Sessions, countScales), formatMean(sv.LatencyP95, timeScales), formatMean(sv.Errors, countScales), formatDown(sv))
		}
		if more := len(order) - limit; more > 0 {
			g.row("", fmt.Sprintf("… %d more", more))
		}
	}
	part.tables = s.fit(g)
	part.notes = []string{"SHARE: of all accepted requests. REQUESTS: accepted per second in service. SESSIONS: mean number held. P95: latency at the server."}
	return part, len(g.rows) > 0
}

// formatDown prints how long a server was down, the mean over replications.
func formatDown(s *experiment.ServerEstimate) string {
	if s.Down.Mean == 0 {
		return "0"
	}
	return formatMean(s.Down, timeScales)
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
		x, y := servers[a].Utilization.Mean, servers[b].Utilization.Mean
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
