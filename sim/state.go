package sim

// evicted stands for the server of a state that was thrown out of a full memory.
const evicted ServerID = -3

// makeState creates the session's state on server s.
func (r *run) makeState(p *population, id ClientID, s ServerID) {
	c := &r.clients[id]
	c.flags |= hasState
	c.state = s
	c.incarnation = r.servers[s].incarnation
	if r.cold == nil {
		return
	}
	cold := &r.cold[id]
	cold.last, cold.fresh, cold.born = r.now, r.now, r.now
	cold.bytes = 0
	cold.copies = [2]ServerID{NoServer, NoServer}
	if r.inMemory() {
		r.grow(id, s, p.State)
		r.remember(id, s)
	}
}

// useState notes that the state on its server was read and written.
func (r *run) useState(p *population, id ClientID, sv *server) {
	if r.cold == nil {
		return
	}
	r.cold[id].last = r.now
	s := r.clients[id].state
	if r.bounded {
		r.forget(id, s)
	}
	r.grow(id, s, p.Growth)
	r.remember(id, s)
}

// grow adds bytes to the session's state and to the memory of the server that holds it.
func (r *run) grow(id ClientID, s ServerID, bytes float64) {
	if bytes == 0 {
		return
	}
	r.cold[id].bytes += bytes
	r.addMemory(s, bytes)
}

func (r *run) addMemory(s ServerID, bytes float64) {
	sv := &r.servers[s]
	sv.touchRare(r.now)
	sv.memory += bytes
	if limit := sv.spec.Memory; limit > 0 && sv.memory > limit {
		r.evict(s, sv, limit)
	}
	sv.memMost = max(sv.memMost, sv.memory)
}

// evict makes room: first what sessions that are over have left behind, then the states unused for longest.
func (r *run) evict(s ServerID, sv *server, limit float64) {
	drop := min(sv.lingering, sv.memory-limit)
	sv.lingering -= drop
	sv.memory -= drop
	for sv.memory > limit && sv.oldest != 0 {
		id := sv.oldest - 1
		r.forget(id, s)
		sv.memory -= r.cold[id].bytes
		r.clients[id].state = evicted
		r.evictions++
	}
}

// remember puts the session at the fresh end of its server's list of states.
func (r *run) remember(id ClientID, s ServerID) {
	if !r.bounded || r.clients[id].state != s {
		return
	}
	sv := &r.servers[s]
	cold := &r.cold[id]
	cold.newer, cold.older = 0, sv.newest
	if sv.newest == 0 {
		sv.oldest = id + 1
	} else {
		r.cold[sv.newest-1].newer = id + 1
	}
	sv.newest = id + 1
}

// forget takes the session out of its server's list of states.
func (r *run) forget(id ClientID, s ServerID) {
	sv := &r.servers[s]
	cold := &r.cold[id]
	if cold.newer == 0 {
		sv.newest = cold.older
	} else {
		r.cold[cold.newer-1].older = cold.older
	}
	if cold.older == 0 {
		sv.oldest = cold.newer
	} else {
		r.cold[cold.older-1].newer = cold.newer
	}
	cold.newer, cold.older = 0, 0
}

// dropState ends the state of a session that is over or lost. What a finished session leaves in a server's memory
// stays there until its idle timeout, as applications do that have no other way to know.
func (r *run) dropState(p *population, id ClientID) {
	c := &r.clients[id]
	if c.flags&hasState == 0 {
		return
	}
	c.flags &^= hasState
	if r.cold == nil {
		return
	}
	cold := &r.cold[id]
	r.dropCopies(cold)
	if s := c.state; s >= 0 && r.inMemory() && r.servers[s].incarnation == c.incarnation {
		if r.bounded {
			r.forget(id, s)
		}
		if p.Leak > 0 && c.key.Stream("leak").At(uint64(c.seq)).Float64() < p.Leak {
			r.servers[s].lingering += cold.bytes // for ever, or until the memory is needed
			cold.bytes = 0
			return
		}
		if p.IdleTimeout > 0 && cold.bytes > 0 {
			if left := cold.last + p.IdleTimeout - r.now; left > 0 {
				r.servers[s].lingering += cold.bytes
				r.plan(scheduled{step: stepForget, server: s, era: c.incarnation, bytes: cold.bytes}, r.now+left)
				cold.bytes = 0
				return
			}
		}
		r.addMemory(s, -cold.bytes)
	}
	cold.bytes = 0
}

// inMemory reports whether session state takes up the servers' memory.
func (r *run) inMemory() bool {
	switch r.m.State.Kind {
	case Local, Replicated, CachedStore:
		return true
	}
	return false
}

// forgetLingering frees what a finished session had left behind.
func (r *run) forgetLingering(x scheduled) {
	sv := &r.servers[x.server]
	if sv.incarnation != x.era || sv.lingering <= 0 {
		return
	}
	bytes := min(x.bytes, sv.lingering)
	sv.lingering -= bytes
	r.addMemory(x.server, -bytes)
}

// visitReplicated finds the state on its primary or, after that was lost, on a copy that was complete in time. Any
// server can take the session over; it becomes the primary.
func (r *run) visitReplicated(q *request, p *population, c *client, s ServerID) Time {
	extra := Time(0)
	if p := r.m.State.Write; p != nil {
		extra = FromSeconds(p.Sample(q.key.At(uint64(q.seq)*purposes + forLag).At(1)))
	}
	if c.flags&hasState == 0 {
		r.makeState(p, q.client, s)
		r.replicate(q, c, s)
		return extra
	}
	if cause, lost := r.replicaLoss(p, q, c); lost {
		extra += r.lose(q, p, c, s, cause)
		if c.flags&hasState != 0 {
			r.replicate(q, c, s)
		}
		return extra
	}
	if c.state != s || r.servers[s].incarnation != c.incarnation {
		bytes := r.cold[q.client].bytes
		r.releasePrimary(q.client, c)
		c.state, c.incarnation = s, r.servers[s].incarnation
		r.cold[q.client].bytes = bytes
		r.addMemory(s, bytes)
		r.remember(q.client, s)
	}
	r.useState(p, q.client, &r.servers[s])
	r.replicate(q, c, s)
	return extra
}

// releasePrimary takes the state off the server that held it, if that still does.
func (r *run) releasePrimary(id ClientID, c *client) {
	if s := c.state; s >= 0 && r.servers[s].incarnation == c.incarnation {
		if r.bounded {
			r.forget(id, s)
		}
		r.addMemory(s, -r.cold[id].bytes)
	}
}

// replicaLoss says whether neither primary nor a complete copy of the state is left.
func (r *run) replicaLoss(p *population, q *request, c *client) (Cause, bool) {
	cold := &r.cold[q.client]
	if p.IdleTimeout > 0 && r.now-cold.last > p.IdleTimeout {
		return LostIdle, true
	}
	if c.state >= 0 && r.servers[c.state].incarnation == c.incarnation && r.servers[c.state].life != gone {
		return 0, false
	}
	cause := LostMemoryEviction
	died := Never
	if c.state >= 0 {
		cause, died = r.servers[c.state].lastEnd, r.servers[c.state].endedAt
	}
	for i, s := range cold.copies {
		if s == NoServer || r.servers[s].incarnation != cold.copyEra[i] {
			continue
		}
		if cold.written <= died {
			return 0, false
		}
		cause = LostReplicaLag
	}
	return cause, true
}

// replicate sends the state to the next running servers after s; the copies are complete after the lag.
func (r *run) replicate(q *request, c *client, s ServerID) {
	cold := &r.cold[q.client]
	r.dropCopies(cold)
	cold.written, cold.copied = r.now, cold.bytes
	if d := r.m.State.Lag; d != nil {
		cold.written += FromSeconds(d.Sample(q.key.At(uint64(q.seq)*purposes + forLag)))
	}
	n := 0
	for i := 1; i < len(r.servers) && n < min(r.m.State.Copies-1, len(cold.copies)); i++ {
		o := ServerID((int(s) + i) % len(r.servers))
		if r.servers[o].life == running {
			cold.copies[n], cold.copyEra[n] = o, r.servers[o].incarnation
			r.addMemory(o, cold.bytes)
			n++
		}
	}
}

func (r *run) dropCopies(cold *clientCold) {
	if r.m.State.Kind != Replicated {
		return
	}
	for i, s := range cold.copies {
		if s != NoServer && r.servers[s].incarnation == cold.copyEra[i] {
			r.addMemory(s, -cold.copied)
		}
		cold.copies[i] = NoServer
	}
}
