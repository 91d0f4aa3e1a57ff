package sim

// beginSession starts a session in the client's slot: its size and life are drawn, its state is made later, where its
// first request lands.
func (r *run) beginSession(p *population, id ClientID) {
	c := &r.clients[id]
	c.willSend(endless)
	if p.Requests != nil {
		c.willSend(r.drawSize(p, c))
	}
	c.beganAt(r.now)
	c.lower(hasState | ending | reconnecting | leftAfterLoss)
	if r.cold != nil {
		r.cold[id].livesUntil(Never)
		if p.Life != nil {
			r.cold[id].livesUntil(r.now + FromSeconds(p.Life.Sample(c.draw(c.seq, forLife))))
		}
	}
	r.countStart(p, c)
}

// endSession ends a session that was not lost, and frees the client, or lets a user begin the next one.
func (r *run) endSession(p *population, id ClientID) {
	c := &r.clients[id]
	r.dropState(p, id)
	r.countEnd(p, c)
	r.leaveHome(c)
	if p.Users > 0 {
		at := r.now
		if p.Think != nil {
			at += FromSeconds(p.Think.Sample(c.draw(c.seq, forThink)))
		}
		if c.flags&sawFailure != 0 {
			at = max(at, r.now+refusedPause)
		}
		c.seq++
		r.beginSession(p, id)
		r.schedule(p, id, at)
		return
	}
	if p.Trace != nil {
		return // its slot is kept for the client's next session
	}
	r.freeClients = append(r.freeClients, id)
}

// setHome notes where the session lives, as far as requests show.
func (r *run) setHome(c *client, s ServerID) {
	if c.home == s && c.flags&homeDown == 0 {
		return
	}
	r.leaveHome(c)
	c.home = s
	r.hold(c, s, 1)
}

func (r *run) leaveHome(c *client) {
	if c.home != NoServer {
		r.disconnect(c)
		sv := &r.servers[c.home]
		if c.flags&homeDown != 0 {
			c.lower(homeDown)
			c.home = NoServer
			return
		}
		r.hold(c, c.home, -1)
		if sv.sessions == 0 && sv.departing() {
			r.checkDrained(c.home)
		}
		c.home = NoServer
	}
}

// connect notes that the client's connection is open, to its home.
func (r *run) connect(c *client) {
	if c.flags&connected == 0 {
		c.raise(connected)
		r.servers[c.home].openConnections(1)
	}
}

// disconnect notes that it is not.
func (r *run) disconnect(c *client) {
	if c.flags&connected == 0 {
		return
	}
	c.lower(connected)
	sv := &r.servers[c.home]
	sv.openConnections(-1)
	if sv.departing() && sv.connections == 0 {
		r.checkDrained(c.home)
	}
}

// visit is what a request does about its session's state when server s takes it up. It returns the extra work. A
// session whose state is not there is lost, once, with one cause.
func (r *run) visit(q *request, p *population, s ServerID) Time {
	c := &r.clients[q.client]
	if !p.Stateful || c.flags&leftAfterLoss != 0 {
		return 0 // no state, or what a client that has gone away still had in flight
	}
	if c.flags&hasState == 0 {
		q.raise(begins)
	}
	switch r.m.State.Kind {
	case Local:
		return r.visitLocal(q, p, c, s)
	case Replicated:
		return r.visitReplicated(q, p, c, s)
	case Store:
		return r.visitStore(q, p, c)
	case Token:
		return r.visitToken(q, p, c)
	case CachedStore:
		return r.visitCached(q, p, c, s)
	}
	return 0
}

func (r *run) visitLocal(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		r.makeState(p, q.client, s)
		return 0
	}
	if cause, gone := r.localLoss(p, q, c, s); gone {
		return r.lose(q, p, c, s, cause)
	}
	r.useState(q, p, s)
	return 0
}

// localLoss says whether the state of the client's session is not on s, and why.
func (r *run) localLoss(p *population, q *request, c *client, s ServerID) (Cause, bool) {
	switch c.state {
	case evicted:
		return LostMemoryEviction, true
	case expired:
		return LostIdle, true
	}
	home := &r.servers[c.state]
	if home.incarnation != c.incarnation {
		return home.lastEnd, true
	}
	if home.life == gone {
		return home.lastEnd, true
	}
	if p.IdleTimeout > 0 && r.now-r.cold[q.client].last > p.IdleTimeout {
		return LostIdle, true
	}
	if c.state == s {
		return 0, false
	}
	if why := Reason(q.why); home.leaving() && (why == Remapped || why == ServerUnusable) {
		return home.departure.cause, true // it is on its way out, and its clients are sent away
	}
	return causeOf(Reason(q.why)), true
}

// lose counts the loss and plays what the client does about it: the work of logging in again, a new start, or
// leaving after this answer. It returns the extra work.
func (r *run) lose(q *request, p *population, c *client, s ServerID, cause Cause) Time {
	if c.home == NoServer { // it has never had an answer, so it has not begun for its user: it begins here
		r.dropState(p, q.client)
		r.makeState(p, q.client, s)
		q.raise(begins)
		return 0
	}
	r.attributeLoss(q.client, cause)
	r.dropState(p, q.client)
	r.countLoss(p, c, cause)
	if p.OnLoss == Leave {
		c.raise(ending | leftAfterLoss)
		return 0
	}
	if p.OnLoss == Restart && p.Requests != nil {
		c.willSend(r.drawSize(p, c))
	}
	c.beganAt(r.now)
	q.raise(begins)
	r.countStart(p, c)
	r.makeState(p, q.client, s)
	if p.Login == nil {
		return 0
	}
	return FromSeconds(p.Login.Sample(c.draw(q.seq, forLogin)))
}

// drawSize draws how many requests the session will send.
func (r *run) drawSize(p *population, c *client) uint32 {
	return uint32(min(max(p.Requests.Sample(c.draw(c.seq, forSize)), 1), float64(endless-1)))
}
