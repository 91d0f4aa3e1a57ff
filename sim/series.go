package sim

import (
	"math"
	"slices"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Series are the time series of a run, sampled on the grid of the measured part.
type Series struct {
	Step    Time        // distance of the points; the last step may be shorter
	Points  int         // how many
	Columns [][]float32 // of the fleet, by metric.Series.Index: one value per point; use Of
	Rows    []Row       // of servers, by point
}

// Row is a point of the series of servers: those of servers that are in the fleet, or have left it and still have something to
// show.
type Row struct {
	Servers []ServerID  // ascending; rows may share it
	Columns [][]float32 // by metric.Series.Index: one value per server; use Of. Rows may share one
}

// Of returns the values of a series of the fleet, one per point.
func (s *Series) Of(h *metric.Series) []float32 { return column(s.Columns, h) }

// Of returns the values of a series of servers at the point, in the order of Servers.
func (w *Row) Of(h *metric.Series) []float32 { return column(w.Columns, h) }

func column(columns [][]float32, h *metric.Series) []float32 {
	if h.Index() >= len(columns) {
		return nil
	}
	return columns[h.Index()]
}

// OfServer returns the values of a series of one server, one per point: NaN before the server exists, and what a series of
// a server shows that is idle when it has left the fleet.
func (s *Series) OfServer(h *metric.Series, id ServerID) []float32 {
	out := make([]float32, len(s.Rows))
	absent := float32(math.NaN())
	for i := range s.Rows {
		out[i] = absent
		at, found := slices.BinarySearch(s.Rows[i].Servers, id)
		if !found {
			continue
		}
		if out[i] = s.Rows[i].Of(h)[at]; h.Undefined == "" {
			absent = 0
		}
	}
	return out
}

// sampler computes a series. It has a level, or a growth; the server is nil in those of the fleet.
type sampler struct {
	*metric.Series
	level  func(r *run, s *server) float64 // as it is at the sample
	growth func(r *run, s *server) int64   // a total that grows; the sample is by how much it has grown in the step
	per    func(r *run, s *server) int64   // another, by whose growth it is divided; undefined where that is 0. May be nil
}

// samplers are by metric.Series.Index.
var samplers []sampler

// sampled registers a series with what computes it, from a package variable:
//
//	var BusySeries = sampled(metric.Series{…}, sampler{level: func(r *run, s *server) float64 { … }})
func sampled(def metric.Series, p sampler) *metric.Series {
	p.Series = metric.RegisterSeries(def)
	samplers = append(samplers, p)
	return p.Series
}

const (
	meanOfStep = "mean over the step"
	sumOfStep  = "sum over the step"
	endOfStep  = "at the end of the step"
)

// The series of servers.
var (
	UtilizationSeries = sampled(metric.Series{Name: "utilization", Place: 1, Kind: metric.Share, PerServer: true, Sampled: meanOfStep,
		Short: "busy share of the server's cores", Undefined: "while the server has no capacity"},
		sampler{growth: func(_ *run, s *server) int64 { return s.area.busy }, per: func(_ *run, s *server) int64 { return s.rare.capacity }})
	RequestsSeries = sampled(metric.Series{Name: "requests", Place: 2, Kind: metric.Count, PerServer: true, Sampled: sumOfStep,
		Short: "attempts the server accepted"},
		sampler{growth: func(_ *run, s *server) int64 { return s.accepted }})
	InSystemSeries = sampled(metric.Series{Name: "in_system", Place: 3, Kind: metric.Count, PerServer: true, Sampled: endOfStep,
		Short: "requests waiting and in service at the server"},
		sampler{level: func(_ *run, s *server) float64 { return float64(s.inSystem) }})
	SessionsSeries = sampled(metric.Series{Name: "sessions", Place: 4, Kind: metric.Count, PerServer: true, Sampled: endOfStep,
		Short: "sessions the server holds"},
		sampler{level: func(_ *run, s *server) float64 { return float64(s.sessions) }})
	ErrorsSeries = sampled(metric.Series{Name: "errors", Place: 5, Kind: metric.Count, PerServer: true, Sampled: sumOfStep,
		Short: "attempts that failed at the server"},
		sampler{growth: func(_ *run, s *server) int64 { return s.errors }})
)

// The series of the fleet.
var (
	LostSessionsSeries = sampled(metric.Series{Name: "lost_sessions", Place: 6, Kind: metric.Count, Sampled: sumOfStep, Short: "sessions lost"},
		sampler{growth: overPopulations(func(s *popStats) int64 { return s.allLost })})
	ServersSeries = sampled(metric.Series{Name: "servers", Place: 7, Kind: metric.Count, Sampled: endOfStep, Short: "servers running"},
		sampler{level: func(r *run, _ *server) float64 { return float64(r.fleet.serving) }})
	MeanUtilizationSeries = sampled(metric.Series{Name: "mean_utilization", Place: 12, Kind: metric.Share, Sampled: meanOfStep,
		Short: "busy share of all cores in service", Undefined: "while no server has capacity"},
		sampler{growth: func(r *run, _ *server) int64 { return r.sampling.fleet.busy }, per: func(r *run, _ *server) int64 { return r.sampling.fleet.capacity }})
	LoadSeries = sampled(metric.Series{Name: "load", Place: 8, Kind: metric.Count, Sampled: meanOfStep, Short: "requests in all servers together"},
		sampler{growth: func(r *run, _ *server) int64 { return r.sampling.fleet.inSystem }, per: func(r *run, _ *server) int64 { return int64(r.now) }})
	MedianSeries = sampled(metric.Series{Name: "median", Place: 9, Kind: metric.Time, Sampled: "over the answers of the step", Short: "median latency",
		Undefined: "when no request was answered in the step"},
		sampler{level: (*run).recentMedian})
	AnsweredSeries = sampled(metric.Series{Name: "answered", Place: 10, Kind: metric.Count, Sampled: sumOfStep, Short: "requests answered"},
		sampler{growth: overPopulations(func(s *popStats) int64 { return s.allGood() })})
	FailedSeries = sampled(metric.Series{Name: "failed", Place: 11, Kind: metric.Count, Sampled: sumOfStep, Short: "requests that failed for their users"},
		sampler{growth: overPopulations(func(s *popStats) int64 { return s.allFailed })})
)

// overPopulations adds up a total of the populations.
func overPopulations(of func(*popStats) int64) func(*run, *server) int64 {
	return func(r *run, _ *server) int64 {
		sum := int64(0)
		for i := range r.pops {
			sum += of(&r.pops[i].stats)
		}
		return sum
	}
}

// recentLatency finds the median latency of a step.
type recentLatency struct {
	window   stats.Window
	tallies  []*stats.Tally // of the populations
	answered int64          // at the end of the last step
}

// recentMedian is the median latency of the answers since the last sample, in seconds.
func (r *run) recentMedian(*server) float64 {
	x, answered := &r.recent, int64(0)
	for i := range r.pops {
		s := &r.pops[i].stats
		x.tallies = append(x.tallies[:i], &s.latency.counts)
		answered += s.good
	}
	var median [1]float64
	x.window.Quantiles([]float64{.5}, median[:], uint32(answered-x.answered), x.tallies...)
	x.answered = answered
	return median[0] / float64(Second)
}
