package sim

// The balancers' own time limits. They end an attempt, or a wait, of every request alike, so the oldest is over first: each
// limit keeps one list and one event for its head, and an attempt that ends in time costs no event.

// limit is one of the balancers' time limits.
type limit uint32

const (
	attemptLimit limit = iota // for the answer of a server
	requestLimit              // for the answer of any server
	queueLimit                // for a place on a server
	limitKinds
)

// timeLimit is what a time limit watches, oldest first. Most of it has ended when its time comes.
type timeLimit struct {
	span    Time // 0: there is no limit
	watched []watched
	first   int // of those that have not been looked at
	armed   bool
}

// watched is a request, and since when its attempt, its try or its wait lasts.
type watched struct {
	since Time
	q     int32
}

func newTimeLimits(b *Balancers) (all [limitKinds]timeLimit) {
	all[attemptLimit].span, all[requestLimit].span, all[queueLimit].span = b.AttemptTimeout, b.RequestTimeout, b.QueueTimeout
	return all
}

// add puts one at the end of the list. The places of those that are over are used again once they are half of the list.
func (l *timeLimit) add(w watched) {
	if l.first > 64 && 2*l.first > len(l.watched) {
		l.watched = l.watched[:copy(l.watched, l.watched[l.first:])]
		l.first = 0
	}
	l.watched = append(l.watched, w)
}

// arm reports whether an event for the head is to be scheduled now; it is then counted as scheduled.
func (l *timeLimit) arm() bool {
	was := l.armed
	l.armed = l.first < len(l.watched)
	return l.armed && !was
}

// next takes the head off the list.
func (l *timeLimit) next() {
	l.first++
	l.armed = false
}

// startLimit begins a time limit of q now.
func (r *run) startLimit(which limit, q int32) {
	if l := &r.timeLimits[which]; l.span > 0 {
		r.watchFor(which, l, q)
	}
}

// watchFor begins a time limit that there is.
func (r *run) watchFor(which limit, l *timeLimit, q int32) {
	l.add(watched{r.now, q})
	if l.arm() {
		r.push(r.now+l.span, evLimit, uint32(which))
	}
}

// lasts reports whether what a limit watches has not ended.
func (r *run) lasts(which limit, w watched) bool {
	rq := &r.requests[w.q]
	switch {
	case rq.flags&(background|message|abandoned) != 0:
		return false
	case which == queueLimit:
		return rq.phase == parked && rq.enter == w.since
	case which == attemptLimit:
		return rq.isAtServer() && rq.enter == w.since
	}
	return (rq.isAtServer() || rq.phase == parked) && rq.asked == w.since && rq.flags&orphan == 0
}

// limitTurn ends what has reached a time limit, and looks for the next that can.
func (r *run) limitTurn(which limit) {
	for l := &r.timeLimits[which]; l.first < len(l.watched); l = &r.timeLimits[which] {
		w := l.watched[l.first]
		if !r.lasts(which, w) {
			l.next()
			continue
		}
		if due := w.since + l.span; due > r.now {
			if l.armed = false; l.arm() {
				r.push(due, evLimit, uint32(which))
			}
			return
		}
		l.next()
		if r.requests[w.q].phase == parked {
			r.endWait(w.q)
		} else {
			r.endAttempt(w.q)
		}
	}
}

// endWait ends the wait of a request in its balancer's queue.
func (r *run) endWait(q int32) {
	r.unpark(q)
	r.requests[q].wake()
	r.clientFailed(q, FailedQueue)
}

// endAttempt ends an attempt whose server has not answered in time. The balancer closes the connection; the server notices as
// it would notice its client, or works on without a client.
func (r *run) endAttempt(q int32) {
	rq := &r.requests[q]
	switch abandon := r.pops[rq.pop].Abandon; {
	case rq.phase == queued && abandon != Finish:
		r.leaveQueue(q)
		rq.wake()
	case rq.phase == serving && abandon == BreakOff:
		r.breakOff(q)
		r.requests[q].wake()
	case rq.flags&orphan != 0:
		r.countError(rq.server)
		r.ended(r.balancers[rq.balancer], rq.server, TimedOut)
		r.requests[q].raise(abandoned)
		return
	default:
		q = r.continueWithout(q)
	}
	r.attemptFailed(q, TimedOut)
}

// continueWithout leaves the attempt q to its server, and returns the slot in which the request continues.
func (r *run) continueWithout(q int32) int32 {
	n := r.continueRequest(q)
	from, rq := &r.requests[q], &r.requests[n]
	rq.goTo(from.server)
	r.copyTried(q, n)
	switch p := r.pops[from.pop]; {
	case from.flags&inLane == 0:
	case p.lane.span == Never:
		p.deadlines.replace(r.requests, q, n, r.now)
	default:
		p.lane.replace(r.requests, q, n)
	}
	from.raise(orphan | abandoned)
	return n
}
