package sim

import (
	"cmp"
	"math"
	"slices"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// ListedServers is how many servers a fleet may have for its metrics to be listed server by server.
const ListedServers = 64

// reporter computes some metrics at the end of a run.
type reporter struct {
	place int // order in results, upwards from 1
	emit  func(r *run, b *metricsBuilder)
}

// reporters are in the order of results.
var reporters []reporter

// reports registers a reporter, from a package variable beside the families it reports. Those without a place (0) follow
// the others, in the order of their registration.
//
//	var myMetric = metric.Register(metric.Family{…})
//	var _ = reports(0, func(r *run, b *metricsBuilder) { b.add(myMetric.ID(), …) })
func reports(place int, emit func(r *run, b *metricsBuilder)) struct{} {
	reporters = append(reporters, reporter{cmp.Or(place, math.MaxInt), emit})
	slices.SortStableFunc(reporters, func(a, b reporter) int { return cmp.Compare(a.place, b.place) })
	return struct{}{}
}

// needs are the conditions on models without which a metric is not reported, by Family.Needs.
var needs = map[string]func(m *Model) bool{}

// need registers a condition with the words that say it, for Family.Needs.
func need(text string, met func(m *Model) bool) string {
	needs[text] = met
	return text
}

// Reports reports whether runs of the model have a metric.
func (m *Model) Reports(f *metric.Family) bool {
	met := needs[f.Needs]
	return met == nil || met(m)
}

// result turns the books into figures.
func (r *run) result() *Result {
	res := &Result{Seed: r.seed, Replication: r.rep, Strikes: r.strikes, Faults: r.faults, End: r.end, Events: r.events()}
	stuck := r.stuck()
	for i := range r.pops {
		res.Populations = append(res.Populations, r.populationResult(r.pops[i]))
		res.Populations[i].Stuck = stuck[i]
	}
	res.Servers = make([]ServerResult, 0, len(r.servers))
	for i := range r.servers {
		res.Servers = append(res.Servers, r.serverResult(r.servers[i]))
	}
	res.computeServerFigures()
	res.Series = r.series()
	r.endWatch()
	res.Hotspots, res.concealment = r.hotspots(res)
	res.Log = r.finishLog(res.Hotspots)
	b := &metricsBuilder{res: res, seconds: r.m.Duration.Seconds()}
	for _, rep := range reporters {
		rep.emit(r, b)
	}
	res.Metrics = b.list
	return res
}

// metricsBuilder collects the metrics of a run.
type metricsBuilder struct {
	res     *Result // without metrics so far
	seconds float64 // of the measured part
	list    []Metric
}

func (b *metricsBuilder) add(id metric.ID, v float64) {
	b.list = append(b.list, Metric{ID: id, Value: v})
}

func (b *metricsBuilder) count(id metric.ID, n int64) { b.add(id, float64(n)) }

// ratio adds num/den; undefined where den is 0.
func (b *metricsBuilder) ratio(id metric.ID, num, den float64) {
	v := math.NaN()
	if den > 0 {
		v = num / den
	}
	b.list = append(b.list, Metric{ID: id, Value: v, Ratio: true, Num: num, Den: den})
}

// times adds mean and quantiles of a histogram of nanoseconds, in seconds; undefined where it is empty. The label may be
// zero: the whole. Those of a server carry no histogram: the server of a name is another one in the next replication.
func (b *metricsBuilder) times(t metric.Times, label metric.Label, h *stats.Histogram) {
	pooled := h
	if label.Key == metric.Server.Name {
		pooled = nil
	}
	value := func(f *metric.Family, v func() float64) {
		m := Metric{ID: part(f, label), Value: math.NaN(), Times: pooled}
		if h.Count() > 0 {
			m.Value = v() / float64(Second)
		}
		b.list = append(b.list, m)
	}
	value(t.Mean, h.Mean)
	for i, q := range metric.Quantiles {
		value(t.Quantiles[i], func() float64 { return h.Quantile(q.P) })
	}
}

// whole is the label of figures that are not broken down.
var whole metric.Label

// part is the figure of a family with a label that may be zero.
func part(f *metric.Family, l metric.Label) metric.ID {
	if l == whole {
		return f.ID()
	}
	return f.With(l.Key, l.Value)
}

// ofPopulation is the label of a population.
func ofPopulation(name string) metric.Label {
	return metric.Label{Key: metric.Population.Name, Value: name}
}

// byPopulation are the labels of families that are broken down by population.
var byPopulation = []*metric.Dimension{metric.Population}

// terms are the values of a dimension with their definitions.
func terms[T interface {
	String() string
	Definition() string
}](list []T) []metric.Term {
	out := make([]metric.Term, len(list))
	for i, v := range list {
		out[i] = metric.Term{Name: v.String(), Doc: v.Definition()}
	}
	return out
}

// total adds up counts.
func total(counts []int64) int64 {
	n := int64(0)
	for _, c := range counts {
		n += c
	}
	return n
}

func (r *run) populationResult(p *population) PopulationResult {
	st := &p.stats
	res := PopulationResult{Name: p.Name, Latency: st.latency.histogram(), Wait: st.wait.histogram(), Sent: st.sent(), Good: st.good, Failed: st.failed, FailedIn: st.failedAfter,
		Attempts: st.attempts(), Retried: st.retried, Started: st.started, Finished: st.finished, Lost: st.lost,
		Lived: st.found + st.started, Clean: st.found + st.started - st.harmed, Active: st.allStarted - st.allFinished - st.allLost,
		Visits: st.visits, VisitsHit: st.visitsHit, People: st.people, Affected: st.affected}
	res.InFlight = st.sent() - st.good - total(st.failed[:])
	return res
}

// dropLatencies takes the distributions of the servers' latencies out of the result. Their figures stay.
func (res *Result) dropLatencies() {
	for i := range res.Servers {
		res.Servers[i].Latency = stats.Histogram{}
	}
	for i := range res.Ranks {
		res.Ranks[i].books = serverBooks{}
	}
}

func (r *run) serverResult(s *server) ServerResult {
	second := float64(Second)
	busy := s.area.busy - s.base.busy
	d := slowIntegrals{capacity: s.rare.capacity - s.rareBase.capacity, present: s.rare.present - s.rareBase.present,
		down: s.rare.down - s.rareBase.down, memory: s.rare.memory - s.rareBase.memory}
	fleet := s.rare.fleet.since(s.rareBase.fleet)
	res := ServerResult{Name: s.info.Name, Zone: s.info.Zone, Present: float64(d.present) / second, Down: float64(d.down) / second,
		Busy: float64(busy) / second, Capacity: float64(d.capacity) / second, Requests: s.accepted - s.baseline[0],
		Answered: s.answered - s.baseline[1], Errors: s.errors - s.baseline[2], SessionsMax: int64(s.most), MemoryMax: float64(s.memMost),
		FleetAttempts: fleet.accepted, FleetAnswers: fleet.answered, Latency: s.latency.Histogram(s.sojourn)}
	if d.present > 0 {
		res.Sessions = float64(s.held-s.heldBase) / float64(d.present)
		res.Memory = d.memory / float64(d.present)
	}
	return res
}
