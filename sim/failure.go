package sim

// redispatching marks a failing request whose balancer is about to try another server.
const redispatching = ^uint8(0)

// budgetCap bounds the retries a population can save up.
const budgetCap = 100

// attemptFailed is what happens when an attempt is known to have failed: the balancer may try elsewhere, then the
// client may try again, then the request has failed.
func (r *run) attemptFailed(q int32, o Outcome) {
	rq := &r.requests[q]
	if rq.server != NoServer {
		r.servers[rq.server].errors++
		if rq.flags&message == 0 {
			r.ended(q, o)
		}
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return
	}
	if o == Unreachable && rq.flags&message == 0 && r.redispatch(q) {
		return
	}
	r.clientFailed(q, failureOf(o))
}

func failureOf(o Outcome) Failure {
	switch o {
	case Unreachable:
		return FailedUnreachable
	case Refused:
		return FailedRefused
	}
	return FailedBroken
}

// redispatch lets the balancer try again by itself after a connection could not be made.
func (r *run) redispatch(q int32) bool {
	rq := &r.requests[q]
	b := &r.balancers[rq.balancer]
	r.noteTried(q)
	again, after := int(rq.attempt) < r.m.Balancers.Redispatch, Time(0)
	if b.retrier != nil {
		r.fillExchange(q)
		again, after = b.retrier.Retry(&r.exchange, rq.server, &b.view)
		rq.memo = r.exchange.Memo
	}
	if !again || rq.attempt == ^uint8(0) {
		return false
	}
	rq.attempt++
	if after > 0 {
		rq.phase = failing
		rq.failure = redispatching
		r.pushRequest(r.now+after, evAttempt, q)
		return true
	}
	r.route(q)
	return true
}

// clientFailed is the client's side of a failure: retry within its budget, or give up.
func (r *run) clientFailed(q int32, f Failure) {
	rq := &r.requests[q]
	p := &r.pops[rq.pop]
	if int(rq.retry) < p.Retries && (p.RetryBudget == 0 || p.ticket >= 1) {
		r.retry(p, q)
		return
	}
	r.requestFailed(p, q, f)
}

// retry starts the client's next attempt after its backoff, in a slot of its own if the server still works on the
// old attempt.
func (r *run) retry(p *population, q int32) {
	if p.RetryBudget > 0 {
		p.ticket--
	}
	rq := &r.requests[q]
	r.leaveLane(q)
	if rq.phase == queued || rq.phase == serving || rq.phase == storing {
		n := r.newRequest()
		rq = &r.requests[q] // the pool may have moved
		again := *rq
		again.pending, again.phase, again.server = 0, fresh, NoServer
		again.next, again.prev, again.flags = nilRequest, nilRequest, rq.flags&^inLane
		rq.flags |= orphan
		r.requests[n] = again
		q, rq = n, &r.requests[n]
	}
	rq.unvisit()
	rq.retry++
	if rq.flags&measured != 0 {
		p.stats.retried++
	}
	rq.phase = backingOff
	rq.server = NoServer
	at := r.now
	if p.Backoff != nil {
		c := &r.clients[rq.client]
		at += FromSeconds(p.Backoff.Sample(c.draw(rq.seq, forBackoff).At(uint64(rq.retry))))
	}
	r.pushRequest(at, evAttempt, q)
}

// unvisit takes back what looking for the session's state has made of the request: the next attempt looks again.
func (q *request) unvisit() {
	q.demand -= q.extra
	q.extra, q.op, q.travel = 0, 0, 0
	q.flags &^= saves | stores | loads | begins
}

// refusedPause is what a client needs to send its next request when the last one failed at once: without it, one who does
// not think would ask a fleet that is down without end in no time.
const refusedPause = Millisecond

// requestFailed ends a request for its user. A server that still works on it goes on.
func (r *run) requestFailed(p *population, q int32, f Failure) {
	rq := &r.requests[q]
	if rq.flags&measured != 0 {
		p.stats.failed[f]++
	}
	p.stats.allFailed++
	id, pause := rq.client, Time(0)
	if rq.sent == r.now {
		pause = refusedPause
	}
	if rq.phase == queued || rq.phase == serving || rq.phase == storing {
		r.leaveLane(q)
		rq.flags |= orphan
	} else {
		r.release(q)
	}
	if p.Loop == Connection {
		r.disconnect(&r.clients[id])
	}
	r.clients[id].flags |= sawFailure
	r.settled(p, id, pause)
}

// lane is the deadlines of a population whose patience is one fixed span: a list in order of deadline, with one
// event for its head instead of one for every request.
type lane struct {
	head, tail int32
	patience   Time // Never: drawn per request
	armed      bool
}

func (r *run) startPatience(p *population, q int32) {
	rq := &r.requests[q]
	if p.lane.patience == Never {
		span := FromSeconds(p.Timeout.Sample(r.clients[rq.client].draw(rq.seq, forPatience).At(uint64(rq.retry))))
		rq.deadline = r.now + span
		r.pushRequest(rq.deadline, evPatience, q)
		return
	}
	rq.deadline = r.now + p.lane.patience
	rq.flags |= inLane
	rq.laneNext, rq.lanePrev = nilRequest, p.lane.tail
	if p.lane.tail == nilRequest {
		p.lane.head = q
	} else {
		r.requests[p.lane.tail].laneNext = q
	}
	p.lane.tail = q
	if !p.lane.armed {
		p.lane.armed = true
		r.push(rq.deadline, evDeadline, uint32(p.index))
	}
}

func (r *run) leaveLane(q int32) {
	rq := &r.requests[q]
	if rq.flags&inLane == 0 {
		return
	}
	rq.flags &^= inLane
	p := &r.pops[rq.pop]
	if rq.lanePrev == nilRequest {
		p.lane.head = rq.laneNext
	} else {
		r.requests[rq.lanePrev].laneNext = rq.laneNext
	}
	if rq.laneNext == nilRequest {
		p.lane.tail = rq.lanePrev
	} else {
		r.requests[rq.laneNext].lanePrev = rq.lanePrev
	}
}

// deadlines ends the patience of every request of the lane whose time has come.
func (r *run) deadlines(pop int) {
	p := &r.pops[pop]
	for p.lane.head != nilRequest && r.requests[p.lane.head].deadline <= r.now {
		r.timedOut(p.lane.head)
	}
	p.lane.armed = p.lane.head != nilRequest
	if p.lane.armed {
		r.push(r.requests[p.lane.head].deadline, evDeadline, uint32(pop))
	}
}

// patienceOver ends the patience with an attempt, if it is the one it began with: of one that failed before, the deadline
// is another.
func (r *run) patienceOver(q int32) {
	if rq, alive := r.taken(q); alive && rq.flags&orphan == 0 && rq.phase != backingOff && rq.deadline == r.now {
		r.timedOut(q)
	}
}

// timedOut is the end of a client's patience with one attempt.
func (r *run) timedOut(q int32) {
	rq := &r.requests[q]
	p := &r.pops[rq.pop]
	r.leaveLane(q)
	switch rq.phase {
	case queued:
		if p.Abandon {
			r.leaveQueue(q)
			r.givenUp(q)
			rq.phase = fresh
			rq.server = NoServer
		}
	case serving:
		if p.Abandon {
			return // it left the line of the waiting in time
		}
	case parked:
		r.unpark(q)
		rq.phase = fresh
	case failing:
		if rq.server != NoServer && rq.failure != redispatching {
			r.givenUp(q)
		}
		rq.phase = fresh
		rq.server = NoServer
		if rq.pending > 0 {
			// The event that would have made the failure known is still to come: go on in another slot.
			q = r.moveOn(q)
		}
	}
	r.clientFailed(q, FailedTimeout)
}

// givenUp takes an attempt off the balancer's books that its client does not wait for any more. Messages of an open
// connection were never on them.
func (r *run) givenUp(q int32) {
	if r.requests[q].flags&message == 0 {
		r.ended(q, GivenUp)
	}
}

// moveOn continues a request in a new slot, leaving its pending events to the old one.
func (r *run) moveOn(q int32) int32 {
	n := r.newRequest()
	r.requests[n] = r.requests[q]
	r.requests[n].pending = 0
	r.requests[q].flags &^= inLane
	r.release(q)
	return n
}
