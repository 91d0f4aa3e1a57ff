package sim

import "stickysim/sim/stats"

// maxLevel is the highest number of requests in a server that the distribution over time distinguishes.
const maxLevel = 64

// collector counts what metrics and series are made of. Its size is bounded by the number of servers and populations.
type collector struct {
	interrupts  bool // a service that has begun can be interrupted or slowed down
	affinity    affinityCounts
	evictions   int64
	connections connectionCounts
	residual    stats.Histogram // [ns] remaining life of the sessions that were active when the warm-up ended

	active     int64 // sessions in progress
	activeAt   Time
	activeArea float64
	activeSq   float64

	traffic  fleetTraffic
	watch    watch
	sampling sampling
	journal  journal
	recent   recentLatency
}

func (c *collector) init(r *run) {
	c.interrupts = r.m.interrupts()
	c.journal.init()
	c.sampling.begin(r.m.grid(), r.m.Points())
	c.activeAt = r.now
	c.traffic.latency, c.recent.window = r.spare.latency, r.spare.window
}

// grid is the interval between samples: as the model says, or a 240th of the run.
func (m *Model) grid() Time {
	if m.Grid > 0 {
		return m.Grid
	}
	return max((m.Duration+239)/240, 1)
}

// Points is how many samples the time series of a run have.
func (m *Model) Points() int {
	if m.Duration <= 0 {
		return 0
	}
	grid := m.grid()
	return int((m.Duration + grid - 1) / grid)
}

// measure starts counting at the end of the warm-up.
func (r *run) measure(scheduled) {
	r.live, r.sent = true, measured
	r.measureLog()
	for _, p := range r.pops {
		p.surplus.beginCounting(p, r.now)
	}
	for i := range r.servers {
		r.servers[i].beginCounting(r.now)
	}
	for _, p := range r.pops {
		p.stats.beginCounting()
	}
	r.traffic.levels = [maxLevel + 1]int64{}
	r.markSamples()
	r.store.measure()
	r.place.measure()
	r.evictions, r.connections = 0, connectionCounts{}
	r.fleet.beginCounting()
	r.beginWatch()
	r.countActive(0)
	r.activeArea, r.activeSq = 0, 0
	r.scaler.measure(r.now)
	for i := range r.clients {
		c := &r.clients[i]
		c.lower(sawFailure)
		if c.flags&inSession != 0 {
			c.raise(startedInWarmup)
			r.pops[c.pop].stats.countFound()
		}
	}
	r.measureVisits()
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
	p.stats.countStarted(r.live)
}

// countEnd counts a session that ended as its user meant. A lost session has already been counted.
func (r *run) countEnd(p *population, c *client) {
	if c.flags&leftAfterLoss != 0 {
		c.lower(leftAfterLoss | inSession)
		return
	}
	r.closeSession(p, c)
	p.stats.countFinished(r.live)
}

func (r *run) countLoss(p *population, id ClientID, cause Cause) {
	c := &r.clients[id]
	r.noteHarm(p, id, true)
	r.closeSession(p, c)
	p.stats.countLost(cause, r.live)
}

// noteHarm counts what a loss of its session, or a failed request, makes of a client's session, visit and person.
func (r *run) noteHarm(p *population, id ClientID, lost bool) {
	c := &r.clients[id]
	if r.live && c.flags&(inSession|sawFailure) == inSession {
		p.stats.countHarmed()
	}
	c.raise(sawFailure)
	if r.live {
		r.visits[id].harm(&p.stats, lost)
	}
}

// countEviction counts a state that was evicted from a full memory.
func (c *collector) countEviction() { c.evictions++ }

func (r *run) closeSession(p *population, c *client) {
	r.countActive(-1)
	if r.live && c.flags&startedInWarmup != 0 {
		r.residual.Add(int64(r.now))
	}
	c.lower(inSession | startedInWarmup)
}

// sample takes a point of the time series and schedules the next.
func (r *run) sample() {
	r.takeSample()
	if next := r.now + r.sampling.step; next < r.end {
		r.push(next, evSample, 0)
	}
}

func (r *run) takeSample() {
	if r.o.Stop != nil && r.o.Stop() {
		panic(stopped{})
	}
	r.takeSamples()
	r.logStep()
}

// stopped unwinds a run whose Options.Stop returned true.
type stopped struct{}
