package experiment

import (
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/diag"
)

// summary collects the replications of one variant, in order.
type summary struct {
	columns
	struck  struck
	faults  chance
	servers serverSummary
	series  seriesSum
	spots   []sim.Hotspot
	log     []sim.LogEntry
	events  int64

	recorded bool // clients come from a log

	warnings [][]diag.Warning // by replication
}

func newSummary(m *sim.Model) *summary {
	named := inFaults(m)
	recorded := slices.ContainsFunc(m.Populations, func(p sim.Population) bool { return p.Trace != nil })
	return &summary{recorded: recorded, columns: columns{drawn: resampled(m)}, faults: chance{possible: random(m)}, servers: serverSummary{named: named}, series: seriesSum{named: named}}
}

// add appends the next replication.
func (s *summary) add(r *sim.Result) {
	if s.n == 0 {
		s.spots, s.log = r.Hotspots, r.Log
	}
	s.servers.add(r, s.n)
	s.series.add(&r.Series)
	s.events += r.Events
	s.warnings = append(s.warnings, r.Warnings)
	s.columns.add(r.Metrics)
	s.struck.add(r)
	s.faults.seen = append(s.faults.seen, r.Faults)
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
	s.struck.truncate(s.n)
	s.faults.seen = s.faults.seen[:s.n]
	s.warnings = s.warnings[:s.n]
	s.servers.truncate(s.n)
}

func (s *summary) result(v *Variant, confidence float64) VariantResult {
	res := VariantResult{Name: v.Name, Policy: v.Policy, State: v.State, Replications: s.n, Hotspots: s.spots, Log: s.log, Events: s.events}
	res.Metrics = make([]Metric, 0, len(s.list))
	for _, c := range s.list {
		res.Metrics = append(res.Metrics, Metric{ID: c.id, Unit: c.id.Of().Unit, Estimate: c.estimate(confidence, s.faults), Values: c.values})
	}
	res.Kinds, res.Victims = s.kinds(), s.victims(confidence)
	res.Servers, res.First = s.servers.estimates(&s.columns, confidence), s.servers.first
	res.Series = s.series.mean()
	for i := range s.servers.names {
		res.Series.Names = append(res.Series.Names, res.First[s.servers.named[i]].Name)
	}
	return res
}
