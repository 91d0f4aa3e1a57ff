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

// seriesSum adds up the replications' series point by point, counting where each is defined. It holds most of what a study
// with a large fleet needs.
type seriesSum struct {
	named  []sim.ServerID
	step   sim.Time
	points int
	kinds  int // of series
	fleet  rowSum
	names  []rowSum // of named
	ranks  []rowSum // as many as there have been
}

// rowSum adds up the series of the fleet, of a server or of a rank.
type rowSum struct {
	seen  []uint32 // by point: replications in which there is the row
	total [][]float64
	lacks [][]uint32 // by metric.Series.Index, then by point: of those, replications in which the series is undefined; nil = none
}

// has counts a row at a point, of so many.
func (w *rowSum) has(point, points int) {
	if w.seen == nil {
		w.seen = make([]uint32, points)
	}
	w.seen[point]++
}

// add counts the value of a series at a point, of so many.
func (w *rowSum) add(h *metric.Series, kinds, point, points int, v float32) {
	k := h.Index()
	if w.total == nil {
		w.total, w.lacks = make([][]float64, kinds), make([][]uint32, kinds)
	}
	if w.total[k] == nil {
		w.total[k] = make([]float64, points)
	}
	if v == v {
		w.total[k][point] += float64(v)
		return
	}
	if w.lacks[k] == nil {
		w.lacks[k] = make([]uint32, points)
	}
	w.lacks[k][point]++
}

func (a *seriesSum) add(s *sim.Series) {
	a.step, a.points, a.kinds = s.Step, s.Points, max(a.kinds, len(s.Columns))
	if a.names == nil {
		a.names = make([]rowSum, len(a.named))
	}
	for i := range s.Points {
		a.fleet.has(i, s.Points)
		for k := range a.names {
			a.names[k].has(i, s.Points)
		}
	}
	for _, h := range metric.AllSeries() {
		if !h.PerServer {
			for i, v := range s.Of(h) {
				a.fleet.add(h, a.kinds, i, s.Points, v)
			}
			continue
		}
		for k, id := range a.named {
			for i, v := range s.OfServer(h, id) {
				a.names[k].add(h, a.kinds, i, s.Points, v)
			}
		}
	}
	a.addRanks(s)
}

// together is how many points are added at a time: of each row, those are in one line of the cache.
const together = 8

func (a *seriesSum) addRanks(s *sim.Series) {
	var order [together][]uint64
	for from := 0; from < len(s.Rows); from += together {
		rows := s.Rows[from:min(from+together, len(s.Rows))]
		for i := range rows {
			order[i] = rankIn(&rows[i], order[i][:0])
			for len(a.ranks) < len(order[i]) {
				a.ranks = append(a.ranks, rowSum{})
			}
			for rank := range order[i] {
				a.ranks[rank].has(from+i, s.Points)
			}
		}
		for _, h := range metric.AllSeries() {
			if !h.PerServer {
				continue
			}
			var columns [together][]float32
			for i := range rows {
				columns[i] = rows[i].Of(h)
			}
			for rank := range a.ranks {
				for i := range rows {
					if rank < len(order[i]) {
						a.ranks[rank].add(h, a.kinds, from+i, s.Points, columns[i][uint32(order[i][rank])])
					}
				}
			}
		}
	}
}

// rankIn lists the servers of a row, by their place in it, each in the lower half of a key: the hottest of the step first,
// equals as configured; those without capacity last, unless they have nothing to show.
func rankIn(row *sim.Row, keys []uint64) []uint64 {
	for k, u := range row.Of(sim.UtilizationSeries) {
		switch {
		case u == u:
			keys = append(keys, uint64(math.MaxInt32-math.Float32bits(u))<<32|uint64(k)) // bits of positive numbers are in their order
		case busyElsewhere(row, k):
			keys = append(keys, 1<<63|uint64(k))
		}
	}
	slices.Sort(keys)
	return keys
}

// busyElsewhere reports whether a server without capacity has a value in another series.
func busyElsewhere(row *sim.Row, at int) bool {
	for _, h := range metric.AllSeries() {
		if h.PerServer && h != sim.UtilizationSeries && row.Of(h)[at] > 0 {
			return true
		}
	}
	return false
}

// mean ends the sum, whose rows it takes apart: a large fleet has no room for both.
func (a *seriesSum) mean() SeriesMean {
	if a.kinds == 0 {
		return SeriesMean{} // of no replication
	}
	out := SeriesMean{Step: a.step.Seconds(), Points: a.points, Ranks: len(a.ranks), Columns: make([][]float64, a.kinds)}
	for _, h := range metric.AllSeries() {
		rows := []*rowSum{&a.fleet}
		if h.PerServer { // ranks come first in results
			rows = rows[:0]
			for k := range a.ranks {
				rows = append(rows, &a.ranks[k])
			}
			for k := range a.names {
				rows = append(rows, &a.names[k])
			}
		}
		means := make([]float64, 0, len(rows)*a.points)
		for _, w := range rows {
			means = w.mean(h, a.points, means)
		}
		out.Set(h, means)
	}
	return out
}

// mean adds the means of a series, NaN where nothing is defined.
func (w *rowSum) mean(h *metric.Series, points int, means []float64) []float64 {
	k := h.Index()
	for i := range points {
		n := 0.0
		if i < len(w.seen) && k < len(w.total) && w.total[k] != nil {
			if n = float64(w.seen[i]); w.lacks[k] != nil {
				n -= float64(w.lacks[k][i])
			}
		}
		if n == 0 {
			means = append(means, math.NaN())
		} else {
			means = append(means, w.total[k][i]/n)
		}
	}
	if k < len(w.total) {
		w.total[k], w.lacks[k] = nil, nil
	}
	return means
}
