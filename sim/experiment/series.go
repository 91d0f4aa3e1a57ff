package experiment

import (
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/metric"
)

// SeriesMean is the mean of the replications' time series, point by point; NaN where none is defined. In each replication
// the servers are ranked anew at every point, by their utilization in the step: rank 1 is the hottest server at that moment.
// Rows by name follow.
type SeriesMean struct {
	Step    float64 // seconds
	Points  int
	Ranks   int         // how many ranks there are
	Names   []string    // of the servers that the timeline names, or, in results of a version without ranks, of all
	Columns [][]float64 // by metric.Series.Index; use Of
}

// Rows is how many rows the series of servers have.
func (s *SeriesMean) Rows() int { return s.Ranks + len(s.Names) }

// Row is what a row is called: rank 1, or the name of a server.
func (s *SeriesMean) Row(k int) string {
	if k < s.Ranks {
		return rowLabel(k+1, "")
	}
	return s.Names[k-s.Ranks]
}

// Of returns the means of a series: one per point of the fleet, or Points per row, row by row (row k at point i:
// k*Points+i). It is nil where the result has no such series.
func (s *SeriesMean) Of(h *metric.Series) []float64 {
	if h.Index() >= len(s.Columns) {
		return nil
	}
	return s.Columns[h.Index()]
}

// Set gives a series its means.
func (s *SeriesMean) Set(h *metric.Series, values []float64) {
	for len(s.Columns) <= h.Index() {
		s.Columns = append(s.Columns, nil)
	}
	s.Columns[h.Index()] = values
}

// seriesSum adds up the replications' series point by point, counting where each is defined.
type seriesSum struct {
	named  []sim.ServerID
	step   sim.Time
	points int
	ranks  int
	rows   [][]columnSum // by metric.Series.Index: the fleet; or the named servers, then the ranks, as many as there have been
}

// columnSum is one value per point.
type columnSum struct {
	total []float64
	n     []float64
}

// add counts a value at a point, of so many.
func (c *columnSum) add(point, points int, v float32) {
	if c.total == nil {
		c.total, c.n = make([]float64, points), make([]float64, points)
	}
	if v == v {
		c.total[point] += float64(v)
		c.n[point]++
	}
}

func (a *seriesSum) add(s *sim.Series) {
	a.step, a.points = s.Step, s.Points
	for len(a.rows) < len(s.Columns) {
		a.rows = append(a.rows, nil)
	}
	for _, h := range metric.AllSeries() {
		if column := s.Of(h); !h.PerServer {
			for i, v := range column {
				a.row(h, 0).add(i, s.Points, v)
			}
		} else {
			for k, id := range a.named {
				for i, v := range column[int(id)*s.Points : (int(id)+1)*s.Points] {
					a.row(h, k).add(i, s.Points, v)
				}
			}
		}
	}
	var order []uint64
	for i := range s.Points {
		order = rankAt(s, i, order[:0])
		a.ranks = max(a.ranks, len(order))
		for _, h := range metric.AllSeries() {
			if h.PerServer {
				for rank, key := range order {
					a.row(h, len(a.named)+rank).add(i, s.Points, s.Of(h)[int(uint32(key))*s.Points+i])
				}
			}
		}
	}
}

func (a *seriesSum) row(h *metric.Series, k int) *columnSum {
	rows := &a.rows[h.Index()]
	for len(*rows) <= k {
		*rows = append(*rows, columnSum{})
	}
	return &(*rows)[k]
}

// rankAt lists the servers at a point, each in the lower half of a key: the hottest of the step first, equals as configured;
// those without capacity last, unless they have nothing to show.
func rankAt(s *sim.Series, point int, keys []uint64) []uint64 {
	if s.Points == 0 {
		return keys
	}
	utilization := s.Of(sim.UtilizationSeries)
	for k := 0; k*s.Points < len(utilization); k++ {
		at := k*s.Points + point
		u := utilization[at]
		if u != u {
			if !busyElsewhere(s, at) {
				continue
			}
			keys = append(keys, 1<<63|uint64(k))
			continue
		}
		keys = append(keys, uint64(math.MaxInt32-math.Float32bits(u))<<32|uint64(k)) // bits of positive numbers are in their order
	}
	slices.Sort(keys)
	return keys
}

// busyElsewhere reports whether a server without capacity has a value in another series.
func busyElsewhere(s *sim.Series, at int) bool {
	return slices.ContainsFunc(metric.AllSeries(), func(h *metric.Series) bool {
		return h.PerServer && h != sim.UtilizationSeries && s.Of(h)[at] > 0
	})
}

func (a *seriesSum) mean() SeriesMean {
	if a.rows == nil {
		return SeriesMean{} // of no replication
	}
	out := SeriesMean{Step: a.step.Seconds(), Points: a.points, Ranks: a.ranks, Columns: make([][]float64, len(a.rows))}
	if a.rows == nil {
		return SeriesMean{}
	}
	for _, h := range metric.AllSeries() {
		rows := 1
		if h.PerServer {
			rows = a.ranks + len(a.named)
		}
		for k := range rows {
			at := k
			if h.PerServer { // ranks come first in results
				at = (k + len(a.named)) % rows
			}
			out.Set(h, append(out.Of(h), a.row(h, at).mean(a.points)...))
		}
	}
	return out
}

// mean is NaN where nothing is defined.
func (c *columnSum) mean(points int) []float64 {
	out := make([]float64, points)
	for k := range out {
		out[k] = math.NaN()
		if k < len(c.n) && c.n[k] > 0 {
			out[k] = c.total[k] / c.n[k]
		}
	}
	return out
}
