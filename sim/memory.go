package sim

import (
	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

// What stands for the server of a state that is on none.
const (
	evicted ServerID = -3 // it was evicted from a full memory
	expired ServerID = -4 // it was dropped after its idle timeout
	loading ServerID = -5 // a cache is about to load it from the store
)

// memories are the servers' memories, as far as they hold session state: what the placements share that keep it there. A
// state is on one server or, with everywhere, on every server that serves.
type memories struct {
	noState
	tracked    bool                          // state has a size, or expires, or a placement needs to know where it is
	bounded    bool                          // some server's memory is
	order      []neighbours                  // by client, if bounded
	recent     []recency                     // by server, if bounded; with everywhere, the first is that of all servers
	roomier    func(s ServerID, limit int64) // drops what a server can do without; nil: there is nothing
	everywhere bool
	era        uint16   // everywhere: goes up when the last server that serves ends, with all state
	eras       []uint16 // everywhere: by client, the era in which its state was made
}

// neighbours are those of a state in its list of recency: slots of clients plus 1; 0 ends it.
type neighbours struct{ newer, older ClientID }

// recency lists states by last use: slots of clients plus 1; 0 where it is empty.
type recency struct{ newest, oldest ClientID }

// newMemories makes empty memories. States are tracked where they have a size, or a placement needs it.
func newMemories(base noState, tracked bool) memories {
	m, r := memories{noState: base}, base.r
	if !tracked || !r.stateful {
		return m
	}
	m.tracked = true
	m.bounded = r.m.Template.Memory > 0
	for i := range r.m.Servers {
		m.bounded = m.bounded || r.m.Servers[i].Memory > 0
	}
	if m.bounded {
		m.recent = make([]recency, r.m.room())
		m.order = make([]neighbours, 0, cap(r.clients))
	}
	return m
}

func (m *memories) admit(id ClientID) {
	if m.bounded {
		m.order = record(m.order, id)
	}
	if m.everywhere && m.tracked {
		m.eras = record(m.eras, id)
	}
}

func (m *memories) begin(p *population, id ClientID, s ServerID) {
	m.r.clients[id].raise(hasState)
	kept := &m.r.sessions[id]
	kept.makeState(m.r.now)
	kept.keptBy(s, m.r.servers[s].incarnation)
	if !m.tracked {
		return
	}
	if m.everywhere {
		m.eras[id] = m.era
	}
	m.grow(id, s, int64(p.State))
	m.remember(id, s)
}

func (m *memories) resume(p *population, id ClientID, s ServerID, _ Time, grown int64) {
	m.begin(p, id, s)
	if m.tracked {
		m.grow(id, s, grown)
	}
}

// use notes that a request has read the state on server s, and has changed it if the request does that.
func (m *memories) use(q *request, p *population, s ServerID) {
	if !m.tracked {
		return
	}
	id := q.client
	m.r.sessions[id].use(m.r.now)
	if m.bounded {
		m.forget(id, s)
	}
	if p.Growth > 0 && m.r.changes(q, p) {
		m.grow(id, s, int64(p.Growth))
	}
	m.remember(id, s)
}

// grow adds bytes to the session's state on s, and to the same state elsewhere.
func (m *memories) grow(id ClientID, s ServerID, bytes int64) {
	if bytes != 0 {
		m.r.sessions[id].grow(bytes)
		m.add(s, bytes)
	}
}

// add changes the memory of s by the size of a state, and that of the servers which hold the same.
func (m *memories) add(s ServerID, bytes int64) {
	if !m.everywhere {
		m.addTo(s, bytes)
		return
	}
	for _, s := range m.r.present() {
		if m.r.servers[s].serving() {
			m.addTo(s, bytes)
		}
	}
}

func (m *memories) addTo(s ServerID, bytes int64) {
	sv := m.r.servers[s]
	sv.addMemory(m.r.now, bytes)
	if limit := int64(sv.spec.Memory); limit > 0 && bytes > 0 && sv.memory > limit {
		m.evict(s, sv, limit)
	}
	sv.noteMemory()
}

// evict makes room: first of what finished sessions have left behind, then of the states that were used least recently.
func (m *memories) evict(s ServerID, sv *server, limit int64) {
	sv.evictLingering(m.r.now, sv.memory-limit)
	if m.roomier != nil {
		m.roomier(s, limit)
	}
	list := m.recencyOn(s)
	for sv.memory > limit && list.oldest != 0 {
		id := list.oldest - 1
		m.forget(id, s)
		kept := &m.r.sessions[id]
		m.add(s, -kept.bytes)
		kept.keptBy(evicted, kept.incarnation)
		m.r.countEviction()
	}
}

// recencyOn lists the states on s. With everywhere there is one list for all servers.
func (m *memories) recencyOn(s ServerID) *recency {
	if m.everywhere {
		s = 0
	}
	return &m.recent[s]
}

// remember makes the session's state the most recently used one on its server.
func (m *memories) remember(id ClientID, s ServerID) {
	if !m.bounded || m.r.sessions[id].state != s {
		return
	}
	list, at := m.recencyOn(s), &m.order[id]
	at.newer, at.older = 0, list.newest
	if list.newest == 0 {
		list.oldest = id + 1
	} else {
		m.order[list.newest-1].newer = id + 1
	}
	list.newest = id + 1
}

// forget takes the session's state out of the list of its server.
func (m *memories) forget(id ClientID, s ServerID) {
	list, at := m.recencyOn(s), &m.order[id]
	if at.newer == 0 {
		list.newest = at.older
	} else {
		m.order[at.newer-1].older = at.older
	}
	if at.older == 0 {
		list.oldest = at.newer
	} else {
		m.order[at.older-1].newer = at.newer
	}
	*at = neighbours{}
}

// take gives s a state that was elsewhere, or nowhere.
func (m *memories) take(id ClientID, s ServerID) {
	m.release(id)
	kept := &m.r.sessions[id]
	kept.keptBy(s, m.r.servers[s].incarnation)
	m.addTo(s, kept.bytes)
	m.remember(id, s)
}

// release takes the state off the server that held it, if the server still does.
func (m *memories) release(id ClientID) {
	kept := &m.r.sessions[id]
	if s := kept.state; s >= 0 && m.r.servers[s].incarnation == kept.incarnation {
		if m.bounded {
			m.forget(id, s)
		}
		m.addTo(s, -kept.bytes)
	}
}

// held reports whether a session's state is on the server where it was last used or, with everywhere, on any.
func (m *memories) held(id ClientID) bool {
	kept := &m.r.sessions[id]
	switch {
	case kept.state < 0:
		return false
	case m.everywhere:
		return m.eras[id] == m.era
	}
	return m.r.servers[kept.state].incarnation == kept.incarnation
}

func (m *memories) end(p *population, id ClientID) {
	if m.ends(id) {
		m.free(id, m.remains(p, id, m.r.sessions[id].used+p.IdleTimeout-m.r.now))
	}
}

// ends takes the state from a session that is over or lost. It reports whether there is something to free.
func (m *memories) ends(id ClientID) bool {
	c := &m.r.clients[id]
	had := c.flags&hasState != 0
	c.lower(hasState)
	return had && m.tracked
}

var toLeak = rng.PurposeOf("leak")

// remains is how long the state of a session that is over stays in memory: until its idle timeout, because the application
// has no other way to know, or permanently, if the application leaks it.
func (m *memories) remains(p *population, id ClientID, untilTimeout Time) Time {
	c := &m.r.clients[id]
	switch {
	case p.Leak > 0 && c.key.For(toLeak).At(uint64(c.seq)).Float64() < p.Leak:
		return Never
	case p.IdleTimeout == 0:
		return 0
	}
	return untilTimeout
}

// free takes a session's state out of memory, after it has remained there for a while.
func (m *memories) free(id ClientID, remains Time) {
	kept := &m.r.sessions[id]
	if m.held(id) {
		if m.bounded {
			m.forget(id, kept.state)
		}
		m.leave(kept.state, kept.bytes, remains)
	}
	kept.freeState()
}

// leave leaves a state that no client will ask for again on the servers that hold it.
func (m *memories) leave(s ServerID, bytes int64, remains Time) {
	if !m.everywhere {
		m.leaveOn(s, bytes, remains)
		return
	}
	for _, s := range m.r.present() {
		if m.r.servers[s].serving() {
			m.leaveOn(s, bytes, remains)
		}
	}
}

func (m *memories) leaveOn(s ServerID, bytes int64, remains Time) {
	switch {
	case bytes == 0:
	case remains <= 0:
		m.addTo(s, -bytes)
	default:
		m.r.servers[s].leaveBehind(m.r.now, bytes, m.r.now+min(remains, Never-m.r.now))
	}
}

func (m *memories) idle(p *population, id ClientID, next Time) {
	c := &m.r.clients[id]
	if c.flags&hasState == 0 {
		return
	}
	if at := m.r.sessions[id].used + p.IdleTimeout + 1; at < next {
		m.r.plan(scheduled{do: func(r *run, x scheduled) { r.place.expire(x) }, client: id, key: c.key}, max(at, m.r.now))
	}
}

func (m *memories) expire(x scheduled) {
	if remains, expires := m.expires(x); expires {
		m.free(x.client, remains)
		kept := &m.r.sessions[x.client]
		kept.keptBy(expired, kept.incarnation)
	}
}

// expires reports whether a state has been idle for longer than its timeout, and how long it remains in memory. Its
// session is lost only when the client's next request needs it.
func (m *memories) expires(x scheduled) (remains Time, expires bool) {
	c := &m.r.clients[x.client]
	p := m.r.pops[c.pop]
	if c.key != x.key || c.flags&hasState == 0 || !p.isIdle(&m.r.sessions[x.client], m.r.now) || !m.held(x.client) {
		return 0, false
	}
	return m.remains(p, x.client, 0), true
}

// serverReady gives a server that joins what all servers have.
func (m *memories) serverReady(s ServerID) {
	if !m.everywhere {
		return
	}
	all := int64(0)
	for i := range m.r.clients {
		if m.r.clients[i].flags&hasState != 0 && m.held(ClientID(i)) {
			all += m.r.sessions[i].bytes
		}
	}
	m.addTo(s, all)
}

func (m *memories) serverGone(s ServerID) {
	m.r.servers[s].loseMemory()
	switch {
	case !m.everywhere:
		if m.bounded {
			m.recent[s] = recency{}
		}
	case m.r.fleet.serving == 0:
		m.era++
		if m.bounded {
			m.recent[0] = recency{}
		}
	}
}

func (m *memories) where(id ClientID) whereabouts {
	kept := &m.r.sessions[id]
	return whereabouts{server: kept.state, incarnation: kept.incarnation}
}

func (m *memories) prefetch(b *prefetch.Batch, id ClientID) {
	if m.bounded {
		prefetch.Add(b, &m.order[id])
	}
}

// audit checks that the bytes in each server's memory are those of the states there and of what is left behind.
func (m *memories) audit() {
	if m.tracked {
		m.compare(m.holdings())
	}
}

// holdings adds up the states by server.
func (m *memories) holdings() []int64 {
	held := make([]int64, len(m.r.servers))
	all := int64(0)
	for i := range m.r.clients {
		switch {
		case m.r.clients[i].flags&hasState == 0 || !m.held(ClientID(i)):
		case m.everywhere:
			all += m.r.sessions[i].bytes
		default:
			held[m.r.sessions[i].state] += m.r.sessions[i].bytes
		}
	}
	for i := range m.r.servers {
		if m.r.servers[i].serving() {
			held[i] += all
		}
	}
	return held
}

// compare checks the servers' memories against what is found in them.
func (m *memories) compare(found []int64) {
	for i := range m.r.servers {
		sv := m.r.servers[i]
		if want := found[i] + sv.lingering; sv.memory != want {
			violated("memory", "server %s: %d bytes counted, %d found", sv.info.Name, sv.memory, want)
		}
	}
}
