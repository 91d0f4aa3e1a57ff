package sim

import "stickysim/sim/stats"

// send makes the client's next request and starts its first attempt. A recorded demand ≥ 0 replaces the drawn one.
func (r *run) send(p *population, id ClientID, recorded Time) {
	c := &r.clients[id]
	c.sends()
	q := r.newRequest()
	rq := &r.requests[q]
	rq.begin(r.now, id, c)
	rq.demands(max(recorded, 0))
	if recorded < 0 && p.Demand != nil {
		rq.demands(FromSeconds(p.Demand.Sample(c.draw(c.seq, forDemand))))
	}
	if p.Loop == Connection {
		r.overLine(p, c, rq)
	}
	if r.live {
		rq.raise(measured)
	}
	p.stats.countSent(r.live)
	p.earnRetry()
	r.try(p, q)
}

// try starts an attempt of the client: its timeout begins, the balancer is asked.
func (r *run) try(p *population, q int32) {
	rq := &r.requests[q]
	rq.restart(r.now)
	if rq.flags&measured != 0 {
		p.stats.countAttempt()
	}
	if p.Timeout != nil {
		r.startTimeout(p, q)
	}
	r.startLimit(requestLimit, q)
	r.route(q)
}

// attemptTurn is the end of a backoff, or the moment an attempt's failure becomes known.
func (r *run) attemptTurn(q int32) {
	rq, alive := r.taken(q)
	if !alive {
		return
	}
	switch rq.phase {
	case backingOff:
		r.try(&r.pops[rq.pop], q)
	case failing:
		if rq.failure == redispatching {
			r.route(q)
			return
		}
		r.attemptFailed(q, Outcome(rq.failure))
	}
}

// answer ends an attempt that the server has answered.
func (r *run) answer(q int32) {
	rq := &r.requests[q]
	p := &r.pops[rq.pop]
	s := rq.server
	sv := &r.servers[s]
	sv.countAnswer()
	here := r.now - rq.enter
	bucket := stats.BucketOf(int64(here))
	if rq.flags&measured != 0 {
		sv.countLatency(bucket, here)
	}
	if rq.flags&(message|abandoned) == 0 {
		r.answered(q)
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return
	}
	switch {
	case rq.flags&message == 0:
		r.setHome(rq.client, s)
		if rq.flags&opening != 0 {
			r.lineOpened(rq)
		}
	case r.cutOff(rq):
		rq.wake()
		r.requestFailed(p, q, FailedBroken)
		return
	}
	if rq.flags&measured != 0 {
		if rq.flags&homed != 0 {
			r.affinity.answer(Reason(rq.why))
		}
		total := r.now - rq.sent
		if total != here { // it had also waited elsewhere
			bucket = stats.BucketOf(int64(total))
		}
		p.stats.latency.addTo(bucket, total)
		wait := rq.start - rq.enter
		if sv.discipline == PS {
			wait = rq.due - rq.enter - rq.service(sv)
		}
		p.stats.wait.add(max(wait, 0))
		p.stats.slowdown.add(float64(r.now-rq.sent), float64(rq.demand))
	}
	p.stats.countGood(rq.flags&measured != 0)
	if p.Trace != nil {
		r.followUp(p, rq, true, 0)
	}
	id := rq.client
	r.release(q)
	r.requestDone(p, id, 0)
}

// service is the time the request's demand takes on an idle core.
func (q *request) service(sv *server) Time {
	if sv.spec.Speed == 1 {
		return q.demand
	}
	return Time(float64(q.demand) / sv.spec.Speed)
}

// requestDone continues with the client after one of its requests has been answered or has failed for good. The next
// request follows after at least the pause.
func (r *run) requestDone(p *population, id ClientID, pause Time) {
	c := &r.clients[id]
	c.heard()
	if p.Trace != nil {
		r.recordedDone(p, id)
		return
	}
	if p.Loop == ClosedLoop {
		r.thinkThenNext(p, id, pause)
		return
	}
	if c.outstanding == 0 && c.flags&(ending|waiting) == ending {
		r.endSession(p, id)
	}
}

// clientTurn sends the client's next request, or ends its session when its life is over.
func (r *run) clientTurn(id ClientID) {
	c := &r.clients[id]
	p := &r.pops[c.pop]
	c.lower(waiting)
	if r.cold != nil && r.now >= r.cold[id].until {
		c.raise(ending)
	}
	if c.flags&ending != 0 {
		if c.outstanding == 0 {
			r.endSession(p, id)
		}
		return
	}
	if !r.silent(p, id) {
		r.send(p, id, -1)
	}
	if p.Loop != ClosedLoop {
		r.thinkThenNext(p, id, 0)
	}
}

// thinkThenNext schedules what a client does after a request: think, for at least the pause, then send the next request or
// end its session.
func (r *run) thinkThenNext(p *population, id ClientID, pause Time) {
	c := &r.clients[id]
	if c.left == 0 {
		c.raise(ending)
	}
	if c.flags&ending != 0 {
		if c.outstanding == 0 {
			r.endSession(p, id)
		}
		return
	}
	at := r.now
	if p.Think != nil {
		at += FromSeconds(p.Think.Sample(c.draw(c.seq, forThink)))
	}
	r.schedule(p, id, max(at, r.now+pause))
}

// schedule makes the client's next turn at the given time, or at the end of its life if that is earlier.
func (r *run) schedule(p *population, id ClientID, at Time) {
	if r.cold != nil {
		at = min(at, max(r.cold[id].until, r.now))
	}
	if p.IdleTimeout > 0 {
		r.place.idle(p, id, at)
	}
	r.clients[id].raise(waiting)
	r.push(at, evClient, uint32(id))
}
