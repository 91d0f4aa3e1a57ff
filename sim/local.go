package sim

// local keeps a session's state in the memory of the server that took its first request, and nowhere else.
type local struct{ memories }

func newLocal(base noState) *local {
	return &local{newMemories(base, base.r.m.sizesState())}
}

// sizesState reports whether state of any population takes up memory or expires.
func (m *Model) sizesState() bool {
	for i := range m.Populations {
		if p := &m.Populations[i]; p.Stateful && (p.IdleTimeout > 0 || p.State > 0 || p.Growth > 0) {
			return true
		}
	}
	return false
}

func (l *local) visit(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		l.begin(p, q.client, s)
		return 0
	}
	if cause, lost := l.loss(q, p, s); lost {
		return l.r.lose(q, p, c, s, cause)
	}
	l.use(q, p, s)
	return 0
}

func (l *local) gone(id ClientID) bool {
	kept := &l.r.sessions[id]
	return kept.state >= 0 && l.r.servers[kept.state].incarnation != kept.incarnation
}

func (l *local) cost(q *request, p *population, s ServerID) Time {
	if l.r.waits(q) != nil {
		if _, lost := l.loss(q, p, s); lost {
			return p.loginWork(q)
		}
	}
	return 0
}

// loss says whether the state of the client's session is not on s, and why. The first row that holds decides:
//
//	evicted from a full memory                    memory-eviction
//	dropped after its idle timeout                idle-expired
//	its server has ended since                    how that incarnation ended
//	unused for longer than its idle timeout       idle-expired
//	on s                                          not lost
//	on a server that leaves, and the balancer     what the departure counts as
//	  avoided it or the policy remapped its keys
//	on another server that lives                  the cause that lists the Reason
func (l *local) loss(q *request, p *population, s ServerID) (Cause, bool) {
	kept := &l.r.sessions[q.client]
	switch kept.state {
	case evicted:
		return LostMemoryEviction, true
	case expired:
		return LostIdle, true
	}
	home, why := l.r.servers[kept.state], Reason(q.why)
	switch {
	case home.incarnation != kept.incarnation:
		return home.ends[kept.incarnation].cause, true
	case p.isIdle(kept, l.r.now):
		return LostIdle, true
	case kept.state == s:
		return 0, false
	case home.leaving() && (why == Remapped || why == ServerUnusable):
		return home.departure.cause, true
	}
	return causeOf(why), true
}
