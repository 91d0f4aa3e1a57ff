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
	ids     []metric.ID // in the order of results
	index   map[metric.ID]int
	columns [][]float64 // per metric, one value per replication
	servers []*serverColumns
	series  seriesSum
	spots   []sim.Hotspot
	log     []sim.LogEntry
	events  int64
	n       int

	warnings [][]diag.Warning // by replication
}

func newSummary() *summary { return &summary{index: map[metric.ID]int{}} }

// add appends the next replication. A metric that it does not have, such as that of a server it never had, is undefined in it.
func (s *summary) add(r *sim.Result) {
	for _, m := range r.Metrics {
		i, known := s.index[m.ID]
		if !known {
			i = len(s.ids)
			s.index[m.ID] = i
			s.ids = append(s.ids, m.ID)
			s.columns = append(s.columns, nil)
		}
		s.columns[i] = append(pad(s.columns[i], s.n), m.Value)
	}
	if s.n == 0 {
		s.spots, s.log = r.Series.Hotspots(), r.Log
	}
	s.addServers(r)
	s.series.add(&r.Series)
	s.events += r.Events
	s.warnings = append(s.warnings, r.Warnings)
	s.n++
	for i := range s.columns {
		s.columns[i] = pad(s.columns[i], s.n)
	}
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
	s.n = min(s.n, n)
	s.warnings = s.warnings[:s.n]
	for i := range s.columns {
		s.columns[i] = s.columns[i][:s.n]
	}
	for _, c := range s.servers {
		c.truncate(s.n)
	}
}

// values are a metric's, one per replication; nil where no replication has it.
func (s *summary) values(id metric.ID) []float64 {
	if i, ok := s.index[id]; ok {
		return s.columns[i]
	}
	return nil
}

func (s *summary) has(id metric.ID) bool {
	_, ok := s.index[id]
	return ok
}

func (s *summary) result(v *Variant, confidence float64) VariantResult {
	res := VariantResult{Name: v.Name, Policy: v.Policy, State: v.State, Replications: s.n, Hotspots: s.spots, Log: s.log, Events: s.events}
	for i, id := range s.ids {
		res.Metrics = append(res.Metrics, Metric{ID: id, Unit: id.Of().Unit, Estimate: interval(s.columns[i], confidence), Values: s.columns[i]})
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
