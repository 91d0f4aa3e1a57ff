package sim

// What stands for the server of a state that is nowhere.
const (
	evicted ServerID = -3 // it was thrown out of a full memory
	expired ServerID = -4 // nobody has asked for it for its idle timeout
	loading ServerID = -5 // it is in a store, and a cache is to have it from there
)

// recency lists states by last use: slots of clients plus 1, linked in clientCold; 0 ends it.
type recency struct{ newest, oldest ClientID }

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
	cold.bytes, cold.cluster, cold.stored = 0, r.replicas.era, 0
	if r.inMemory() {
		r.grow(id, s, int64(p.State))
		r.remember(id, s)
	}
}

// useState notes that the state on its server was read, and written if the request changes it.
func (r *run) useState(q *request, p *population, s ServerID) {
	if r.cold == nil {
		return
	}
	id := q.client
	r.cold[id].last = r.now
	if r.bounded {
		r.forget(id, s)
	}
	if p.Growth > 0 && r.changes(q, p) {
		r.grow(id, s, int64(p.Growth))
	}
	r.remember(id, s)
}

// changes says whether a request changes its session's state.
func (r *run) changes(q *request, p *population) bool {
	return p.Unchanged == 0 || q.key.At(uint64(q.seq)*purposes+forStore).At(forChange).Float64() >= p.Unchanged
}

// writes says whether a request writes its session's state.
func (r *run) writes(q *request, p *population) bool { return !r.m.State.OnChange || r.changes(q, p) }

// grow adds bytes to the session's state on s, and on whoever holds the same.
func (r *run) grow(id ClientID, s ServerID, bytes int64) {
	if bytes != 0 {
		r.cold[id].bytes += bytes
		r.addState(s, bytes)
	}
}

// addState changes the memory of the server that holds a state: of all, where all do.
func (r *run) addState(s ServerID, bytes int64) {
	if !r.everywhere() {
		r.addMemory(s, bytes)
		return
	}
	for i := range r.servers {
		if r.servers[i].serving() {
			r.addMemory(ServerID(i), bytes)
		}
	}
}

func (r *run) addMemory(s ServerID, bytes int64) {
	sv := &r.servers[s]
	sv.addMemory(r.now, bytes)
	if limit := int64(sv.spec.Memory); limit > 0 && bytes > 0 && sv.memory > limit {
		r.evict(s, sv, limit)
	}
	sv.noteMemory()
}

// evict makes room: first what sessions that are over have left behind, then the states unused for longest.
func (r *run) evict(s ServerID, sv *server, limit int64) {
	sv.freeLingering(r.now, sv.memory-limit)
	list := r.recentOn(s)
	for sv.memory > limit && list.oldest != 0 {
		id := list.oldest - 1
		r.forget(id, s)
		r.addState(s, -r.cold[id].bytes)
		r.clients[id].state = evicted
		r.evictions++
	}
}

// recentOn is the list of the states on s; where every server holds everything, there is one for all.
func (r *run) recentOn(s ServerID) *recency {
	if r.everywhere() {
		return &r.replicas.recent
	}
	return &r.servers[s].recent
}

// remember puts the session at the fresh end of its server's list of states.
func (r *run) remember(id ClientID, s ServerID) {
	if !r.bounded || r.clients[id].state != s {
		return
	}
	list := r.recentOn(s)
	cold := &r.cold[id]
	cold.newer, cold.older = 0, list.newest
	if list.newest == 0 {
		list.oldest = id + 1
	} else {
		r.cold[list.newest-1].newer = id + 1
	}
	list.newest = id + 1
}

// forget takes the session out of its server's list of states.
func (r *run) forget(id ClientID, s ServerID) {
	list := r.recentOn(s)
	cold := &r.cold[id]
	if cold.newer == 0 {
		list.newest = cold.older
	} else {
		r.cold[cold.newer-1].older = cold.older
	}
	if cold.older == 0 {
		list.oldest = cold.newer
	} else {
		r.cold[cold.older-1].newer = cold.newer
	}
	cold.newer, cold.older = 0, 0
}

// dropState ends the state of a session that is over or lost. What a finished session leaves in memory stays there
// until its idle timeout, as applications do that have no other way to know.
func (r *run) dropState(p *population, id ClientID) {
	c := &r.clients[id]
	if c.flags&hasState == 0 {
		return
	}
	c.flags &^= hasState
	if r.cold == nil || !r.inMemory() {
		return
	}
	r.freeState(p, id, r.cold[id].last+p.IdleTimeout-r.now)
}

// freeState takes a session's state out of memory, after it has stayed for a while; some leak, and stay for ever, or until
// the memory is needed.
func (r *run) freeState(p *population, id ClientID, stays Time) {
	c, cold := &r.clients[id], &r.cold[id]
	switch {
	case p.Leak > 0 && c.key.Stream("leak").At(uint64(c.seq)).Float64() < p.Leak:
		stays = Never
	case p.IdleTimeout == 0:
		stays = 0
	}
	r.dropCopies(id, stays)
	if r.held(c, cold) {
		if r.bounded {
			r.forget(id, c.state)
		}
		r.abandonState(c.state, cold.bytes, stays)
	}
	cold.bytes = 0
}

// planExpiry plans for a session's state to be dropped if its client will not be back within the idle timeout.
func (r *run) planExpiry(p *population, id ClientID, back Time) {
	if r.clients[id].flags&hasState == 0 || !r.inMemory() {
		return
	}
	if at := r.cold[id].last + p.IdleTimeout + 1; at < back {
		r.plan(scheduled{do: (*run).expire, client: id, key: r.clients[id].key}, max(at, r.now))
	}
}

// expire drops the state of a session that has been idle for too long. The session is lost when its client notices.
func (r *run) expire(x scheduled) {
	c := &r.clients[x.client]
	p := &r.pops[c.pop]
	if c.key != x.key || c.flags&hasState == 0 || r.now-r.cold[x.client].last <= p.IdleTimeout || !r.held(c, &r.cold[x.client]) {
		return
	}
	r.freeState(p, x.client, 0)
	c.state = expired
}

// held reports whether a session's state is where its last request was, or, where every server holds everything,
// anywhere.
func (r *run) held(c *client, cold *clientCold) bool {
	if c.state < 0 {
		return false
	}
	if r.everywhere() {
		return cold.cluster == r.replicas.era
	}
	return r.servers[c.state].incarnation == c.incarnation
}

// abandonState leaves a state that nobody will ask for again on the server that holds it, or on all.
func (r *run) abandonState(s ServerID, bytes int64, stays Time) {
	if !r.everywhere() {
		r.abandon(s, bytes, stays)
		return
	}
	for i := range r.servers {
		if r.servers[i].serving() {
			r.abandon(ServerID(i), bytes, stays)
		}
	}
}

// abandon leaves bytes on a server that nobody will ask for again, for as long as they stay.
func (r *run) abandon(s ServerID, bytes int64, stays Time) {
	switch {
	case bytes == 0:
	case stays <= 0:
		r.addMemory(s, -bytes)
	default:
		r.servers[s].leaveBehind(bytes)
		if stays < Never {
			r.plan(scheduled{do: (*run).forgetLingering, server: s, era: r.servers[s].incarnation, bytes: bytes}, r.now+stays)
		}
	}
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
	sv.freeLingering(r.now, x.bytes)
}
