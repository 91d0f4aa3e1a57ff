package experiment

import (
	"math"

	"stickysim/sim"
)

// columns is how many a series has.
const columns = 11

// seriesSum adds up the replications' series point by point, counting where each is defined.
type seriesSum struct {
	step    sim.Time
	points  int
	columns [columns]columnSum
}

type columnSum struct {
	total []float64
	n     []float64
}

// columnsOf lists a series' columns in a fixed order; the first five are per server.
func columnsOf(s *sim.Series) [columns][]float32 {
	return [columns][]float32{s.Utilization, s.Requests, s.InSystem, s.Sessions, s.Errors, s.LostSessions, s.Servers, s.Load, s.Median, s.Answered, s.Failed}
}

func (a *seriesSum) add(s *sim.Series) {
	a.step, a.points = s.Step, s.Points
	for i, column := range columnsOf(s) {
		c := &a.columns[i]
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
}

func (a *seriesSum) mean() SeriesMean {
	var out [columns][]float64
	for i := range a.columns {
		c := &a.columns[i]
		out[i] = make([]float64, len(c.total))
		for k := range c.total {
			out[i][k] = math.NaN()
			if c.n[k] > 0 {
				out[i][k] = c.total[k] / c.n[k]
			}
		}
	}
	return SeriesMean{Step: a.step.Seconds(), Points: a.points, Utilization: out[0], Requests: out[1], InSystem: out[2], Sessions: out[3],
		Errors: out[4], LostSessions: out[5], Servers: out[6], Load: out[7], Median: out[8], Answered: out[9], Failed: out[10]}
}
