package sim

// cached keeps a session's state in a store, with a copy in the memory of every server that has read it since it changed.
// State that the store never received, or has forgotten, is lost with the copy.
type cached struct {
	memories
	spares       spareCopies
	reading      law   // work of a miss
	hits, misses int64 // requests that found the copy on their server, and that did not
}

func newCached(base noState) *cached {
	x := &cached{memories: newMemories(base, true), reading: lawOf(base.r.m.State.Load)}
	x.spares.on = make([]spareList, base.r.m.room())
	x.roomier = x.makeRoom
	return x
}

func (x *cached) admit(id ClientID) {
	x.memories.admit(id)
	if x.tracked {
		x.spares.of = record(x.spares.of, id)
	}
}

func (x *cached) resume(p *population, id ClientID, s ServerID, born Time, grown int64) {
	x.memories.resume(p, id, s, born, grown)
	x.r.sessions[id].madeAt(born, x.r.store.era+1)
}

// visit uses the copy on s, if there is one, and otherwise loads it from the store.
func (x *cached) visit(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		x.misses++
		x.begin(p, q.client, s)
		x.save(q, true, true)
		return 0
	}
	kept := &x.r.sessions[q.client]
	write := x.r.writes(q, p)
	if p.isIdle(kept, x.r.now) {
		return x.lose(q, p, c, s, LostIdle)
	}
	if kept.keptAt(s, x.r.servers[s].incarnation) || x.promote(q.client, s) {
		x.hits++
		x.save(q, false, write || kept.stored == 0)
		x.change(q, p)
		x.use(q, p, s)
		return 0
	}
	x.misses++
	if cause, lost := x.loss(q); lost {
		return x.lose(q, p, c, s, cause)
	}
	kept.storedIn(x.r.store.era)
	x.save(q, true, write)
	q.raise(loads)
	x.spare(q.client)
	x.change(q, p)
	kept.keptBy(loading, kept.incarnation)
	kept.use(x.r.now)
	return x.loadWork(q)
}

// cost looks for the copy, and reads from the store what is not there. What is read stays nowhere.
func (x *cached) cost(q *request, p *population, s ServerID) Time {
	c, operations, extra := x.r.waits(q), x.r.store.operations(false), Time(0)
	writes := c == nil || x.r.writes(q, p)
	switch {
	case c == nil:
	case x.r.sessions[q.client].keptAt(s, x.r.servers[s].incarnation), x.spares.find(q.client, s, x.r.servers[s].incarnation) > 0:
		operations = 0
	default:
		extra = x.loadWork(q)
		if _, lost := x.loss(q); lost {
			writes, extra = true, p.loginWork(q)
		}
	}
	if writes {
		operations++
	}
	q.calls(operations)
	return extra
}

// loadWork is the work of a miss.
func (x *cached) loadWork(q *request) Time {
	return x.reading.part(q, forStore, forLoad)
}

// loss says whether a state that is not on the request's server is not in the store either, and why.
func (x *cached) loss(q *request) (Cause, bool) {
	kept, store := &x.r.sessions[q.client], x.r.store
	switch {
	case kept.stored > 0 && !store.forgot(kept.stored-1, kept.made):
		return 0, false
	case kept.stored > 0 || store.down:
		return LostStoreOutage, true
	case kept.state == evicted:
		return LostMemoryEviction, true
	case kept.state == expired:
		return LostIdle, true
	case x.r.servers[kept.state].incarnation != kept.incarnation:
		return x.r.servers[kept.state].ends[kept.incarnation].cause, true
	}
	return causeOf(Reason(q.why)), true
}

// lose loses a session whose state is in no cache and not in the store. If the session begins anew, so does its state.
func (x *cached) lose(q *request, p *population, c *client, s ServerID, cause Cause) Time {
	extra := x.r.lose(q, p, c, s, cause)
	x.save(q, true, c.flags&hasState != 0)
	return extra
}

// save decides what a request does at the store: it reads unless its server has the copy, and writes if it must, before or
// after its answer.
func (x *cached) save(q *request, read, write bool) {
	if read {
		q.calls(x.r.store.operations(false))
	}
	switch {
	case !write:
	case x.savesFirst(q):
		q.calls(q.op + 1)
		q.raise(stores)
	default:
		q.raise(saves)
	}
}

// savesFirst reports whether a request that writes its session's state is answered only after the write. As long as the
// store has not received the state at all, every request waits, so that no answer depends on what only a cache has.
func (x *cached) savesFirst(q *request) bool {
	return x.r.m.State.Through || x.r.sessions[q.client].stored == 0
}

// served begins the write of a session's state that no answer waits for.
func (x *cached) served(q int32) {
	r := x.r
	n, save := r.newRequest()
	answered := &r.requests[q]
	save.beginSave(r.now, answered, &r.clients[answered.client])
	r.store.call(n, &r.requests[n])
}

// stored follows a request's last read and its last write.
func (x *cached) stored(q *request) {
	if q.flags&loads != 0 && (q.op == 0 || q.op == 1 && q.flags&stores != 0) {
		x.loaded(q)
	}
	if q.flags&(stores|background) != 0 && q.op == 0 && x.ofThisSession(q) {
		x.r.sessions[q.client].storedIn(x.r.store.era)
	}
}

// loaded puts the state that q has read from the store into the memory of its server, if the session still continues.
func (x *cached) loaded(q *request) {
	q.lower(loads)
	s := q.server
	if !x.ofThisSession(q) || !x.r.servers[s].serving() {
		return
	}
	if !x.promote(q.client, s) && !x.r.sessions[q.client].keptAt(s, x.r.servers[s].incarnation) {
		x.spare(q.client)
		x.take(q.client, s)
	}
	p := x.r.pops[q.pop]
	x.change(q, p)
	x.use(q, p, s)
}

// ofThisSession reports whether the session that q met in its service is its client's present one: that session may have
// ended since, and the slot, or the user, begun another.
func (x *cached) ofThisSession(q *request) bool {
	c := &x.r.clients[q.client]
	return c.key == q.key && c.flags&hasState != 0 && q.start >= x.r.sessions[q.client].since
}

func (x *cached) where(id ClientID) whereabouts {
	at := x.memories.where(id)
	at.storeEra = x.r.store.eraOf(x.r.sessions[id].stored)
	return at
}

func (x *cached) measure() { x.hits, x.misses = 0, 0 }
