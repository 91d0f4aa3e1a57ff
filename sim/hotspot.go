package sim

import (
	"cmp"
	"math"
	"slices"

	"stickysim/sim/metric"
)

// A hot spot is a server that is busy for at least hotLevel of a moving minute; time in which it is dead counts as idle. It
// is hidden while every aggregate alarm is quiet: the mean utilization of the fleet is below quietLevel, and the fleet's
// median latency within quietFactor of the median server's.
const (
	hotLevel    = 0.9
	quietLevel  = 0.75
	quietFactor = 1.5
)

// Hotspot is one episode of an overloaded server.
type Hotspot struct {
	Server    ServerID
	From, To  Time    // since the measured part began, to within ten seconds
	Peak      float64 // highest utilization of the moving minute
	Hidden    float64 // share of it that the averages hide
	OpenEnded bool    // still hot when the run ended
}

// heat is how hot a server is, and has been.
type heat struct {
	busy        [minuteTicks]int64 // where its busy time stood at the last ticks, by their number modulo the length
	first, last int                // ticks that end the first and the last hot minute of an episode; 0: there is none
	peak        float64
	episodes    []Hotspot
}

func newHeat(busy int64) heat {
	h := heat{}
	for i := range h.busy {
		h.busy[i] = busy
	}
	return h
}

// move ends a tick.
func (h *heat) move(n int, sv *server) {
	at := &h.busy[n%minuteTicks]
	mean := float64(sv.area.busy-*at) / (float64(sv.cores) * float64(Minute))
	*at = sv.area.busy
	if n >= minuteTicks && mean >= hotLevel-1e-9 {
		if h.first == 0 {
			h.first = n
		}
		h.last, h.peak = n, max(h.peak, mean)
	} else if h.first > 0 && n-h.last >= minuteTicks {
		h.close(n)
	}
}

// close ends an episode. Those less than a minute apart are one.
func (h *heat) close(n int) {
	if h.first > 0 {
		h.episodes = append(h.episodes, Hotspot{From: Time(h.first-minuteTicks) * tick, To: Time(h.last) * tick, Peak: h.peak, OpenEnded: h.last == n})
	}
	h.first, h.last, h.peak = 0, 0, 0
}

// dashboards are the figures of the whole fleet that could show a hot spot, by the share of the requests whose latency they
// bound.
var dashboards = [...]struct {
	name, doc string
	quantile  float64
}{{"p50", "the fleet's median latency", .5}, {"p95", "the fleet's p95 latency", .95}, {"p99", "the fleet's p99 latency", .99}}

const meanDashboard = "utilization"

var dashboardQuantiles = func() (list [len(dashboards)]float64) {
	for i, d := range dashboards {
		list[i] = d.quantile
	}
	return list
}()

// usual are the quantiles of latency at the median server: what the fleet would show without hot spots. A server with too few
// answers for a quantile has none. One server that answers alone would be compared with itself: the quickest minute of the
// run stands for the usual then.
func (r *run) usual(res *Result) (list [len(dashboards)]float64) {
	v := make([]float64, 0, len(res.Servers))
	for i, p := range dashboardQuantiles {
		v = v[:0]
		for s := range res.Servers {
			if h := &res.Servers[s].Latency; enough(h.Count(), p) {
				v = append(v, h.Quantile(p))
			}
		}
		slices.Sort(v)
		if list[i] = valueAt(v, .5); len(v) == 1 {
			list[i] = r.watch.quickest(i, list[i])
		}
	}
	return list
}

// enough reports whether so many answers tell a quantile.
func enough(answers uint64, p float64) bool { return float64(answers)*(1-p) >= 1 }

// quickest is the least of a quantile over the minutes with enough answers, and at most most.
func (w *watch) quickest(quantile int, most float64) float64 {
	for i := range w.minutes {
		if m := &w.minutes[i]; enough(uint64(m.answered), dashboardQuantiles[quantile]) {
			most = min(most, m.quantiles[quantile])
		}
	}
	return most
}

// valueAt is the smallest of sorted values that the share p of them does not exceed; NaN where there is none.
func valueAt(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[max(int(math.Ceil(p*float64(len(sorted))))-1, 0)]
}

// quiet says of each figure whether it looks as usual in a minute. Too few answers show nothing.
func (m *minute) quiet(usual *[len(dashboards)]float64) (utilization bool, latency [len(dashboards)]bool) {
	for i, p := range dashboardQuantiles {
		latency[i] = !enough(uint64(m.answered), p) || !(m.quantiles[i] > quietFactor*usual[i])
	}
	return m.balance.Mean < quietLevel, latency
}

// concealment is how much of the hot spots' server time each figure hides, in ticks.
type concealment struct {
	hot, both, utilization int
	latency                [len(dashboards)]int
}

// hotspots lists the episodes, by server and time, and says how far they are hidden.
func (r *run) hotspots(res *Result) (list []Hotspot, all concealment) {
	usual := r.usual(res)
	for s := range r.watch.heat {
		h := &r.watch.heat[s]
		h.close(r.watch.ticks)
		for _, spot := range h.episodes {
			var own concealment
			for t := spot.From; t < spot.To; t += tick {
				own.count(r.watch.at(t), &usual)
			}
			spot.Server, spot.Hidden = ServerID(s), float64(own.both)/float64(own.hot)
			list = append(list, spot)
			all.add(&own)
		}
	}
	slices.SortStableFunc(list, func(a, b Hotspot) int { return cmp.Compare(a.Server, b.Server) })
	return list, all
}

// at is the minute at a time since the measured part began; the last one where it is not complete.
func (w *watch) at(t Time) *minute { return &w.minutes[min(int(t/Minute), len(w.minutes)-1)] }

func (c *concealment) count(m *minute, usual *[len(dashboards)]float64) {
	utilization, latency := m.quiet(usual)
	c.hot++
	if utilization {
		c.utilization++
	}
	if utilization && latency[0] {
		c.both++
	}
	for i, quiet := range latency {
		if quiet {
			c.latency[i]++
		}
	}
}

func (c *concealment) add(o *concealment) {
	c.hot, c.both, c.utilization = c.hot+o.hot, c.both+o.both, c.utilization+o.utilization
	for i := range c.latency {
		c.latency[i] += o.latency[i]
	}
}

// byDashboard breaks the time that hot spots are hidden down.
var byDashboard = &metric.Dimension{Name: "dashboard", Doc: "the one figure of the whole fleet that is watched", Values: func() []metric.Term {
	list := []metric.Term{{Name: meanDashboard, Doc: "the fleet's mean utilization"}}
	for _, d := range dashboards {
		list = append(list, metric.Term{Name: d.name, Doc: d.doc})
	}
	return list
}}

const whenNoMinutes = "when the run is shorter than a minute"

var (
	metricHotTime = metric.Register(metric.Family{Name: "hotspot.time", Also: []string{"hot-spot", "hotspots", "imbalance"}, Kind: metric.Share, Better: metric.Less,
		Short: "time with at least one overloaded server", Doc: "A hot spot is a server that is busy for at least 90 % of a moving minute.",
		Formula: "time in which some server is a hot spot / time measured", Undefined: whenNoMinutes,
		Show: metric.Show{Compare: 15, Summary: 24, Always: true}})
	metricHotCount = metric.Register(metric.Family{Name: "hotspot.count", Kind: metric.Count, Better: metric.Less,
		Short: "episodes of an overloaded server", Doc: "Hot spots of one server that are less than a minute apart are one episode.", Formula: "number"})
	metricHotHidden = metric.Register(metric.Family{Name: "hotspot.hidden", Kind: metric.Share, Better: metric.Less, Labels: []*metric.Dimension{byDashboard},
		Short:   "time of hot spots that averages hide",
		Doc:     "A hot spot is hidden while the fleet's mean utilization is below 75 % and its median latency in the minute is at most 1.5 times that of the median server over the run, which stands for the same fleet without the hot spot; where one server answers alone, the quickest minute does. With a label: the time in which that one figure looks as usual: latencies up to 1.5 times those of the median server.",
		Formula: "server time of hot spots that is hidden / server time of hot spots", Undefined: "when there was no hot spot",
		Show: metric.Show{Summary: 25}})
	metricHotMinutes = metric.Register(metric.Family{Name: "hotspot.server_minutes", Kind: metric.Time, Unit: "min", Better: metric.Less,
		Short: "length of all episodes together", Doc: "Episodes of two servers at the same time count twice.", Formula: "sum of the episodes' lengths"})
)

var _ = reports(60, (*run).hotspotMetrics)

func (r *run) hotspotMetrics(b *metricsBuilder) {
	spots, hidden := b.res.Hotspots, b.res.concealment
	hot := make([]bool, r.watch.ticks)
	for _, h := range spots {
		for i := h.From / tick; i < h.To/tick; i++ {
			hot[i] = true
		}
	}
	ticks := 0
	for _, is := range hot {
		if is {
			ticks++
		}
	}
	measured := 0.0
	if r.watch.ticks >= minuteTicks {
		measured = b.seconds
	}
	b.ratio(metricHotTime.ID(), (Time(ticks) * tick).Seconds(), measured)
	b.count(metricHotCount.ID(), int64(len(spots)))
	b.ratio(metricHotHidden.ID(), float64(hidden.both), float64(hidden.hot))
	b.ratio(metricHotHidden.With(byDashboard.Name, meanDashboard), float64(hidden.utilization), float64(hidden.hot))
	for i, d := range dashboards {
		b.ratio(metricHotHidden.With(byDashboard.Name, d.name), float64(hidden.latency[i]), float64(hidden.hot))
	}
	b.add(metricHotMinutes.ID(), (Time(hidden.hot)*tick).Seconds()/60)
}
