package sim

// kill ends the current incarnation of a server: everything on it breaks, its memory is lost.
func (r *run) kill(s ServerID, next life, cause Cause) {
	sv := &r.servers[s]
	sv.accrueLife(r.now)
	sv.end(r.now, next, cause)
	sv.memory, sv.lingering, sv.recent = 0, 0, recency{}
	r.checkWiped()
	broken := r.evacuate(s, sv)
	sv.busy, sv.inSystem = 0, 0
	for q := broken.pop(r.requests); q != nilRequest; q = broken.pop(r.requests) {
		r.requests[q].wake()
		r.attemptFailed(q, Broken)
	}
	r.breakConnections(s)
}

// evacuate empties s and lists everything that waited or was in service there, oldest waiting first. It accounts the work
// wasted.
func (r *run) evacuate(s ServerID, sv *server) requestList {
	out := noRequests
	add := func(q int32) {
		sv.stays += int64(r.now - r.requests[q].enter)
		out.append(r.requests, q)
	}
	for q := sv.queue.pop(r.requests); q != nilRequest; q = sv.queue.pop(r.requests) {
		add(q)
	}
	for q := sv.service.pop(r.requests); q != nilRequest; q = sv.service.pop(r.requests) {
		rq := &r.requests[q]
		sv.wasted += rq.demand - rq.left + r.workDone(rq, sv.speed)
		rq.dueAt(Never)
		add(q)
	}
	for _, item := range r.evacuatePS(sv) {
		add(item.request)
	}
	return out
}

// breakConnections tells the clients that live on a dead server: their sessions are no longer held there, and those
// with a long-lived connection open a new one.
func (r *run) breakConnections(s ServerID) {
	for i := range r.clients {
		c := &r.clients[i]
		if c.home != s {
			continue
		}
		if c.flags&homeDown == 0 {
			c.raise(homeDown)
			r.hold(c, s, -1)
		}
		p := &r.pops[c.pop]
		if p.Loop != Connection || c.flags&connected == 0 {
			continue
		}
		r.disconnect(c)
		r.reconnect(p, ClientID(i))
	}
}
