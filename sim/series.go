package sim

import (
	"math"
	"slices"

	"stickysim/sim/metric"
)

// Series are the time series of a run, sampled on the grid of the measured part.
type Series struct {
	Step    Time        // distance of the points; the last step may be shorter
	Points  int         // how many
	Columns [][]float32 // by metric.Series.Index; use Of
}

// Of returns the values of a series: one per point of the fleet, or Points per server, server by server: that of server k
// at point i is at k*Points+i. Values of a server that does not exist yet are NaN.
func (s *Series) Of(h *metric.Series) []float32 {
	if h.Index() >= len(s.Columns) {
		return nil
	}
	return s.Columns[h.Index()]
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
		sampler{level: func(r *run, _ *server) float64 { return float64(r.servers.serving()) }})
	MeanUtilizationSeries = sampled(metric.Series{Name: "mean_utilization", Place: 12, Kind: metric.Share, Sampled: meanOfStep,
		Short: "busy share of all cores in service", Undefined: "while no server has capacity"},
		sampler{growth: overServers(func(s *server) int64 { return s.area.busy }), per: overServers(func(s *server) int64 { return s.rare.capacity })})
	LoadSeries = sampled(metric.Series{Name: "load", Place: 8, Kind: metric.Count, Sampled: meanOfStep, Short: "requests in all servers together"},
		sampler{growth: overServers(func(s *server) int64 { return s.area.inSystem }), per: func(r *run, _ *server) int64 { return int64(r.now) }})
	MedianSeries = sampled(metric.Series{Name: "median", Place: 9, Kind: metric.Time, Sampled: "over the answers of the step", Short: "median latency",
		Undefined: "when no request was answered in the step"},
		sampler{level: (*run).recentMedian})
	AnsweredSeries = sampled(metric.Series{Name: "answered", Place: 10, Kind: metric.Count, Sampled: sumOfStep, Short: "requests answered"},
		sampler{growth: overPopulations(func(s *popStats) int64 { return s.allGood })})
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

// overServers adds up a total of the servers.
func overServers(of func(*server) int64) func(*run, *server) int64 {
	return func(r *run, _ *server) int64 {
		sum := int64(0)
		for i := range r.servers {
			sum += of(&r.servers[i])
		}
		return sum
	}
}

// recentMedian is the median latency of the answers since the last sample, in seconds.
func (r *run) recentMedian(*server) float64 {
	for i := range r.pops {
		r.latencies = append(r.latencies[:i], &r.pops[i].stats.latency.counts)
	}
	return r.recent.Median(r.latencies...) / float64(Second)
}

// sampling is the values taken so far, and what the next ones need.
type sampling struct {
	step    Time
	columns [][][]float32  // by index of the sampler, then by sample: of the fleet or of every server
	marks   [][]sampleMark // by index of the sampler, then by server; that of the fleet is the first
	points  int            // samples taken
}

// sampleMark is where the totals of a series stood at the last sample.
type sampleMark struct{ growth, per int64 }

// markSamples makes growth count from now on.
func (r *run) markSamples() {
	r.eachSample(func(p *sampler, k int, s *server) { r.grown(p, k, s) })
}

// takeSamples takes a point of every series.
func (r *run) takeSamples() {
	point := r.sampling.points
	r.eachSample(func(p *sampler, k int, s *server) {
		column := &r.sampling.columns[p.Index()]
		if len(*column) == point {
			width := 1
			if p.PerServer {
				width = len(r.servers)
			}
			*column = append(*column, make([]float32, 0, width))
		}
		(*column)[point] = append((*column)[point], r.value(p, k, s))
	})
	r.sampling.points++
}

// eachSample calls do for every series: once for the fleet, with server nil, or for each server.
func (r *run) eachSample(do func(p *sampler, k int, s *server)) {
	if r.sampling.columns == nil {
		r.sampling.columns, r.sampling.marks = make([][][]float32, len(samplers)), make([][]sampleMark, len(samplers))
	}
	for i := range r.servers {
		r.servers[i].accrueAll(r.now)
	}
	for i := range samplers {
		p := &samplers[i]
		if !p.PerServer {
			do(p, 0, nil)
			continue
		}
		for k := range r.servers {
			do(p, k, &r.servers[k])
		}
	}
}

func (r *run) value(p *sampler, k int, s *server) float32 {
	if p.level != nil {
		return float32(p.level(r, s))
	}
	growth, per := r.grown(p, k, s)
	if p.per == nil {
		return float32(growth)
	}
	if per <= 0 {
		return float32(math.NaN())
	}
	return float32(float64(growth) / float64(per))
}

// grown is by how much the totals of a series have grown since they were last asked for.
func (r *run) grown(p *sampler, k int, s *server) (growth, per int64) {
	if p.growth == nil {
		return 0, 0
	}
	marks := &r.sampling.marks[p.Index()]
	for len(*marks) <= k {
		*marks = append(*marks, sampleMark{})
	}
	m, now := &(*marks)[k], sampleMark{growth: p.growth(r, s)}
	if p.per != nil {
		now.per = p.per(r, s)
	}
	growth, per = now.growth-m.growth, now.per-m.per
	*m = now
	return growth, per
}

// series ends the sampling. Columns of servers become server-major.
func (r *run) series() Series {
	out := Series{Step: r.sampling.step, Points: r.sampling.points, Columns: make([][]float32, len(samplers))}
	for i := range samplers {
		if samplers[i].PerServer {
			out.Columns[i] = byServer(r.sampling.columns[i], len(r.servers))
		} else {
			out.Columns[i] = slices.Concat(r.sampling.columns[i]...)
		}
		r.sampling.columns[i] = nil // a large fleet has no room for both
	}
	return out
}

// byServer turns a column that lies sample by sample.
func byServer(samples [][]float32, servers int) []float32 {
	points := len(samples)
	out := make([]float32, servers*points)
	for i, sample := range samples {
		for k := range servers {
			out[k*points+i] = float32(math.NaN())
			if k < len(sample) {
				out[k*points+i] = sample[k]
			}
		}
	}
	return out
}
