package sim

// visitCached uses the copy on the server where it is, and loads it from the store where it is not; until that is done, it
// is in no cache. What the store was
// never given, or has forgotten, is lost with the copy.
func (r *run) visitCached(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		r.makeState(p, q.client, s)
		r.save(q, true, true)
		return 0
	}
	cold := &r.cold[q.client]
	write := r.writes(q, p)
	if p.IdleTimeout > 0 && r.now-cold.last > p.IdleTimeout {
		return r.loseCached(q, p, c, s, LostIdle)
	}
	if c.state == s && r.servers[s].incarnation == c.incarnation {
		r.cacheHits++
		r.save(q, false, write || cold.stored == 0)
		r.useState(q, p, s)
		return 0
	}
	r.cacheMisses++
	if cause, lost := r.cacheLoss(q, c, cold); lost {
		return r.loseCached(q, p, c, s, cause)
	}
	cold.stored = r.store.era + 1
	r.save(q, true, write)
	q.raise(loads)
	r.releasePrimary(q.client, c)
	c.state = loading
	cold.last = r.now
	if r.m.State.Load == nil {
		return 0
	}
	return FromSeconds(r.m.State.Load.Sample(q.key.At(uint64(q.seq)*purposes + forStore).At(forLoad)))
}

// loaded puts the state that q has read from the store into the cache of its server, if the session still goes on.
func (r *run) loaded(q *request) {
	q.lower(loads)
	c, s := &r.clients[q.client], q.server
	if !r.ofThisSession(q) || !r.servers[s].serving() {
		return
	}
	r.releasePrimary(q.client, c)
	c.state, c.incarnation = s, r.servers[s].incarnation
	r.addMemory(s, r.cold[q.client].bytes)
	r.remember(q.client, s)
	r.useState(q, &r.pops[q.pop], s)
}

// cacheLoss says whether a state that is not where the request is has gone from the store as well, or never got there.
func (r *run) cacheLoss(q *request, c *client, cold *clientCold) (Cause, bool) {
	switch {
	case cold.stored > 0 && !r.store.forgot(cold.stored-1, cold.born):
		return 0, false
	case cold.stored > 0 || r.store.down:
		return LostStoreOutage, true
	case c.state == evicted:
		return LostMemoryEviction, true
	case r.servers[c.state].incarnation != c.incarnation:
		return r.servers[c.state].lastEnd, true
	}
	return causeOf(Reason(q.why)), true
}

// loseCached loses a session whose state is in no cache and not in the store. If it begins anew, so does its state.
func (r *run) loseCached(q *request, p *population, c *client, s ServerID, cause Cause) Time {
	extra := r.lose(q, p, c, s, cause)
	r.save(q, true, c.flags&hasState != 0)
	return extra
}

// save sets what a request with a local copy does at the store: it reads unless the copy was there, and writes if it
// must, before or behind its answer.
func (r *run) save(q *request, read, write bool) {
	if read {
		q.calls(r.operations(false))
	}
	switch {
	case !write:
	case r.savesFirst(q):
		q.calls(q.op + 1)
		q.raise(stores)
	default:
		q.raise(saves)
	}
}

// savesFirst reports whether a request that writes its session's state is answered only then. As long as the store has
// not been given the state at all, everybody waits, so that there is nothing that only a cache knows.
func (r *run) savesFirst(q *request) bool { return r.m.State.Through || r.cold[q.client].stored == 0 }

// writeBehind begins the operation that saves a session's state while its request is answered.
func (r *run) writeBehind(q int32) {
	n := r.newRequest()
	answered := &r.requests[q]
	r.requests[n].beginSave(r.now, answered, &r.clients[answered.client])
	r.storeCall(n)
}

// written notes that the store has the state of the session that q belongs to, if that still goes on.
func (r *run) written(q *request) {
	if r.ofThisSession(q) {
		r.cold[q.client].stored = r.store.era + 1
	}
}

// ofThisSession reports whether the session that q met in its service is its client's present one: that may have ended,
// and the slot, or the user, begun another.
func (r *run) ofThisSession(q *request) bool {
	c := &r.clients[q.client]
	return c.key == q.key && c.flags&hasState != 0 && q.start >= c.since
}
