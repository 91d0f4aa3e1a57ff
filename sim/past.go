package sim

import (
	"cmp"
	"slices"
)

// A run that begins in equilibrium lives through the past of the clients that it finds, as far as it shows: the balancers are
// asked about the first and the last request of each, in the order in which these were sent, on the fleet as it is at the
// start. So clients have the cookies, tables the entries, servers the sessions, their states and the open connections that
// they would have. Nothing of it takes time at a server, and nothing is counted.

// moment is an answered request of the past.
type moment struct {
	at    Time
	of    int32 // index into the clients found
	first bool  // of its session
}

// moments lists the requests of the past in the order of time.
func moments(all []found, spare []moment) []moment {
	list := emptied(spare, 2*len(all))
	for i := range all {
		f := &all[i]
		list = append(list, moment{f.born, int32(i), true})
		if f.sent > 1 {
			list = append(list, moment{f.last, int32(i), false})
		}
	}
	slices.SortFunc(list, func(a, b moment) int {
		if a.at != b.at { // nearly always
			return cmp.Compare(a.at, b.at)
		}
		return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(b.order(), a.order()))
	})
	return list
}

func (m moment) order() int {
	if m.first {
		return 1
	}
	return 0
}

// recall lives through the past, and leaves the clients found where they are when the run begins.
func (r *run) recall(all []found) {
	waits := false
	r.spare.moments = moments(all, r.spare.moments)
	for _, m := range r.spare.moments {
		f := &all[m.of]
		p := r.pops[f.pop]
		r.now = m.at
		if m.first {
			f.id = r.newClient(p, f.key, f.number, f.number)
			r.beginSession(p, f.id)
			if r.sessions != nil {
				r.sessions[f.id].willSend(f.left)
			}
			if r.cold != nil {
				r.cold[f.id].livesUntil(f.until)
			}
		}
		if f.sent > 0 && (m.first || p.Loop != Connection) {
			waits = r.recallAnswer(p, f, m.first) || waits
		}
		if m.first && f.sent > 1 {
			continue
		}
		r.clients[f.id].hasSent(f.sent)
		r.recallState(p, f)
		if f.gone {
			r.recallEnd(p, f.id)
		}
	}
	r.now = -r.m.Warmup
	for i := range r.balancers {
		if b := r.balancers[i]; waits {
			b.Rebuild(&b.view) // what had to wait in the past is not in the queue, and must not be counted there
		}
	}
}

// recallAnswer asks a balancer where a request of the past goes, and has it answered there. It reports whether the request
// would have had to wait.
func (r *run) recallAnswer(p *population, f *found, first bool) (waits bool) {
	c := &r.clients[f.id]
	c.hasSent(1)
	if !first {
		c.hasSent(f.sent)
	}
	q, rq := r.newRequest()
	rq.begin(r.now, f.id, c, 0, 0)
	rq.clearDetours()
	if p.Loop == Connection {
		rq.raise(opening)
	}
	b := r.instance(c, rq.seq)
	rq.through(b)
	r.captureIdentity(p, c, rq)
	c.lower(moved)
	r.newExchange(b, p, rq, c)
	x := &r.exchange
	r.tick(b)
	s := b.Pick(x)
	if s >= 0 && b.MayPick(s) {
		rq.decided(x)
		c.seen(b.view.Epoch)
		rq.goTo(s)
		b.Began(s)
		r.answered(q)
		r.setHome(f.id, c, s)
		if p.Loop == Connection {
			r.lineOpened(rq)
		}
	}
	r.release(q)
	return s == Wait
}

// recallState makes the state of a session as its last request has left it.
func (r *run) recallState(p *population, f *found) {
	if home := r.clients[f.id].home; p.Stateful && home != NoServer {
		r.place.resume(p, f.id, home, f.born, int64(f.writes)*int64(p.Growth))
	}
}

// recallEnd ends a session of the past.
func (r *run) recallEnd(p *population, id ClientID) {
	c := &r.clients[id]
	r.place.end(p, id)
	r.countEnd(p, c)
	r.leaveHome(id, c)
	r.freeClients = append(r.freeClients, id)
}

// carryOn lets the clients found do what they were about to.
func (r *run) carryOn(all []found) {
	for i := range all {
		f := &all[i]
		p := r.pops[f.pop]
		switch {
		case f.gone:
		case f.work < 0:
			r.schedule(p, f.id, f.next)
		default:
			c := &r.clients[f.id]
			r.send(p, f.id, c, f.work)
			if p.Loop != ClosedLoop {
				r.thinkThenNext(p, f.id, c, 0)
			}
		}
	}
}
