package sim

// healthRecord is what one balancer instance knows of one server's health.
type healthRecord struct {
	failures  int32 // consecutive failed probes
	successes int32
	probing   bool
	paused    bool   // the last probe reached a paused server
	era       uint16 // of this incarnation
	phase     Time   // of its probes: the start of one of them; 0: not drawn yet
	passive   int32  // consecutive failed attempts
	ejected   Time   // until when
}

// beginAnew forgets the failures of a server that has just entered the rotation.
func (h *healthRecord) beginAnew() { h.failures, h.successes, h.ejected = 0, 0, LongAgo }

// healthChanged follows a true change of a server's health. Balancers without probes mark it at once; the others begin to
// probe. Probes whose answer cannot change anything are not simulated, so a healthy fleet costs nothing, unless load can
// make a probe fail.
func (r *run) healthChanged(s ServerID) {
	for i := range r.balancers {
		b := r.balancers[i]
		if b.view.Status[s] == Removed || r.configured(s) == Down {
			continue
		}
		if r.m.Health.Interval == 0 {
			if up := r.servers[s].serving(); !up || r.now >= b.health[s].ejected {
				r.mark(b, s, up)
			}
			continue
		}
		h := &b.health[s]
		if h.probing || r.m.Health.Interval == Never {
			continue
		}
		h.probing = true
		if h.phase == 0 {
			k := r.key.Stream("probe").At(uint64(b.index)<<32 | uint64(s))
			h.phase = 1 + Time(k.Float64()*float64(r.m.Health.Interval-1))
		}
		r.push(r.onGrid(b, s), evProbe, r.probeEntity(b, s, false))
	}
}

// every is the time between probes of a server.
func (h *Health) every(known *healthRecord, up bool) Time {
	switch {
	case up && known.failures == 0:
	case !up && known.successes == 0:
		if h.Down > 0 {
			return h.Down
		}
	case h.Changing > 0:
		return h.Changing
	}
	return h.Interval
}

// onGrid is the next instant of a server's probes, whose starts are a period apart.
func (r *run) onGrid(b *balancer, s ServerID) Time {
	h := &b.health[s]
	every := r.m.Health.every(h, b.view.Status[s] != Down)
	return (r.now - h.phase).Floor(every) + h.phase + every
}

// nextProbe is when the probe that follows the one just ended starts.
func (r *run) nextProbe(b *balancer, s ServerID) Time {
	if !r.m.Health.FromEnd {
		return r.onGrid(b, s)
	}
	h := &b.health[s]
	h.phase = r.now
	return r.now + r.m.Health.every(h, b.view.Status[s] != Down)
}

// probeEntity packs balancer, server and whether the event is the verdict on a probe sent before.
func (r *run) probeEntity(b *balancer, s ServerID, verdict bool) uint32 {
	e := (uint32(b.index)*uint32(r.m.room()) + uint32(s)) << 1
	if verdict {
		e |= 1
	}
	return e
}

func (r *run) probeTurn(e uint32) {
	room := uint32(r.m.room())
	b, s := r.balancers[e>>1/room], ServerID(e>>1%room)
	h := &b.health[s]
	sv := r.servers[s]
	if b.view.Status[s] == Removed {
		h.probing = false
		return
	}
	passes := r.answersProbe(sv)
	if wait := r.probeWaits(sv); e&1 == 0 && !passes && wait > 0 {
		h.paused, h.era = sv.serving() && sv.pauses > 0, sv.incarnation
		r.push(r.now+wait, evProbe, e|1)
		return
	}
	if e&1 == 1 {
		// A probe of a dead server is lost even if the server is back by now; a paused server answers as soon as it resumes.
		resumed := h.paused && h.era == sv.incarnation && sv.resumedAt >= r.now-r.m.Health.Timeout
		passes = resumed && (passes || !r.m.Health.UnderLoad)
	}
	if passes {
		h.successes++
		h.failures = 0
	} else {
		h.failures++
		h.successes = 0
	}
	if int(h.failures) >= max(r.m.Health.Fall, 1) {
		r.mark(b, s, false)
	}
	if int(h.successes) >= max(r.m.Health.Rise, 1) {
		r.mark(b, s, true)
	}
	believesUp := b.view.Status[s] != Down
	settled := passes == believesUp && (passes || int(h.failures) >= max(r.m.Health.Fall, 1)) // an ejection is no answer of a probe
	next := r.nextProbe(b, s)
	if settled && passes == r.answersProbe(sv) && !r.m.Health.UnderLoad {
		h.probing = false
		return
	}
	r.push(next, evProbe, e&^1)
}

// probeWaits is how long a probe that the server does not pass takes to fail.
func (r *run) probeWaits(sv *server) Time {
	h := &r.m.Health
	switch {
	case sv.serving():
		return h.Timeout
	case sv.refuses(h.Dead):
		return 0
	case h.Connect > 0:
		return h.Connect
	}
	return h.Timeout
}

// probeWork is the work of a probe on a server that shares its cores (PS).
const probeWork = 10 * Millisecond

// answersProbe reports whether a probe sent to the server now would be answered in time. With UnderLoad it waits like a
// request: it fails when the first request in the queue has waited longer than the probe's timeout, when the queue is full,
// or when too many requests share the cores.
func (r *run) answersProbe(sv *server) bool {
	if !sv.serving() || sv.pauses > 0 {
		return false
	}
	if !r.m.Health.UnderLoad {
		return true
	}
	if sv.discipline == PS {
		return float64(sv.inSystem)*float64(probeWork) <= float64(r.m.Health.Timeout)*float64(sv.cores)*sv.speed
	}
	if sv.queue.head == nilRequest {
		return true
	}
	full := sv.queue.length >= sv.room
	return !full && r.now-r.requests[sv.queue.head].enter <= r.m.Health.Timeout
}

// refuses reports whether a server that does not serve refuses what connects to it, in a model where it answers in that way.
func (l *lifecycle) refuses(a Answering) bool { return a == Refusing || a == AsItDied && !l.silent }

// connecting is how long an attempt takes to fail whose server does not serve.
func (r *run) connecting(q int32, sv *server) Time {
	if sv.refuses(r.m.Balancers.Dead) {
		return r.hop(&r.requests[q])
	}
	return r.m.Balancers.ConnectTimeout
}

// mark sets what a balancer believes of a server's health.
func (r *run) mark(b *balancer, s ServerID, up bool) {
	sv := r.servers[s]
	status := Down
	switch {
	case !up:
	case sv.life == draining:
		status = max(Draining, r.configured(s))
	case sv.life == stopping || sv.life == restarting:
		return // it restarts in place and stays out until it is ready again
	default:
		status = r.configured(s)
	}
	if b.view.Status[s] == status || b.view.Status[s] == Removed {
		return
	}
	r.incidents.moves(s)
	b.SetStatus(s, status)
	if !up && sv.life == dead && r.live {
		r.fleet.detected(r.now - sv.endedAt)
	}
	r.logMark(b, s, status)
	r.viewChanged(b)
}

var statusNames = [...]string{"up", "draining", "down", "removed"}

// passive counts failed attempts in a row and ejects a server that has too many.
func (r *run) passive(b *balancer, s ServerID, o Outcome) {
	rule := r.m.Health.Passive
	h := &b.health[s]
	if o == Answered || o == GivenUp {
		h.passive = 0
		return
	}
	h.passive++
	if int(h.passive) >= rule.Failures && b.view.Status[s] == Up {
		h.passive = 0
		h.ejected = r.now + rule.Eject
		r.mark(b, s, false)
		r.plan(scheduled{do: (*run).readmit, server: s, balancer: int32(b.index)}, h.ejected)
	}
}

// readmit ends an ejection, unless the balancer has learned meanwhile that the server is down.
func (r *run) readmit(x scheduled) {
	b, s := r.balancers[x.balancer], x.server
	known := r.m.Health.Interval == 0 && !r.servers[s].serving()
	if h := &b.health[s]; r.now >= h.ejected && int(h.failures) < max(r.m.Health.Fall, 1) && !known {
		r.mark(b, s, true)
	}
}
