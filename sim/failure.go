package sim

import "stickysim/sim/rng"

// attemptFailed handles an attempt that is known to have failed: the balancer may try another server, then the client may
// retry, then the request has failed.
func (r *run) attemptFailed(q int32, o Outcome) {
	rq := &r.requests[q]
	if rq.server != NoServer && rq.flags&abandoned == 0 {
		r.countError(rq.server)
		if rq.flags&message == 0 {
			r.ended(r.balancers[rq.balancer], rq.server, o)
		}
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return
	}
	if rq.server != NoServer && rq.flags&message == 0 && r.redispatch(q, o) {
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
	case TimedOut:
		return FailedLimit
	}
	return FailedBroken
}

// redispatch lets the balancer try again after an attempt that has failed. Where the balancer closes the client's connection
// instead of answering, a client that may do so sends the request again. It reports whether there is another attempt.
func (r *run) redispatch(q int32, o Outcome) bool {
	rq := &r.requests[q]
	b := r.balancers[rq.balancer]
	r.noteTried(q)
	if most := r.m.Balancers.RequestTimeout; most > 0 && r.now-rq.asked >= most {
		return false
	}
	again, after := o == Unreachable && int(rq.attempt) < r.m.Balancers.Redispatch, Time(0)
	if b.Retries() {
		x := r.fillExchange(b, r.pops[rq.pop], q, rq, &r.clients[rq.client])
		x.Idempotent, x.Reused, x.Closes = r.idempotent(rq), r.reused(rq), false
		r.tick(b)
		again, after = b.Retry(x, rq.server, o)
		rq.remember(x.Memo)
		if !again && x.Closes && x.Idempotent {
			r.resend(q)
			return true
		}
	}
	if !again || rq.attempt == ^uint8(0) {
		return false
	}
	rq.takeBack()
	rq.tryAnother()
	if after > 0 {
		rq.failLater(redispatching)
		r.pushRequest(r.now+after, evAttempt, q)
		return true
	}
	r.reroute(q)
	return true
}

// idempotent reports whether the request may be sent again though a server may have worked on it. A recording may say it of
// each request; else it is drawn when it matters, at an address of its own.
func (r *run) idempotent(rq *request) bool {
	p := r.pops[rq.pop]
	if p.Trace != nil {
		switch p.Trace.Requests[rq.seq-1].Target.Repeat() {
		case Harmless:
			return true
		case Harmful:
			return false
		}
	}
	share := p.Idempotent
	return share >= 1 || share > 0 && rq.key.Stream("idempotent").At(uint64(rq.seq)).Float64() < share
}

// reused reports whether the request came over a connection to the balancer that had carried an answer before: a client
// keeps its connection while its session lasts, and opens another after a failure.
func (r *run) reused(rq *request) bool {
	return r.clients[rq.client].home != NoServer && rq.retry == 0 && rq.flags&opening == 0
}

// resend is what a client does whose connection is closed before the answer has begun: it sends the request again on
// another one, at once, whatever its retries and their budget.
func (r *run) resend(q int32) {
	q = r.prepareRetry(r.pops[r.requests[q].pop], q)
	r.pushRequest(r.now, evAttempt, q)
}

// clientFailed is the client's side of a failure: it retries within its budget, or gives up.
func (r *run) clientFailed(q int32, f Failure) {
	rq := &r.requests[q]
	p := r.pops[rq.pop]
	if int(rq.retry) < p.Retries && p.mayRetry() {
		r.retry(p, q)
		return
	}
	r.requestFailed(p, q, f)
}

// prepareRetry makes the request wait for the client's next attempt. If the server still works on the old attempt, the new
// one gets a slot of its own, which it returns.
func (r *run) prepareRetry(p *population, q int32) int32 {
	rq := &r.requests[q]
	r.leaveLane(q)
	if rq.isAtServer() {
		n := r.continueRequest(q)
		r.requests[q].raise(orphan)
		q, rq = n, &r.requests[n]
	}
	rq.prepareRetry()
	if rq.flags&measured != 0 {
		p.stats.countRetry()
	}
	return q
}

// retry starts the client's next attempt after its backoff.
func (r *run) retry(p *population, q int32) {
	p.spendRetry()
	q = r.prepareRetry(p, q)
	rq := &r.requests[q]
	at := r.now
	if p.Backoff != nil {
		c := &r.clients[rq.client]
		at += FromSeconds(p.Backoff.Sample(c.draw(rq.seq, forBackoff).At(uint64(rq.retry))))
	}
	r.pushRequest(at, evAttempt, q)
}

// refusedPause is the shortest time between a request that failed at once and the client's next one. Without it a client
// with zero think time would send infinitely many requests at one instant while the fleet is down.
const refusedPause = Millisecond

// requestFailed ends a request for its client. A server that still works on it continues.
func (r *run) requestFailed(p *population, q int32, f Failure) {
	rq := &r.requests[q]
	p.stats.countFailed(f, r.now-rq.sent, rq.flags&measured != 0)
	id, pause := rq.client, Time(0)
	if rq.sent == r.now {
		pause = refusedPause
	}
	if p.Loop == Connection {
		r.lineFailed(p, q, pause)
		rq = &r.requests[q]
	}
	if p.Trace != nil {
		r.followUp(p, rq, false, pause)
	}
	if rq.isAtServer() {
		r.leaveLane(q)
		rq.raise(orphan)
	} else {
		r.release(q)
	}
	r.noteHarm(p, id, false)
	r.requestDone(p, id, pause)
}

// startTimeout plans the end of the client's timeout for an attempt, if it has one.
func (r *run) startTimeout(p *population, q int32, rq *request) {
	if p.Timeout == nil {
		return
	}
	if p.lane.span == Never {
		at := r.now + p.drawTimeout(rq.draw(forTimeout), rq.retry)
		if p.deadlines.join(r.requests, q, at, r.now) {
			r.planDeadline(p)
		}
		return
	}
	p.lane.join(r.requests, q, r.now+p.lane.span)
	if p.lane.arm() {
		r.push(rq.deadline, evDeadline, uint32(p.index))
	}
}

// drawTimeout draws how long a client waits for the answer to an attempt, its nth retry, at most.
func (p *population) drawTimeout(k rng.Key, retry uint8) Time {
	return FromSeconds(p.deadlines.law.seconds(k.At(uint64(retry))))
}

// planDeadline schedules the next event of the deadlines that are drawn, unless there is one.
func (r *run) planDeadline(p *population) {
	if at, due := p.deadlines.plan(); due {
		r.push(at, evTimeout, uint32(p.index))
	}
}

// leaveLane takes a request out of its population's deadlines, if it is among them.
func (r *run) leaveLane(q int32) {
	rq := &r.requests[q]
	switch p := r.pops[rq.pop]; {
	case rq.flags&inLane == 0:
	case p.lane.span == Never:
		p.deadlines.leave(r.requests, q)
	default:
		p.lane.leave(r.requests, q)
	}
}

// laneTurn times out every request of the lane whose deadline has come.
func (r *run) laneTurn(pop int) {
	p := r.pops[pop]
	for p.lane.head != nilRequest && r.requests[p.lane.head].deadline <= r.now {
		r.timedOut(p.lane.head)
	}
	if p.lane.rearm() {
		r.push(r.requests[p.lane.head].deadline, evDeadline, uint32(pop))
	}
}

// deadlineTurn times out every request whose own deadline has come.
func (r *run) deadlineTurn(pop int) {
	p := r.pops[pop]
	p.deadlines.passed(r.requests, r.now)
	for q, found := p.deadlines.due(r.now); found; q, found = p.deadlines.due(r.now) {
		r.timedOut(q)
	}
	r.planDeadline(p)
}

// timedOut ends an attempt whose client has waited for its whole timeout.
func (r *run) timedOut(q int32) {
	rq := &r.requests[q]
	p := r.pops[rq.pop]
	r.leaveLane(q)
	switch rq.phase {
	case queued:
		if p.Abandon != Finish {
			r.leaveQueue(q)
			r.giveUpAttempt(q)
			rq.detach()
		}
	case serving:
		switch p.Abandon {
		case LeaveQueue:
			return // its service began in time
		case BreakOff:
			r.breakOff(q)
			r.giveUpAttempt(q)
			r.requests[q].detach()
		}
	case parked:
		r.unpark(q)
		rq.wake()
	case failing:
		if rq.server != NoServer && rq.failure != redispatching {
			r.giveUpAttempt(q)
			rq = &r.requests[q]
		}
		rq.detach()
		if rq.pending > 0 { // the event that would have made the failure known is still to come
			n := r.continueRequest(q)
			r.release(q)
			q = n
		}
	}
	r.clientFailed(q, FailedTimeout)
}

// giveUpAttempt tells the balancer that the client no longer waits for the attempt. Balancers do not count messages of an
// open connection.
func (r *run) giveUpAttempt(q int32) {
	if rq := &r.requests[q]; rq.flags&message == 0 {
		r.ended(r.balancers[rq.balancer], rq.server, GivenUp)
	}
}
