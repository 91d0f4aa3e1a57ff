package sim

// replicas are the books of state that lies on several servers. With a number of copies each state has a server that
// answers for it and buddies that hold copies (Tomcat's BackupManager, Infinispan's owners); with copies on all, every
// server has everything, and one that joins is given it (Tomcat's DeltaManager).
type replicas struct {
	era    uint16  // goes up when the last running server ends: nobody is left to hand anything on
	recent recency // of all servers together, where every server has everything

	visits  int64 // requests of sessions with state
	stale   int64 // that found a copy older than the last write
	fetched int64 // that had to fetch the state from another server
}

// copyRef is a copy of a state on a server, in an incarnation of it; server is the ID plus 1, 0 = none.
type copyRef struct {
	server ServerID
	era    uint16
}

// maxCopies bounds the servers that hold a state, if not all do.
const maxCopies = 16

// everywhere reports whether every server holds every state.
func (r *run) everywhere() bool { return r.m.State.Kind == Replicated && r.m.State.Copies == 0 }

// copiesEach is how many copies a state has besides the one that answers for it, where they are counted.
func (r *run) copiesEach() int {
	if r.m.State.Kind != Replicated || r.everywhere() {
		return 0
	}
	return r.m.State.Copies - 1
}

func (r *run) copiesOf(id ClientID) []copyRef {
	n := r.copiesEach()
	return r.copies[int(id)*n : int(id)*n+n]
}

// alive reports whether the server of a copy still has it.
func (r *run) alive(at copyRef) bool {
	return at.server > 0 && r.servers[at.server-1].incarnation == at.era
}

// visitReplicated finds the state on the server that answers for it or, after that was lost, on a copy that was complete
// in time. Any server can take the session over, and answers for it from then on.
func (r *run) visitReplicated(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		r.makeState(p, q.client, s)
		return r.replicate(q, s)
	}
	if cause, lost := r.replicaLoss(p, q, c); lost {
		extra := r.lose(q, p, c, s, cause)
		if c.flags&hasState != 0 {
			extra += r.replicate(q, s)
		}
		return extra
	}
	extra := r.takeOver(q, c, s)
	r.useState(q, p, s)
	if r.writes(q, p) {
		extra += r.replicate(q, s)
	}
	return extra
}

// takeOver makes s answer for the session. It returns the work of fetching a state that is not there.
func (r *run) takeOver(q *request, c *client, s ServerID) (extra Time) {
	cold := &r.cold[q.client]
	r.replicas.visits++
	if c.state == s && r.servers[s].incarnation == c.incarnation {
		return 0
	}
	switch {
	case !r.everywhere() && !r.hasCopy(q.client, s):
		r.replicas.fetched++
		if d := r.m.State.Fetch; d != nil {
			extra = FromSeconds(d.Sample(q.key.At(uint64(q.seq)*purposes + forLag).At(2)))
		}
	case r.now < cold.written:
		r.replicas.stale++
	}
	if r.everywhere() {
		c.state, c.incarnation = s, r.servers[s].incarnation
		return extra
	}
	r.releasePrimary(q.client, c)
	c.state, c.incarnation = s, r.servers[s].incarnation
	r.addMemory(s, cold.bytes)
	r.remember(q.client, s)
	return extra
}

func (r *run) hasCopy(id ClientID, s ServerID) bool {
	for _, at := range r.copiesOf(id) {
		if at.server == s+1 && r.alive(at) {
			return true
		}
	}
	return false
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

// replicaLoss says whether neither the server that answered for the state nor a complete copy of it is left.
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
	copied := r.everywhere() && r.held(c, cold)
	for _, at := range r.copiesOf(q.client) {
		copied = copied || r.alive(at)
	}
	switch {
	case !copied:
		return cause, true
	case cold.written > died:
		return LostReplicaLag, true
	}
	return 0, false
}

// replicate sends the state to all other running servers, or to the next ones after s; the copies are complete after the
// lag. It returns the work of sending them.
func (r *run) replicate(q *request, s ServerID) Time {
	cold := &r.cold[q.client]
	cold.written = r.now
	if d := r.m.State.Lag; d != nil {
		cold.written += FromSeconds(d.Sample(q.key.At(uint64(q.seq)*purposes + forLag)))
	}
	n := r.servers.serving() - 1
	if !r.everywhere() {
		n = r.copyToBuddies(q.client, s)
	}
	if r.m.State.Write == nil {
		return 0
	}
	return Time(n) * FromSeconds(r.m.State.Write.Sample(q.key.At(uint64(q.seq)*purposes+forLag).At(1)))
}

func (r *run) copyToBuddies(id ClientID, s ServerID) int {
	r.dropCopies(id, 0)
	cold := &r.cold[id]
	cold.copied = cold.bytes
	buddies := r.copiesOf(id)
	n := 0
	for i := 1; i < len(r.servers) && n < len(buddies); i++ {
		o := ServerID((int(s) + i) % len(r.servers))
		if r.servers[o].serving() {
			buddies[n] = copyRef{o + 1, r.servers[o].incarnation}
			r.addMemory(o, cold.bytes)
			n++
		}
	}
	return n
}

// dropCopies gives up the copies of a state; they stay in memory for a while.
func (r *run) dropCopies(id ClientID, stay Time) {
	copies := r.copiesOf(id)
	for i, at := range copies {
		if r.alive(at) {
			r.abandon(at.server-1, r.cold[id].copied, stay)
		}
		copies[i] = copyRef{}
	}
}

// receiveStates gives a server that joins what all the others have.
func (r *run) receiveStates(s ServerID) {
	if !r.everywhere() {
		return
	}
	all := int64(0)
	for i := range r.clients {
		if c := &r.clients[i]; c.flags&hasState != 0 && r.held(c, &r.cold[i]) {
			all += r.cold[i].bytes
		}
	}
	r.addMemory(s, all)
}

// checkWiped ends an era when nobody is left who has what all have.
func (r *run) checkWiped() {
	if r.everywhere() && r.servers.serving() == 0 {
		r.replicas.era++
		r.replicas.recent = recency{}
	}
}
