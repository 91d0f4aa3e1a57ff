package sim

import (
	"fmt"
	"math"

	"stickysim/sim/stats"
)

// quantiles reported of every latency and wait.
var quantiles = []struct {
	name string
	p    float64
}{{"p50", .5}, {"p75", .75}, {"p90", .9}, {"p95", .95}, {"p99", .99}, {"p99.9", .999}}

// perServer is how many servers a fleet may have for its metrics to be listed server by server.
const perServer = 64

// result turns the books into figures.
func (r *run) result() *Result {
	res := &Result{Seed: r.seed, Replication: r.rep, Start: r.m.Warmup, End: r.end, Events: r.n}
	for i := range r.pops {
		res.Populations = append(res.Populations, r.populationResult(&r.pops[i]))
	}
	for i := range r.servers {
		res.Servers = append(res.Servers, r.serverResult(&r.servers[i]))
	}
	res.Series = r.turnSeries()
	res.Log = r.finishLog(&res.Series)
	b := &metricsBuilder{seconds: r.m.Duration.Seconds()}
	r.requestMetrics(b, res)
	r.budgetMetrics(b, &res.Series)
	r.sessionMetrics(b, res)
	r.affinityMetrics(b)
	r.serverMetrics(b, res)
	r.hotspotMetrics(b, res)
	r.storeMetrics(b)
	r.tokenMetrics(b)
	r.replicaMetrics(b)
	r.fleetMetrics(b, res)
	res.Metrics = b.list
	return res
}

type metricsBuilder struct {
	list    []Metric
	seconds float64
}

func (b *metricsBuilder) add(name, unit string, v float64) {
	b.list = append(b.list, Metric{name, unit, v})
}

func (b *metricsBuilder) ratio(name string, num, den float64) {
	v := math.NaN()
	if den > 0 {
		v = num / den
	}
	b.add(name, "ratio", v)
}

// times adds mean and quantiles of a histogram of nanoseconds, in seconds.
func (b *metricsBuilder) times(name, label string, h *stats.Histogram) {
	mean := math.NaN()
	if h.Count() > 0 {
		mean = h.Mean() / float64(Second)
	}
	b.add(name+".mean"+label, "s", mean)
	for _, q := range quantiles {
		v := math.NaN()
		if h.Count() > 0 {
			v = h.Quantile(q.p) / float64(Second)
		}
		b.add(name+"."+q.name+label, "s", v)
	}
}

func (r *run) populationResult(p *population) PopulationResult {
	st := &p.stats
	res := PopulationResult{Name: p.Name, Latency: st.latency.histogram(), Wait: st.wait.histogram(), Sent: st.sent, Good: st.good, Failed: st.failed,
		Attempts: st.attempts, Retried: st.retried, Started: st.started, Finished: st.finished, Clean: st.clean, Lost: st.lost,
		Active: st.allStarted - st.allFinished - st.allLost}
	res.InFlight = st.sent - st.good
	for _, n := range st.failed {
		res.InFlight -= n
	}
	return res
}

func (r *run) serverResult(s *server) ServerResult {
	second := float64(Second)
	busy := s.area.busy - s.base.busy
	d := rareAreas{capacity: s.rare.capacity - s.rareBase.capacity, present: s.rare.present - s.rareBase.present,
		down: s.rare.down - s.rareBase.down, sessions: s.rare.sessions - s.rareBase.sessions, memory: s.rare.memory - s.rareBase.memory}
	res := ServerResult{Name: s.info.Name, Zone: s.info.Zone, Present: float64(d.present) / second, Down: float64(d.down) / second,
		Busy: float64(busy) / second, Capacity: float64(d.capacity) / second, Requests: s.accepted - s.baseline[0],
		Answered: s.answered - s.baseline[1], Errors: s.errors - s.baseline[2], SessionsMax: int64(s.most), MemoryMax: float64(s.memMost),
		Latency: s.latency.Histogram(s.sojourn)}
	if d.present > 0 {
		res.Sessions = float64(d.sessions) / float64(d.present)
		res.Memory = d.memory / float64(d.present)
	}
	return res
}

// turnSeries makes the server columns server-major.
func (r *run) turnSeries() Series {
	s := r.series
	n, points := len(r.servers), len(s.Servers)
	s.Points = points
	turn := func(in []float32) []float32 {
		out := make([]float32, n*points)
		at := 0
		for i, width := range r.widths {
			for k := 0; k < n; k++ {
				v := float32(math.NaN())
				if k < width {
					v = in[at+k]
				}
				out[k*points+i] = v
			}
			at += width
		}
		return out
	}
	s.Utilization, s.Requests, s.InSystem = turn(s.Utilization), turn(s.Requests), turn(s.InSystem)
	s.Sessions, s.Errors = turn(s.Sessions), turn(s.Errors)
	return s
}

func (r *run) requestMetrics(b *metricsBuilder, res *Result) {
	var all PopulationResult
	var slow ratioSum
	for i := range res.Populations {
		p := &res.Populations[i]
		all.Latency.Merge(&p.Latency)
		all.Wait.Merge(&p.Wait)
		all.Sent, all.Good, all.InFlight = all.Sent+p.Sent, all.Good+p.Good, all.InFlight+p.InFlight
		all.Attempts, all.Retried = all.Attempts+p.Attempts, all.Retried+p.Retried
		for f := range p.Failed {
			all.Failed[f] += p.Failed[f]
		}
		slow.n += r.pops[i].stats.slowdown.n
		slow.total += r.pops[i].stats.slowdown.total
	}
	b.times("latency", "", &all.Latency)
	b.times("wait", "", &all.Wait)
	b.ratio("wait.share", all.Wait.CountAbove(0), float64(all.Good))
	b.ratio("latency.slowdown", slow.total, float64(slow.n))
	b.requests("", &all)
	b.add("throughput", "1/s", float64(all.Good)/b.seconds)
	if len(res.Populations) > 1 {
		for i := range res.Populations {
			p := &res.Populations[i]
			label := "{population=" + p.Name + "}"
			b.times("latency", label, &p.Latency)
			b.times("wait", label, &p.Wait)
			b.requests(label, p)
			b.add("throughput"+label, "1/s", float64(p.Good)/b.seconds)
		}
	}
}

func (b *metricsBuilder) requests(label string, p *PopulationResult) {
	failed := int64(0)
	for _, n := range p.Failed {
		failed += n
	}
	b.add("requests.sent"+label, "1", float64(p.Sent))
	b.add("requests.good"+label, "1", float64(p.Good))
	b.add("requests.failed"+label, "1", float64(failed))
	if label == "" {
		for _, f := range Failures() {
			b.add(fmt.Sprintf("requests.failed{cause=%s}", f), "1", float64(p.Failed[f]))
		}
	}
	b.add("requests.in_flight"+label, "1", float64(p.InFlight))
	b.add("requests.retried"+label, "1", float64(p.Retried))
	b.ratio("requests.attempts"+label, float64(p.Attempts), float64(p.Sent))
	b.ratio("availability.requests"+label, float64(p.Good), float64(p.Good+failed))
}

func (r *run) sessionMetrics(b *metricsBuilder, res *Result) {
	var started, finished, clean, active, lost int64
	var byCause [causeRoom]int64
	for i := range res.Populations {
		p := &res.Populations[i]
		started, finished, clean, active = started+p.Started, finished+p.Finished, clean+p.Clean, active+p.Active
		for c, n := range p.Lost {
			byCause[c] += n
			lost += n
		}
	}
	b.add("sessions.started", "1", float64(started))
	b.add("sessions.finished", "1", float64(finished))
	b.add("sessions.active", "1", float64(active))
	b.add("sessions.lost", "1", float64(lost))
	for _, c := range Causes() {
		b.add(fmt.Sprintf("sessions.lost{cause=%s}", c), "1", float64(byCause[c]))
	}
	b.ratio("sessions.lost.ratio", float64(lost), float64(finished+lost))
	b.ratio("availability.sessions", float64(clean), float64(finished+lost))
	span := float64(r.m.Duration)
	mean := r.activeArea / span
	b.add("sessions.active.mean", "1", mean)
	b.add("sessions.active.variance", "1", max(r.activeSq/span-mean*mean, 0))
	b.times("sessions.residual", "", &r.residual)
	if len(res.Populations) > 1 {
		for i := range res.Populations {
			p := &res.Populations[i]
			lost := int64(0)
			for _, n := range p.Lost {
				lost += n
			}
			label := "{population=" + p.Name + "}"
			b.add("sessions.started"+label, "1", float64(p.Started))
			b.add("sessions.lost"+label, "1", float64(lost))
			b.ratio("sessions.lost.ratio"+label, float64(lost), float64(p.Finished+lost))
			b.ratio("availability.sessions"+label, float64(p.Clean), float64(p.Finished+lost))
		}
	}
}

func (r *run) affinityMetrics(b *metricsBuilder) {
	a := &r.affinity
	broken := int64(0)
	for _, n := range a.broken {
		broken += n
	}
	homed := float64(a.hit + broken)
	b.ratio("affinity.hit", float64(a.hit), homed)
	b.ratio("affinity.broken", float64(broken), homed)
	for _, why := range Reasons() {
		b.ratio(fmt.Sprintf("affinity.broken{cause=%s}", why), float64(a.broken[why]), homed)
	}
	b.ratio("affinity.moved", float64(a.movedAll), float64(a.met))
	b.ratio("affinity.disruption", float64(a.movedNeedlessly), float64(a.met))
	b.ratio("affinity.needless", float64(a.movedNeedlessly), float64(a.stayed))
}

func (r *run) storeMetrics(b *metricsBuilder) {
	st := &r.store
	if kind := r.m.State.Kind; kind != Store && kind != CachedStore && r.m.State.Rest == 0 {
		return
	}
	if st.spec.Workers > 0 {
		b.ratio("store.utilization", float64(st.area-st.base), float64(st.spec.Workers)*float64(r.m.Duration))
	}
	b.times("store.latency", "", &st.latency)
	b.add("store.operations", "1", float64(st.calls))
	b.add("store.failed", "1", float64(st.failed))
	if r.m.State.Kind == CachedStore {
		b.ratio("cache.hit", float64(r.cacheHits), float64(r.cacheHits+r.cacheMisses))
	}
}
