package sim

import "slices"

// replicated keeps a session's state in the memory of several servers. With a number of copies, each state has a server
// that answers for it and buddies that hold copies (Tomcat's BackupManager, Infinispan's owners). Without, every server has
// everything, and a server that joins receives it (Tomcat's DeltaManager).
type replicated struct {
	memories
	each   int          // copies of a state, besides the one on the server that answers for it
	copies []copyRef    // by client, each to a client
	writes []replicaLog // by client

	lag, writing, fetching law // of one copy: until it is complete, the work of sending it, and that of getting it back

	visits  int64 // requests of sessions with state
	stale   int64 // of them, those that found a copy older than the last write
	fetched int64 // of them, those that had to fetch the state from another server
}

// copyRef is a copy of a state in an incarnation of a server; server is the ID plus 1, 0 = none.
type copyRef struct {
	server ServerID
	era    uint16
}

// replicaLog is what the copies of a state are.
type replicaLog struct {
	written Time  // when the last write is on all of them
	bytes   int64 // of each
}

// maxCopies bounds the servers that hold a state, if not all do.
const maxCopies = 16

func newReplicated(base noState) *replicated {
	spec := &base.r.m.State
	x := &replicated{memories: newMemories(base, true), lag: lawOf(spec.Lag), writing: lawOf(spec.Write), fetching: lawOf(spec.Fetch)}
	x.everywhere = base.r.m.State.Copies == 0
	if !x.everywhere {
		x.each = base.r.m.State.Copies - 1
	}
	return x
}

func (x *replicated) admit(id ClientID) {
	x.memories.admit(id)
	if !x.tracked {
		return
	}
	x.writes = record(x.writes, id)
	if x.each*int(id) == len(x.copies) {
		x.copies = append(x.copies, make([]copyRef, x.each)...)
	}
	clear(x.copiesOf(id))
}

func (x *replicated) copiesOf(id ClientID) []copyRef {
	first := int(id) * x.each
	return x.copies[first : first+x.each]
}

// alive reports whether the server of a copy still has it.
func (x *replicated) alive(at copyRef) bool {
	return at.server > 0 && x.r.servers[at.server-1].incarnation == at.era
}

// visit finds the state on the server that answers for it or, if that was lost, on a copy that was complete in time. Any
// server can take the session over, and answers for it from then on.
func (x *replicated) visit(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		x.begin(p, q.client, s)
		return x.replicate(q, s)
	}
	if cause, lost := x.loss(q, p); lost {
		extra := x.r.lose(q, p, c, s, cause)
		if c.flags&hasState != 0 {
			extra += x.replicate(q, s)
		}
		return extra
	}
	extra := x.takeOver(q, s)
	x.use(q, p, s)
	if x.r.writes(q, p) {
		extra += x.replicate(q, s)
	}
	return extra
}

func (x *replicated) cost(q *request, p *population, s ServerID) Time {
	c, extra := x.r.waits(q), Time(0)
	writes := c == nil || x.r.writes(q, p)
	if c != nil {
		if _, lost := x.loss(q, p); lost {
			writes, extra = true, p.loginWork(q)
		} else if x.r.sessions[q.client].state != s && !x.everywhere && !x.hasCopy(q.client, s) {
			extra = x.fetchWork(q)
		}
	}
	if writes {
		n := x.each
		if x.everywhere {
			n = int(x.r.fleet.serving) - 1
		}
		extra += x.writeWork(q, n)
	}
	return extra
}

func (x *replicated) resume(p *population, id ClientID, s ServerID, born Time, grown int64) {
	x.memories.resume(p, id, s, born, grown)
	x.writes[id].written = x.r.now
	if !x.everywhere {
		x.copyToBuddies(id, s)
	}
}

// takeOver makes s answer for the session. It returns the work of fetching a state that s does not have.
func (x *replicated) takeOver(q *request, s ServerID) (extra Time) {
	x.visits++
	if x.r.sessions[q.client].keptAt(s, x.r.servers[s].incarnation) {
		return 0
	}
	switch {
	case !x.everywhere && !x.hasCopy(q.client, s):
		x.fetched++
		extra = x.fetchWork(q)
	case x.r.now < x.writes[q.client].written:
		x.stale++
	}
	if x.everywhere {
		x.r.sessions[q.client].keptBy(s, x.r.servers[s].incarnation)
	} else {
		x.take(q.client, s)
	}
	return extra
}

// fetchWork is the work of fetching the state from another server.
func (x *replicated) fetchWork(q *request) Time {
	return x.fetching.part(q, forLag, 2)
}

func (x *replicated) hasCopy(id ClientID, s ServerID) bool {
	for _, at := range x.copiesOf(id) {
		if at.server == s+1 && x.alive(at) {
			return true
		}
	}
	return false
}

// loss says whether neither the server that answered for the state nor a complete copy of it is left, and why.
func (x *replicated) loss(q *request, p *population) (Cause, bool) {
	kept := &x.r.sessions[q.client]
	if p.isIdle(kept, x.r.now) {
		return LostIdle, true
	}
	cause, died := LostMemoryEviction, Never
	if kept.state >= 0 {
		home := x.r.servers[kept.state]
		if home.incarnation == kept.incarnation {
			return 0, false
		}
		cause, died = home.ends[kept.incarnation].cause, home.ends[kept.incarnation].at
	}
	switch {
	case !x.copied(q.client):
		return cause, true
	case x.writes[q.client].written > died:
		return LostReplicaLag, true
	}
	return 0, false
}

// copied reports whether some server has a copy.
func (x *replicated) copied(id ClientID) bool {
	return x.everywhere && x.held(id) || slices.ContainsFunc(x.copiesOf(id), x.alive)
}

func (x *replicated) gone(id ClientID) bool {
	kept := &x.r.sessions[id]
	if kept.state < 0 || x.r.servers[kept.state].incarnation == kept.incarnation {
		return false
	}
	return !x.copied(id) || x.writes[id].written > x.r.servers[kept.state].ends[kept.incarnation].at
}

// replicate sends the state to all other servers, or to the next ones after s; the copies are complete after the lag. It
// returns the work of sending them.
func (x *replicated) replicate(q *request, s ServerID) Time {
	x.writes[q.client].written = x.r.now + x.lag.drawFor(q.key, q.seq, forLag)
	n := 0
	if x.everywhere {
		n = int(x.r.fleet.serving) - 1
	} else {
		n = x.copyToBuddies(q.client, s)
	}
	return x.writeWork(q, n)
}

// writeWork is the work of sending the state to n servers.
func (x *replicated) writeWork(q *request, n int) Time {
	return Time(n) * x.writing.part(q, forLag, 1)
}

func (x *replicated) copyToBuddies(id ClientID, s ServerID) int {
	x.dropCopies(id, 0)
	bytes := x.r.sessions[id].bytes
	x.writes[id].bytes = bytes
	buddies, present := x.copiesOf(id), x.r.present()
	next, _ := slices.BinarySearch(present, s+1)
	n := 0
	for i := 0; i < len(present) && n < len(buddies); i++ {
		if o := present[(next+i)%len(present)]; o != s && x.r.servers[o].serving() {
			buddies[n] = copyRef{o + 1, x.r.servers[o].incarnation}
			x.addTo(o, bytes)
			n++
		}
	}
	return n
}

// dropCopies gives up the copies of a state; they remain in memory for a while.
func (x *replicated) dropCopies(id ClientID, remains Time) {
	copies := x.copiesOf(id)
	for i, at := range copies {
		if x.alive(at) {
			x.leaveOn(at.server-1, x.writes[id].bytes, remains)
		}
		copies[i] = copyRef{}
	}
}

func (x *replicated) end(p *population, id ClientID) {
	if x.ends(id) {
		remains := x.remains(p, id, x.r.sessions[id].used+p.IdleTimeout-x.r.now)
		x.dropCopies(id, remains)
		x.free(id, remains)
	}
}

func (x *replicated) expire(t scheduled) {
	if remains, expires := x.expires(t); expires {
		x.dropCopies(t.client, remains)
	}
	x.memories.expire(t)
}

func (x *replicated) audit() {
	if !x.tracked {
		return
	}
	found := x.holdings()
	for i := range x.r.clients {
		for _, at := range x.copiesOf(ClientID(i)) {
			if x.r.clients[i].flags&hasState != 0 && x.alive(at) {
				found[at.server-1] += x.writes[i].bytes
			}
		}
	}
	x.compare(found)
}

func (x *replicated) measure() { x.visits, x.stale, x.fetched = 0, 0, 0 }
