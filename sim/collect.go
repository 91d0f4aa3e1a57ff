package sim

import (
	"math"

	"stickysim/sim/stats"
)

// maxLevel is the highest number of requests in a server that the distribution over time tells apart.
const maxLevel = 64

// collector counts what a run is asked about. Everything is bounded by the number of servers and populations.
type collector struct {
	stateful    bool // some population has session state that some placement keeps
	interrupts  bool // a service that has begun can be broken off or slowed down
	bounded     bool // some server's memory is bounded
	affinity    affinityCounts
	cacheHits   int64
	cacheMisses int64
	evictions   int64
	reopened    int64
	residual    stats.Histogram // ns, remaining life of the sessions found active when counting began

	active     int64 // sessions in progress
	activeAt   Time
	activeArea float64
	activeSq   float64

	levels    [maxLevel + 1]int64
	series    Series
	lost      int64 // sessions lost in the current step
	goodSoFar int64 // requests answered at the last sample, in the whole run
	badSoFar  int64 // and failed
	sampledAt Time  // when the current step began
	loadMark  int64 // where the integral of requests in the system stood at the last sample
	widths    []int // servers at each sample
	journal   journal
	tokens    tokenBooks
	recent    stats.Window // median latency of the current step
	latencies []*stats.Tally
}

// popStats is what one population has seen; the all… counts cover the whole run, the others the measured part.
type popStats struct {
	latency, wait                 timeTally
	slowdown                      ratioSum
	sent, good, attempts, retried int64
	failed                        [failureKinds]int64
	started, finished, clean      int64
	lost                          [causeRoom]int64

	allSent, allGood, allFailed      int64
	allStarted, allFinished, allLost int64
}

// timeTally counts spans in ns and keeps their exact sum.
type timeTally struct {
	counts stats.Tally
	sum    int64
	zeros  uint32
}

func (t *timeTally) add(span Time) {
	if span == 0 {
		t.zeros++ // most waits at moderate load
		return
	}
	t.counts.Add(int64(span))
	t.sum += int64(span)
}

// histogram ends the tally.
func (t *timeTally) histogram() stats.Histogram {
	t.counts.AddN(0, t.zeros)
	t.zeros = 0
	return t.counts.Histogram(t.sum)
}

// ratioSum averages sojourn over demand.
type ratioSum struct {
	total float64
	n     int64
}

func (s *ratioSum) add(sojourn, demand float64) {
	if demand > 0 {
		s.total += sojourn / demand
		s.n++
	}
}

// gridMark is where a server's integrals stood at the last sample.
type gridMark struct {
	busy, capacity, accepted, errors int64
}

func (c *collector) init(r *run) {
	for i := range r.m.Populations {
		c.stateful = c.stateful || r.m.Populations[i].Stateful && r.m.State.Kind != NoState
	}
	c.bounded = r.m.Template.Memory > 0
	for i := range r.m.Servers {
		c.bounded = c.bounded || r.m.Servers[i].Memory > 0
	}
	c.bounded = c.bounded && r.cold != nil
	c.interrupts = r.m.interrupts()
	c.journal.init()
	c.series.Step = r.m.grid()
	c.series.Points = int((r.m.Duration + c.series.Step - 1) / c.series.Step)
}

// grid is the distance of samples: as the model says, or a 240th of the run.
func (m *Model) grid() Time {
	if m.Grid > 0 {
		return m.Grid
	}
	return max((m.Duration+239)/240, 1)
}

// step0 is the time of the first sample.
func (r *run) step0() Time { return r.m.Warmup + r.series.Step }

// measure begins to count: the warm-up is over.
func (r *run) measure() {
	r.live = true
	r.measureLog()
	for i := range r.servers {
		s := &r.servers[i]
		s.touch(r.now)
		s.touchRare(r.now)
		s.base, s.rareBase = s.area, s.rare
		s.most, s.memMost = s.sessions, s.memory
		s.baseline = [3]int64{s.accepted, s.answered, s.errors}
		s.grid = gridMark{s.area.busy, s.rare.capacity, s.accepted, s.errors}
	}
	r.levels = [maxLevel + 1]int64{}
	r.sampledAt, r.loadMark = r.now, 0
	for i := range r.servers {
		r.loadMark += r.servers[i].area.inSystem
	}
	r.lost = 0
	r.markOutcomes()
	r.store.touch(r.now)
	r.store.base = r.store.area
	r.store.latency.Reset()
	r.store.calls, r.store.failed = 0, 0
	r.replicas.visits, r.replicas.stale, r.replicas.fetched = 0, 0, 0
	r.cacheHits, r.cacheMisses, r.evictions, r.reopened = 0, 0, 0, 0
	r.fleet = fleetBooks{}
	r.countActive(0)
	r.activeArea, r.activeSq = 0, 0
	r.scaler.measure(r.now)
	for i := range r.clients {
		if c := &r.clients[i]; c.flags&inSession != 0 {
			c.raise(startedInWarmup)
		}
	}
}

// countActive brings the integrals of the number of active sessions up to date, then changes the number.
func (r *run) countActive(n int64) {
	dt := float64(r.now - r.activeAt)
	r.activeAt = r.now
	r.activeArea += dt * float64(r.active)
	r.activeSq += dt * float64(r.active) * float64(r.active)
	r.active += n
}

func (r *run) countStart(p *population, c *client) {
	r.countActive(1)
	c.lower(sawFailure | startedInWarmup)
	c.raise(inSession)
	p.stats.allStarted++
	if r.live {
		p.stats.started++
	}
}

// countEnd counts a session that ended by itself; one that was lost has been counted as that.
func (r *run) countEnd(p *population, c *client) {
	if c.flags&leftAfterLoss != 0 {
		c.lower(leftAfterLoss | inSession)
		return
	}
	r.closeSession(p, c)
	p.stats.allFinished++
	if r.live {
		p.stats.finished++
		if c.flags&sawFailure == 0 {
			p.stats.clean++
		}
	}
}

func (r *run) countLoss(p *population, c *client, cause Cause) {
	r.closeSession(p, c)
	p.stats.allLost++
	r.lost++
	if r.live {
		p.stats.lost[cause]++
	}
}

func (r *run) closeSession(p *population, c *client) {
	r.countActive(-1)
	if r.live && c.flags&startedInWarmup != 0 {
		r.residual.Add(int64(r.now - r.m.Warmup))
	}
	c.lower(inSession | startedInWarmup)
}

// sample takes one point of the time series, and plans the next.
func (r *run) sample() {
	r.takeSample()
	if next := r.now + r.series.Step; next < r.end {
		r.push(next, evSample, 0)
	}
}

func (r *run) takeSample() {
	if r.o.Stop != nil && r.o.Stop() {
		panic(stopped{})
	}
	s := &r.series
	step := float64(r.now - r.sampledAt) // the last one may be shorter
	r.sampledAt = r.now
	servers, total := 0, int64(0)
	for i := range r.servers {
		sv := &r.servers[i]
		sv.touch(r.now)
		sv.touchRare(r.now)
		total += sv.area.inSystem
		if sv.life == running {
			servers++
		}
	}
	load := float64(total-r.loadMark) / step
	r.loadMark = total
	s.Servers = append(s.Servers, float32(servers))
	s.Load = append(s.Load, float32(load))
	for i := range r.pops {
		r.latencies = append(r.latencies[:i], &r.pops[i].stats.latency.counts)
	}
	median := r.recent.Median(r.latencies...) / float64(Second)
	s.Median = append(s.Median, float32(median))
	good, bad := r.goodSoFar, r.badSoFar
	r.markOutcomes()
	s.Answered = append(s.Answered, float32(r.goodSoFar-good))
	s.Failed = append(s.Failed, float32(r.badSoFar-bad))
	s.LostSessions = append(s.LostSessions, float32(r.lost))
	r.lost = 0
	r.logStep()
	r.sampleServers()
}

// markOutcomes notes how many requests have been answered and have failed so far.
func (r *run) markOutcomes() {
	r.goodSoFar, r.badSoFar = 0, 0
	for i := range r.pops {
		r.goodSoFar += r.pops[i].stats.allGood
		r.badSoFar += r.pops[i].stats.allFailed
	}
}

// sampleServers appends one value per server to the server series; they are turned server-major at the end.
func (r *run) sampleServers() {
	s := &r.series
	for i := range r.servers {
		sv := &r.servers[i]
		busy, capacity := sv.area.busy-sv.grid.busy, sv.rare.capacity-sv.grid.capacity
		u := math.NaN()
		if capacity > 0 {
			u = float64(busy) / float64(capacity)
		}
		s.Utilization = append(s.Utilization, float32(u))
		s.Requests = append(s.Requests, float32(sv.accepted-sv.grid.accepted))
		s.InSystem = append(s.InSystem, float32(sv.inSystem))
		s.Sessions = append(s.Sessions, float32(sv.sessions))
		s.Errors = append(s.Errors, float32(sv.errors-sv.grid.errors))
		sv.grid = gridMark{sv.area.busy, sv.rare.capacity, sv.accepted, sv.errors}
	}
	r.widths = append(r.widths, len(r.servers))
}

// stopped unwinds a run that was told to stop.
type stopped struct{}
