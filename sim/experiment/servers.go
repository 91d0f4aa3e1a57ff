package experiment

import (
	"math"
	"slices"
	"strconv"

	"stickysim/sim"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// ServerEstimate is a rank of servers, or a server by name: means over replications with intervals. Which server is hot
// differs from replication to replication, and a mean by name hides it, so the servers of each replication are ranked, and
// figures averaged by rank: see sim.RankResult.
type ServerEstimate struct {
	Rank    int              // from 1, the hottest; 0: a server by name
	Name    string           // empty for a rank
	Zone    int              // −1 for a rank
	Figures []stats.Estimate // by metric.ServerFigure.Index; use Of
}

// Label is the name, or "rank 1".
func (s *ServerEstimate) Label() string { return rowLabel(s.Rank, s.Name) }

func rowLabel(rank int, name string) string {
	if rank > 0 {
		return "rank " + strconv.Itoa(rank)
	}
	return name
}

// Of returns a figure of the server; an undefined one (NaN) where the result has none.
func (s *ServerEstimate) Of(f *metric.ServerFigure) stats.Estimate {
	if f.Index() >= len(s.Figures) {
		return undefined()
	}
	return s.Figures[f.Index()]
}

// Set gives the server a figure.
func (s *ServerEstimate) Set(f *metric.ServerFigure, e stats.Estimate) {
	for len(s.Figures) <= f.Index() {
		s.Figures = append(s.Figures, undefined())
	}
	s.Figures[f.Index()] = e
}

// FirstServer is a server in the first replication, beside the ranks.
type FirstServer struct {
	Name        string
	Zone        int
	Rank        int       // that it fills most of; 0: none
	Figures     []float64 // by metric.ServerFigure.Index; use Of
	Utilization []float64 // over time, on the grid of the series; empty in fleets of more than sim.ListedServers
}

// Of returns a figure of the server; NaN where the result has none.
func (s *FirstServer) Of(f *metric.ServerFigure) float64 {
	if f.Index() >= len(s.Figures) {
		return math.NaN()
	}
	return s.Figures[f.Index()]
}

// Set gives the server a figure.
func (s *FirstServer) Set(f *metric.ServerFigure, v float64) {
	for len(s.Figures) <= f.Index() {
		s.Figures = append(s.Figures, math.NaN())
	}
	s.Figures[f.Index()] = v
}

// ServerName is the name of a server in the first replication, whose events and hot spots the result has; "" where there is
// none.
func (v *VariantResult) ServerName(id sim.ServerID) string {
	switch {
	case id < 0:
	case int(id) < len(v.First):
		return v.First[id].Name
	case len(v.First) == 0 && int(id) < len(v.Servers): // a result of a version that had servers by name
		return v.Servers[id].Name
	}
	return ""
}

// Ranks are the estimates of the ranks, without those of servers by name; where there are none, as in results of a version
// that had servers by name, all of them.
func (v *VariantResult) Ranks() []ServerEstimate {
	n := 0
	for n < len(v.Servers) && v.Servers[n].Rank > 0 {
		n++
	}
	if n == 0 {
		n = len(v.Servers)
	}
	return v.Servers[:n]
}

// inFaults lists the servers that the timeline names, as far as the fleet has them at the start.
func inFaults(m *sim.Model) []sim.ServerID {
	var list []sim.ServerID
	for i := range m.Timeline {
		if a := &m.Timeline[i]; !a.Places {
			list = append(list, a.Targets...)
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s sim.ServerID) bool { return int(s) >= len(m.Servers) })
}

// serverSummary collects the figures of servers over the replications of a variant.
type serverSummary struct {
	named []sim.ServerID
	rows  []*serverColumns // ranks
	names []*serverColumns // of named
	first []FirstServer
}

// serverColumns holds one value per replication of each figure.
type serverColumns struct {
	column [][]float64 // by metric.ServerFigure.Index
}

func (c *serverColumns) add(figures []float64, replication int) {
	for len(c.column) < len(figures) {
		c.column = append(c.column, nil)
	}
	for f, v := range figures {
		c.column[f] = append(pad(c.column[f], replication), v)
	}
}

func (c *serverColumns) truncate(n int) {
	for i := range c.column {
		c.column[i] = c.column[i][:min(n, len(c.column[i]))]
	}
}

func (c *serverColumns) estimate(of *columns, confidence float64) []stats.Estimate {
	list := make([]stats.Estimate, len(c.column))
	for f := range c.column {
		list[f] = of.plain(c.column[f], confidence)
	}
	return list
}

// add appends a replication.
func (s *serverSummary) add(r *sim.Result, replication int) {
	if replication == 0 {
		s.first = firstServers(r)
	}
	for i := range r.Ranks {
		if i == len(s.rows) {
			s.rows = append(s.rows, &serverColumns{})
		}
		s.rows[i].add(r.Ranks[i].Figures, replication)
	}
	for i, id := range s.named {
		if i == len(s.names) {
			s.names = append(s.names, &serverColumns{})
		}
		s.names[i].add(r.Servers[id].Figures, replication)
	}
}

func (s *serverSummary) truncate(n int) {
	for _, c := range slices.Concat(s.rows, s.names) {
		c.truncate(n)
	}
}

func (s *serverSummary) estimates(of *columns, confidence float64) []ServerEstimate {
	var list []ServerEstimate
	for i, c := range s.rows {
		list = append(list, ServerEstimate{Rank: i + 1, Zone: -1, Figures: c.estimate(of, confidence)})
	}
	for i, c := range s.names {
		sv := &s.first[s.named[i]]
		list = append(list, ServerEstimate{Name: sv.Name, Zone: sv.Zone, Figures: c.estimate(of, confidence)})
	}
	return list
}

// firstServers describes the servers of a replication one by one.
func firstServers(r *sim.Result) []FirstServer {
	list := make([]FirstServer, len(r.Servers))
	for i := range r.Servers {
		sv := &r.Servers[i]
		list[i] = FirstServer{Name: sv.Name, Zone: sv.Zone, Figures: sv.Figures}
		if len(list) <= sim.ListedServers {
			for _, v := range r.Series.OfServer(sim.UtilizationSeries, sim.ServerID(i)) {
				list[i].Utilization = append(list[i].Utilization, float64(v))
			}
		}
	}
	for i := range r.Ranks {
		list[r.Ranks[i].Server].Rank = i + 1
	}
	return list
}
