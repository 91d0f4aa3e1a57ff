package sim

import (
	"math"
	"slices"

	"stickysim/sim/metric"
)

// A hotspot is a server whose utilization, averaged over a moving window of hotWindow, is at least hotLevel for at
// least hotSpan. It is hidden while every aggregate alarm is quiet: the mean utilization of the fleet is below
// quietLevel and the fleet's median latency within quietMedian of its usual value.
const (
	hotLevel    = 0.9
	hotWindow   = Minute
	hotSpan     = Minute
	quietLevel  = 0.75
	quietMedian = 1.5
)

// Hotspot is one episode of an overloaded server.
type Hotspot struct {
	Server    ServerID
	From, To  Time    // on the grid of the series
	Peak      float64 // highest utilization of the moving window
	Hidden    float64 // share of it that the averages hide
	OpenEnded bool    // still hot when the run ended
}

// Hotspots finds the episodes in a series. Gaps shorter than the window are bridged.
func (s *Series) Hotspots() []Hotspot {
	if s.Points == 0 {
		return nil
	}
	quiet := s.quiet()
	var found []Hotspot
	for k := range s.servers() {
		found = append(found, s.episodes(ServerID(k), quiet)...)
	}
	return found
}

// window is the moving average's length in points.
func (s *Series) window() int { return max(int((hotWindow+s.Step-1)/s.Step), 1) }

func (s *Series) episodes(server ServerID, quiet []bool) []Hotspot {
	u := s.column(UtilizationSeries, server)
	w := s.window()
	var found []Hotspot
	first, last, peak := -1, -1, 0.0
	closeEpisode := func(open bool) {
		if first < 0 {
			return
		}
		h := Hotspot{Server: server, From: Time(max(first-w+1, 0)) * s.Step, To: Time(last+1) * s.Step, Peak: peak, OpenEnded: open}
		if h.To-h.From >= hotSpan {
			hidden := 0
			for i := max(first-w+1, 0); i <= last; i++ {
				if quiet[i] {
					hidden++
				}
			}
			h.Hidden = float64(hidden) / float64(last+1-max(first-w+1, 0))
			found = append(found, h)
		}
		first, peak = -1, 0
	}
	sum, n := 0.0, 0
	for i := range u {
		if v := float64(u[i]); v == v {
			sum += v
			n++
		}
		if i >= w {
			if v := float64(u[i-w]); v == v {
				sum -= v
				n--
			}
		}
		if i+1 < w || n == 0 {
			continue
		}
		mean := sum / float64(n)
		if mean >= hotLevel-1e-9 {
			if first < 0 {
				first = i
			}
			last = i
			peak = max(peak, mean)
		} else if first >= 0 && i-last >= w {
			closeEpisode(false)
		}
	}
	closeEpisode(last == len(u)-1)
	return found
}

// quiet says of each point whether every aggregate alarm is silent.
func (s *Series) quiet() []bool {
	median, utilization := s.Of(MedianSeries), s.Of(UtilizationSeries)
	usual := medianOf(median)
	servers := s.servers()
	out := make([]bool, s.Points)
	for i := range out {
		sum, n := 0.0, 0
		for k := 0; k < servers; k++ {
			if v := float64(utilization[k*s.Points+i]); v == v {
				sum += v
				n++
			}
		}
		m := float64(median[i])
		out[i] = n > 0 && sum/float64(n) < quietLevel && !(m > usual*quietMedian)
	}
	return out
}

// medianOf is the median of the values that are defined, by counting: the series are short.
func medianOf(x []float32) float64 {
	var v []float32
	for _, f := range x {
		if f == f {
			v = append(v, f)
		}
	}
	if len(v) == 0 {
		return math.NaN()
	}
	slices.Sort(v)
	return float64(v[len(v)/2])
}

const whenNoPoints = "when the run is shorter than a step of the grid"

var (
	metricHotTime = metric.Register(metric.Family{Name: "hotspot.time", Kind: metric.Share, Better: metric.Less,
		Short: "time with at least one overloaded server", Doc: "A hot spot is a server whose utilization, averaged over a moving minute, is at least 90 % for at least a minute.",
		Formula: "time in which some server is a hot spot / time measured", Undefined: whenNoPoints,
		Show: metric.Show{Compare: 15, Summary: 24, Always: true}})
	metricHotCount = metric.Register(metric.Family{Name: "hotspot.count", Kind: metric.Count, Better: metric.Less,
		Short: "episodes of an overloaded server", Doc: "Hot spots of one server that are less than a minute apart are one episode.", Formula: "number"})
	metricHotHidden = metric.Register(metric.Family{Name: "hotspot.hidden", Kind: metric.Share, Better: metric.Less,
		Short: "time of hot spots that averages hide", Doc: "A hot spot is hidden while the fleet's mean utilization is below 75 % and its median latency is at most 1.5 times the usual one.",
		Formula: "server time of hot spots that is hidden / server time of hot spots", Undefined: "when there was no hot spot",
		Show: metric.Show{Summary: 25}})
	metricHotMinutes = metric.Register(metric.Family{Name: "hotspot.server_minutes", Kind: metric.Time, Unit: "min", Better: metric.Less,
		Short: "length of all episodes together", Doc: "Episodes of two servers at the same time count twice.", Formula: "sum of the episodes' lengths"})
)

var _ = reports(60, (*run).hotspotMetrics)

func (r *run) hotspotMetrics(b *metricsBuilder) {
	series := &b.res.Series
	spots := series.Hotspots()
	hot := make([]bool, series.Points)
	time, hidden := 0.0, 0.0
	for _, h := range spots {
		span := (h.To - h.From).Seconds()
		time += span
		hidden += span * h.Hidden
		for i := int(h.From / series.Step); i < int(h.To/series.Step) && i < len(hot); i++ {
			hot[i] = true
		}
	}
	points := 0
	for _, is := range hot {
		if is {
			points++
		}
	}
	b.ratio(metricHotTime.ID(), float64(points), float64(len(hot)))
	b.count(metricHotCount.ID(), int64(len(spots)))
	b.ratio(metricHotHidden.ID(), hidden, time)
	b.add(metricHotMinutes.ID(), time/60)
}
