package experiment

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// summary collects the replications of one variant, in order.
type summary struct {
	columns
	servers []*serverColumns
	series  seriesSum
	spots   []sim.Hotspot
	log     []sim.LogEntry
	events  int64

	warnings [][]diag.Warning // by replication
}

func newSummary() *summary { return &summary{columns: columns{index: map[metric.ID]*column{}}} }

// add appends the next replication.
func (s *summary) add(r *sim.Result) {
	if s.n == 0 {
		s.spots, s.log = r.Series.Hotspots(), r.Log
	}
	s.addServers(r)
	s.series.add(&r.Series)
	s.events += r.Events
	s.warnings = append(s.warnings, r.Warnings)
	s.columns.add(r.Metrics)
}

// pad fills a column with undefined values up to n.
func pad(column []float64, n int) []float64 {
	for len(column) < n {
		column = append(column, math.NaN())
	}
	return column
}

// truncate drops replications n and later.
func (s *summary) truncate(n int) {
	s.columns.truncate(n)
	s.warnings = s.warnings[:s.n]
	for _, c := range s.servers {
		c.truncate(s.n)
	}
}

func (s *summary) result(v *Variant, confidence float64) VariantResult {
	res := VariantResult{Name: v.Name, Policy: v.Policy, State: v.State, Replications: s.n, Hotspots: s.spots, Log: s.log, Events: s.events}
	for _, c := range s.list {
		res.Metrics = append(res.Metrics, Metric{ID: c.id, Unit: c.id.Of().Unit, Estimate: c.estimate(confidence), Values: c.values})
	}
	for _, c := range s.servers {
		res.Servers = append(res.Servers, c.estimate(confidence))
	}
	res.Series = s.series.mean()
	return res
}

// interval is the t-interval over the replications in which the metric is defined.
func interval(values []float64, confidence float64) stats.Estimate {
	defined := make([]float64, 0, len(values))
	for _, v := range values {
		if v == v {
			defined = append(defined, v)
		}
	}
	e := stats.TInterval(defined, confidence)
	if n := len(values) - len(defined); n > 0 && len(defined) > 0 {
		e.Warnings = append(e.Warnings, "undefined in some replications, which are left out")
	}
	return e
}

// serverColumns holds one value per replication of each figure of a server.
type serverColumns struct {
	name   string
	zone   int
	column [][]float64 // by metric.ServerFigure.Index
}

func (c *serverColumns) truncate(n int) {
	for i := range c.column {
		c.column[i] = c.column[i][:min(n, len(c.column[i]))]
	}
}

func (s *summary) addServers(r *sim.Result) {
	for i := range r.Servers {
		sv := &r.Servers[i]
		if i == len(s.servers) {
			s.servers = append(s.servers, &serverColumns{name: sv.Name, zone: sv.Zone, column: make([][]float64, len(sv.Figures))})
		}
		c := s.servers[i]
		for f, v := range sv.Figures {
			c.column[f] = append(pad(c.column[f], s.n), v)
		}
	}
}

func (c *serverColumns) estimate(confidence float64) ServerEstimate {
	e := ServerEstimate{Name: c.name, Zone: c.zone, Figures: make([]stats.Estimate, len(c.column))}
	for f := range c.column {
		e.Figures[f] = interval(c.column[f], confidence)
	}
	return e
}
