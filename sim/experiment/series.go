package experiment

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/metric"
)

// SeriesMean is the mean of the replications' time series, point by point; NaN where none is defined.
type SeriesMean struct {
	Step    float64 // seconds
	Points  int
	Columns [][]float64 // by metric.Series.Index; use Of
}

// Of returns the means of a series: one per point of the fleet, or Points per server, server by server (server k at point
// i: k*Points+i). It is nil where the result has no such series.
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
	step    sim.Time
	points  int
	columns []columnSum // by metric.Series.Index
}

type columnSum struct {
	total []float64
	n     []float64
}

func (a *seriesSum) add(s *sim.Series) {
	a.step, a.points = s.Step, s.Points
	for len(a.columns) < len(s.Columns) {
		a.columns = append(a.columns, columnSum{})
	}
	for i, column := range s.Columns {
		a.columns[i].add(column)
	}
}

func (c *columnSum) add(column []float32) {
	for len(c.total) < len(column) {
		c.total, c.n = append(c.total, 0), append(c.n, 0)
	}
	for k, v := range column {
		if v == v {
			c.total[k] += float64(v)
			c.n[k]++
		}
	}
}

func (a *seriesSum) mean() SeriesMean {
	out := SeriesMean{Step: a.step.Seconds(), Points: a.points, Columns: make([][]float64, len(a.columns))}
	for i := range a.columns {
		c := &a.columns[i]
		out.Columns[i] = make([]float64, len(c.total))
		for k := range c.total {
			out.Columns[i][k] = math.NaN()
			if c.n[k] > 0 {
				out.Columns[i][k] = c.total[k] / c.n[k]
			}
		}
	}
	return out
}
