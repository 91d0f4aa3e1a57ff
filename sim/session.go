package sim

// beginSession starts a session in the client's slot: its size and life are drawn, its state is made later, where its
// first request lands.
func (r *run) beginSession(p *population, id ClientID) {
	c := &r.clients[id]
	if r.sessions != nil {
		size := endless
		if p.Requests != nil {
			size = r.drawSize(p, c)
		}
		r.sessions[id].willSend(size)
		r.sessions[id].beganAt(r.now)
	}
	c.lower(hasState | ending | leftAfterLoss)
	r.closeLine(id)
	if r.cold != nil {
		r.cold[id].livesUntil(Never)
		if p.Life != nil {
			life := p.Life.Sample(c.draw(c.seq, forLife))
			p.surplus.drewLife(life)
			r.cold[id].livesUntil(r.now + FromSeconds(life))
		}
	}
	r.countStart(p, c)
	r.beginVisit(p, id)
}

// endSession ends a session that was not lost, and frees the client, or lets a user begin the next one.
func (r *run) endSession(p *population, id ClientID) {
	c := &r.clients[id]
	if p.BrowserRestart == nil && c.flags&leftAfterLoss == 0 {
		r.closeBrowser(id)
	}
	r.place.end(p, id)
	r.countEnd(p, c)
	r.leaveHome(id, c)
	if p.Users > 0 {
		at := r.now
		if p.Think != nil {
			k := c.draw(c.seq, forThink)
			if r.sessions == nil || r.sessions[id].left > 0 { // the session's end may have cut this think time short: drawn again, it would be a long one
				k = k.At(1)
			}
			think := p.Think.Sample(k)
			p.surplus.drewThink(think)
			at += FromSeconds(think)
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
func (r *run) setHome(id ClientID, c *client, s ServerID) {
	if c.home != s || c.flags&homeDown != 0 {
		r.moveHome(id, c, s)
	}
}

// moveHome makes another server, or the same one anew, the one where the session lives.
//
//go:noinline
func (r *run) moveHome(id ClientID, c *client, s ServerID) {
	b := r.balancers[0]
	if from := c.home; from != NoServer && c.flags&homeDown == 0 && !b.heeds {
		old, sv := r.servers[from], r.servers[s]
		if old.life == running && sv.life != gone && (!r.stateful || old.memory|sv.memory == 0) {
			c.home, c.repeats = s, false
			old.moveSession(r.now, sv)
			b.count(from, -1)
			b.count(s, 1)
			return
		}
	}
	r.leaveHome(id, c)
	c.home, c.repeats = s, false
	r.hold(c, s, 1)
}

// leaveHome takes the session off the server it lives on.
func (r *run) leaveHome(id ClientID, c *client) {
	if c.home == NoServer {
		return
	}
	if r.lines != nil {
		r.disconnect(id)
	}
	if c.flags&homeDown != 0 {
		c.lower(homeDown)
		c.home, c.repeats = NoServer, false
		return
	}
	if sv := r.hold(c, c.home, -1); sv.sessions == 0 && sv.departing() {
		r.checkDrained(c.home)
	}
	c.home, c.repeats = NoServer, false
}

// visit is what a request does about its session's state when server s begins to work on it. It returns the extra work.
func (r *run) visit(q *request, p *population, s ServerID) Time {
	c := &r.clients[q.client]
	if c.flags&(hasState|keepsCookies|leftAfterLoss) == hasState|keepsCookies && q.flags&orphan == 0 {
		return r.place.visit(q, p, c, s)
	}
	switch {
	case !p.Stateful:
		return 0
	case q.flags&orphan != 0 || c.flags&leftAfterLoss != 0: // no client waits for the answer
		return r.place.cost(q, p, s)
	case c.flags&keepsCookies == 0 && r.place.needsJar():
		r.place.end(p, q.client) // the application cannot tell that it has seen the client before
	}
	if c.flags&hasState == 0 {
		q.raise(begins)
	}
	return r.place.visit(q, p, c, s)
}

// lose counts the loss of a session and does what its client does about it: log in again, start again, or leave after this
// answer. It returns the extra work.
func (r *run) lose(q *request, p *population, c *client, s ServerID, cause Cause) Time {
	if c.home == NoServer { // its client has had no answer yet, so for the client the session begins here
		r.place.end(p, q.client)
		r.place.begin(p, q.client, s)
		q.raise(begins)
		return 0
	}
	q.changesClient()
	r.attributeLoss(q.client, cause)
	r.blame(q, cause)
	r.place.end(p, q.client)
	r.countLoss(p, q.client, cause)
	if p.OnLoss == Leave {
		c.raise(ending | leftAfterLoss)
		r.visits[q.client].throwOut()
		return 0
	}
	if p.OnLoss == Restart && p.Requests != nil {
		r.sessions[q.client].willSend(r.drawSize(p, c))
	}
	r.sessions[q.client].beganAt(r.now)
	q.raise(begins)
	r.countStart(p, c)
	r.place.begin(p, q.client, s)
	return p.loginWork(q)
}

// loginWork is what a login costs the server, as part of the request.
func (p *population) loginWork(q *request) Time {
	if p.Login == nil {
		return 0
	}
	return FromSeconds(p.Login.Sample(q.draw(forLogin)))
}

// waits is the client of a request that no client waits for, if its session still continues and has state; nil if not.
func (r *run) waits(q *request) *client {
	c := &r.clients[q.client]
	if c.key != q.key || c.flags&(inSession|hasState) != inSession|hasState {
		return nil
	}
	return c
}

// drawSize draws how many requests the session will send.
func (r *run) drawSize(p *population, c *client) uint32 {
	size := p.Requests.Sample(c.draw(c.seq, forSize))
	p.surplus.drewSize(size)
	return uint32(min(max(size, 1), float64(endless-1)))
}
