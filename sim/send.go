package sim

import "stickysim/sim/stats"

// send makes the client's next request, which is so much work, and starts its first attempt.
//
//go:noinline
func (r *run) send(p *population, id ClientID, c *client, work Time) {
	c.sends()
	p.stats.countSent()
	q, rq := r.newRequest()
	b := r.balancers[0]
	switch {
	case p.exits&^(ofJar|ofSession|ofState|ofTimeout) != 0:
	case (p.exits&ofJar == 0 || r.jarsLast) && b.knows(p, c) && r.servers[c.home].takesPlainly() && (p.exits&ofTimeout == 0 || r.answersInTime(p, c, work, r.servers[c.home])):
		rq.goHome(r.now, id, c, work, r.sent)
		if p.exits&(ofSession|ofState|ofTimeout) != 0 {
			rq.raise(settled | unread)
			r.goWith(p, rq)
		}
		b.Began(c.home)
		r.accept(p, q, rq, r.servers[c.home])
		return
	case (p.exits&ofJar == 0 || r.jarsLast) && !b.out:
		r.askPlainly(b, p, id, c, work, q, rq)
		return
	}
	rq.begin(r.now, id, c, work, r.sent)
	if r.detours {
		rq.clearDetours()
	}
	switch p.exits & (ofSession | ofJar | ofTimeout | atSend | atRoute | atAnswer) {
	case 0:
	case ofJar:
		rq.presents(r.cookieSent(p, c, rq))
	default:
		if b = r.sendWith(p, q, rq, c); b == nil {
			return
		}
	}
	if b.knows(p, c) {
		r.repeat(b, p, q, rq, c)
		return
	}
	r.newExchange(b, p, rq, c)
	r.ask(b, p, q, rq, c)
}

// sendWith is what features do when a client sends a request. It returns the balancer that is to be asked, nil for none.
func (r *run) sendWith(p *population, q int32, rq *request, c *client) *balancer {
	if p.exits&atAnswer != 0 {
		c.waits()
	}
	if p.exits&ofSession != 0 {
		r.sessions[rq.client].sends()
	}
	if b := r.balancers[0]; p.exits&(ofTimeout|atSend|atRoute) == 0 {
		switch {
		case p.exits&ofJar == 0:
		case r.jarsLast && b.knows(p, c):
			rq.raise(unread)
		default:
			rq.presents(r.cookieSent(p, c, rq))
		}
		return b
	}
	if p.Loop == Connection {
		r.overLine(p, c, rq)
	}
	p.earnRetry()
	return r.start(p, q, rq, c)
}

// answersInTime reports whether a server that takes a client's request now, and serves it plainly, answers it before its client's
// timeout is over, whatever happens.
func (r *run) answersInTime(p *population, c *client, work Time, sv *server) bool {
	within := p.lane.span
	switch {
	case p.Timeout == nil:
		return true
	case p.exits&ofState != 0:
		return false
	case within == Never:
		within = p.drawTimeout(drawOf(c.key, c.seq, forTimeout), 0)
	}
	return sv.answersBy(r.now, work, within)
}

// goWith is what sessions, their state and retry budgets add to a request that goes plainly.
func (r *run) goWith(p *population, rq *request) {
	p.earnRetry()
	if p.exits&ofSession != 0 {
		s := &r.sessions[rq.client]
		s.sends()
		if s.left == 0 {
			rq.changesClient()
		}
	}
	if p.exits&ofState != 0 {
		rq.goWithState()
	}
}

// nextWork draws the work of the client's next request.
func (p *population) nextWork(c *client) Time { return p.demand.drawFor(c.key, c.seq+1, forDemand) }

// try starts another attempt of the client.
func (r *run) try(p *population, q int32) {
	rq := &r.requests[q]
	rq.wake()
	rq.restart(r.now)
	if rq.flags&measured != 0 {
		p.stats.countAgain()
	}
	c := &r.clients[rq.client]
	if b := r.start(p, q, rq, c); b != nil {
		r.pick(b, p, q, rq, c)
	}
}

// start starts an attempt of the client: its timeout begins, and the balancer sees what the client sends. It returns the
// balancer, which is to be asked, or nil, after a message over the client's connection.
func (r *run) start(p *population, q int32, rq *request, c *client) *balancer {
	r.startTimeout(p, q, rq)
	r.startLimit(requestLimit, q)
	if rq.flags&message != 0 {
		r.sendMessage(q)
		return nil
	}
	b := r.instance(c, rq.seq)
	rq.through(b)
	r.captureIdentity(p, c, rq)
	return b
}

// attemptTurn is the end of a backoff, or the moment an attempt's failure becomes known.
func (r *run) attemptTurn(q int32) {
	rq := &r.requests[q]
	if !r.taken(q, rq) {
		return
	}
	switch rq.phase {
	case backingOff:
		r.try(r.pops[rq.pop], q)
	case failing:
		if rq.failure == redispatching {
			r.reroute(q)
			return
		}
		r.attemptFailed(q, Outcome(rq.failure))
	}
}

// answer ends an attempt that the server has answered.
//
//go:noinline
func (r *run) answer(p *population, q int32, rq *request, sv *server) {
	sv.countAnswer()
	if p.exits&atAnswer != 0 || rq.flags&(message|abandoned|orphan) != 0 {
		r.answerWith(p, q, rq, sv)
		return
	}
	if rq.flags&measured != 0 {
		r.measureAnswer(p, rq, sv)
	} else {
		p.stats.countGoodBefore()
	}
	b, id, s := r.through(rq), rq.client, rq.server
	if rq.news == nothing {
		r.ended(b, s, Answered)
		r.releaseFrom(q, rq)
		r.push(r.now+p.think.drawFor(rq.key, rq.seq, forThink), evClient, uint32(id))
		return
	}
	c := &r.clients[id]
	if b.exits&atAnswer != 0 && rq.flags&settled == 0 {
		r.learn(b, q, rq, c)
	} else {
		rq.brings(&r.exchange)
	}
	if rq.news == newCookie {
		r.storeCookies(c, rq)
	}
	r.ended(b, s, Answered)
	r.setHome(id, c, s)
	if rq.news == newCookie {
		c.settlesOn(rq)
	}
	r.releaseFrom(q, rq)
	if p.exits&ofSession != 0 && r.sessions[id].left == 0 {
		c.raise(ending)
	}
	if c.flags&ending != 0 {
		r.sendsNoMore(p, id, c)
		return
	}
	at := r.now + p.think.drawFor(c.key, c.seq, forThink)
	if p.exits&atTurn != 0 {
		r.schedule(p, id, at)
		return
	}
	r.push(at, evClient, uint32(id))
}

// answerWith is answer where a feature has a part in it, or no client waits.
func (r *run) answerWith(p *population, q int32, rq *request, sv *server) {
	here, counts := r.now-rq.enter, rq.flags&measured != 0
	if !r.answerBinds(p, q) {
		if counts {
			sv.measureUnheard(here)
		}
		return
	}
	rq = &r.requests[q] // the pool may have moved
	if counts {
		r.measureAnswer(p, rq, sv)
	} else {
		p.stats.countGoodBefore()
	}
	if p.Trace != nil {
		r.followUp(p, rq, true, 0)
	}
	id := rq.client
	r.release(q)
	r.requestDone(p, id, 0)
}

// answerBinds does what an answer means for connections, and for balancers that learn from answers. It reports whether
// a client gets the answer.
func (r *run) answerBinds(p *population, q int32) bool {
	rq := &r.requests[q]
	if rq.flags&(message|abandoned) == 0 {
		r.answered(q)
		rq = &r.requests[q]
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return false
	}
	switch {
	case rq.flags&message == 0:
		c := &r.clients[rq.client]
		r.setHome(rq.client, c, rq.server)
		if rq.news == newCookie {
			c.settlesOn(rq)
		}
		if rq.flags&opening != 0 {
			r.lineOpened(rq)
		}
	case r.cutOff(rq):
		rq.wake()
		r.requestFailed(p, q, FailedBroken)
		return false
	}
	return true
}

// measuredAnswers is how many answers of the measured part count so far.
func (r *run) measuredAnswers() int64 {
	n := r.traffic.unheard
	for _, p := range r.pops {
		n += p.stats.good
	}
	return n
}

// measureAnswer counts, in the measured part, an answer that a client gets.
func (r *run) measureAnswer(p *population, rq *request, sv *server) {
	here, total := r.now-rq.enter, r.now-rq.sent
	bucket := stats.BucketOf(int64(here))
	if !sv.fleet.latency.TryAdd(bucket) {
		sv.fleet.latency.AddTo(bucket)
	}
	if !sv.latency.TryAdd(bucket) {
		sv.latency.AddAmong(&sv.fleet.latency, bucket)
	}
	sv.countTime(here)
	if total != here { // it had also waited elsewhere
		bucket = stats.BucketOf(int64(total))
	}
	if !p.stats.latency.counts.TryAdd(bucket) {
		p.stats.latency.counts.AddTo(bucket)
	}
	p.stats.countGood(total, rq.demand)
	p.stats.wait.add(rq.waited(p, sv))
	if rq.flags&homed != 0 {
		r.affinity.answer(Reason(rq.why))
	}
}

// waited is how long a request whose service has ended waited at its server.
func (q *request) waited(p *population, sv *server) Time {
	switch {
	case sv.servesPlainly(p):
		return q.due - q.demand - q.enter
	case sv.discipline == PS:
		return max(q.due-q.enter-q.service(sv), 0)
	}
	return q.start - q.enter
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
	if p.exits&atAnswer != 0 {
		c.heard()
	}
	switch {
	case p.Trace == nil && p.Loop == ClosedLoop:
		r.thinkThenNext(p, id, c, pause)
	case p.Trace != nil:
		r.recordedDone(p, id)
	case c.outstanding == 0 && c.flags&(ending|waiting) == ending:
		r.endSession(p, id)
	}
}

// clientTurn sends the client's next request, or ends its session when its life is over.
//
//go:noinline
func (r *run) clientTurn(id ClientID) {
	c := &r.clients[id]
	p := r.pops[c.pop]
	if p.exits&atTurn != 0 && r.turnWith(p, id, c) {
		return
	}
	if c.flags&ending != 0 {
		r.sendsNoMore(p, id, c)
		return
	}
	r.send(p, id, c, p.demand.drawFor(c.key, c.seq+1, forDemand))
}

// turnWith is what features do at a client's turn: its life may be over. It does all of the turn of one that does not wait for
// answers, and then reports true.
func (r *run) turnWith(p *population, id ClientID, c *client) bool {
	c.lower(waiting)
	if r.cold != nil && r.now >= r.cold[id].until {
		c.raise(ending)
	}
	if p.Loop == ClosedLoop || c.flags&ending != 0 {
		return false
	}
	if !r.silent(p, id) {
		r.send(p, id, c, p.nextWork(c))
	}
	r.thinkThenNext(p, id, c, 0)
	return true
}

// sendsNoMore ends the session of a client that is ending, once it has all its answers.
func (r *run) sendsNoMore(p *population, id ClientID, c *client) {
	if c.outstanding == 0 {
		r.endSession(p, id)
	}
}

// thinkThenNext schedules what a client does after a request: think, for at least the pause, then send the next request or
// end its session.
func (r *run) thinkThenNext(p *population, id ClientID, c *client, pause Time) {
	if p.exits&ofSession != 0 && r.sessions[id].left == 0 {
		c.raise(ending)
	}
	if c.flags&ending != 0 {
		r.sendsNoMore(p, id, c)
		return
	}
	at := r.now + max(p.think.drawFor(c.key, c.seq, forThink), pause)
	if p.exits&atTurn != 0 {
		r.schedule(p, id, at)
		return
	}
	r.push(at, evClient, uint32(id))
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
