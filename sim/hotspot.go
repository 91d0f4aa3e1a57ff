package sim

import (
	"math"
	"slices"
)

// A hotspot is a server whose utilisation, averaged over a moving window of hotWindow, is at least hotLevel for at
// least hotSpan. It is hidden while every aggregate alarm is quiet: the mean utilisation of the fleet is below
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
	Peak      float64 // highest utilisation of the moving window
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
	for k := 0; k < len(s.Utilization)/s.Points; k++ {
		found = append(found, s.episodes(ServerID(k), quiet)...)
	}
	return found
}

// window is the moving average's length in points.
func (s *Series) window() int { return max(int((hotWindow+s.Step-1)/s.Step), 1) }

func (s *Series) episodes(server ServerID, quiet []bool) []Hotspot {
	u := s.Utilization[int(server)*s.Points : (int(server)+1)*s.Points]
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
	usual := medianOf(s.Median)
	servers := len(s.Utilization) / s.Points
	out := make([]bool, s.Points)
	for i := range out {
		sum, n := 0.0, 0
		for k := 0; k < servers; k++ {
			if v := float64(s.Utilization[k*s.Points+i]); v == v {
				sum += v
				n++
			}
		}
		m := float64(s.Median[i])
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

func (r *run) hotspotMetrics(b *metricsBuilder, res *Result) {
	spots := res.Series.Hotspots()
	hot := make([]bool, res.Series.Points)
	time, hidden := 0.0, 0.0
	for _, h := range spots {
		span := (h.To - h.From).Seconds()
		time += span
		hidden += span * h.Hidden
		for i := int(h.From / res.Series.Step); i < int(h.To/res.Series.Step) && i < len(hot); i++ {
			hot[i] = true
		}
	}
	points := 0
	for _, is := range hot {
		if is {
			points++
		}
	}
	b.ratio("hotspot.time", float64(points), float64(len(hot)))
	b.add("hotspot.count", "1", float64(len(spots)))
	b.ratio("hotspot.hidden", hidden, time)
	b.add("hotspot.server_minutes", "min", time/60)
}
