package sim

// kill ends the current incarnation of a server: everything on it breaks, its memory is lost.
func (r *run) kill(s ServerID, next life, cause Cause) {
	sv := &r.servers[s]
	sv.touch(r.now)
	sv.touchRare(r.now)
	sv.incarnation++
	sv.lastEnd = cause
	sv.endedAt = r.now
	sv.life = next
	sv.capacity = 0
	sv.memory, sv.lingering, sv.recent = 0, 0, recency{}
	r.checkWiped()
	broken := r.evacuate(s, sv)
	sv.busy, sv.inSystem, sv.queueLen = 0, 0, 0
	sv.queueHead, sv.queueTail, sv.serviceHead = nilRequest, nilRequest, nilRequest
	for broken != nilRequest {
		q := broken
		broken = r.requests[q].next
		r.requests[q].phase = fresh
		r.attemptFailed(q, Broken)
	}
	r.breakConnections(s)
}

// evacuate chains everything that waits or is in service at s, oldest waiting first, and accounts the work wasted.
func (r *run) evacuate(s ServerID, sv *server) int32 {
	head, tail := nilRequest, nilRequest
	add := func(q int32) {
		sv.stays += int64(r.now - r.requests[q].enter)
		r.requests[q].next = nilRequest
		if tail == nilRequest {
			head = q
		} else {
			r.requests[tail].next = q
		}
		tail = q
	}
	for q := sv.queueHead; q != nilRequest; {
		next := r.requests[q].next
		add(q)
		q = next
	}
	for q := sv.serviceHead; q != nilRequest; {
		rq := &r.requests[q]
		next := rq.next
		sv.wasted += rq.demand - rq.left + r.workDone(rq, sv.speed)
		rq.due = Never
		add(q)
		q = next
	}
	for _, item := range r.evacuatePS(sv) {
		add(item.request)
	}
	return head
}

// breakConnections tells the clients that live on a dead server: their sessions are no longer held there, and those
// with a long-lived connection open a new one.
func (r *run) breakConnections(s ServerID) {
	for i := range r.clients {
		c := &r.clients[i]
		if c.home != s {
			continue
		}
		if c.flags&homeless == 0 {
			c.flags |= homeless
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
