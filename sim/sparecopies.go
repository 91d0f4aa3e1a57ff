package sim

// spareCopies are the copies of sessions' states on servers other than the one that used the state last: behind a cache,
// every server that has read a state keeps it, until another one changes it.
type spareCopies struct {
	copies []spareCopy
	free   int32       // list of unused copies: place plus 1, 0 ends it; so are all lists here
	of     []int32     // by client, its copies
	on     []spareList // by server, its copies
}

// spareCopy is a copy in an incarnation of a server.
type spareCopy struct {
	bytes        int64
	client       ClientID
	server       ServerID
	next         int32 // of the client
	newer, older int32 // on the server
	era          uint16
}

type spareList struct{ newest, oldest int32 }

// add adds a copy.
func (l *spareCopies) add(c spareCopy) {
	n := l.free
	if n > 0 {
		l.free = l.copies[n-1].next
	} else {
		l.copies = append(l.copies, spareCopy{})
		n = int32(len(l.copies))
	}
	list := &l.on[c.server]
	c.next, c.newer, c.older = l.of[c.client], 0, list.newest
	l.copies[n-1], l.of[c.client] = c, n
	if list.newest == 0 {
		list.oldest = n
	} else {
		l.copies[list.newest-1].newer = n
	}
	list.newest = n
}

// find is the copy of a client's state in the given incarnation of a server; 0 = there is none.
func (l *spareCopies) find(id ClientID, s ServerID, era uint16) int32 {
	for n := l.of[id]; n > 0; n = l.copies[n-1].next {
		if c := &l.copies[n-1]; c.server == s && c.era == era {
			return n
		}
	}
	return 0
}

// remove takes a copy out of its lists; of that of the server only if it is still there.
func (l *spareCopies) remove(n int32, there bool) spareCopy {
	c := l.copies[n-1]
	for at := &l.of[c.client]; ; at = &l.copies[*at-1].next {
		if *at == n {
			*at = c.next
			break
		}
	}
	if there {
		list := &l.on[c.server]
		if c.newer == 0 {
			list.newest = c.older
		} else {
			l.copies[c.newer-1].older = c.older
		}
		if c.older == 0 {
			list.oldest = c.newer
		} else {
			l.copies[c.older-1].newer = c.newer
		}
	}
	l.copies[n-1].next, l.free = l.free, n
	return c
}

// forget gives up all copies on a server that has ended.
func (l *spareCopies) forget(s ServerID) { l.on[s] = spareList{} }

// there reports whether a copy is still where it was made.
func (x *cached) there(c *spareCopy) bool { return x.r.servers[c.server].incarnation == c.era }

// spare keeps the copy on the server that has used the state so far, beside the one to come.
func (x *cached) spare(id ClientID) {
	kept := &x.r.sessions[id]
	s := kept.state
	if s < 0 || x.r.servers[s].incarnation != kept.incarnation {
		return
	}
	bytes := kept.bytes
	x.release(id)
	kept.keptBy(loading, kept.incarnation)
	x.spares.add(spareCopy{bytes: bytes, client: id, server: s, era: kept.incarnation})
	x.addTo(s, bytes)
}

// promote makes the spare copy on s, if there is one, the copy that is used.
func (x *cached) promote(id ClientID, s ServerID) bool {
	n := x.spares.find(id, s, x.r.servers[s].incarnation)
	if n == 0 {
		return false
	}
	x.addTo(s, -x.spares.remove(n, true).bytes)
	x.spare(id)
	x.take(id, s)
	return true
}

// dropSpares gives up the spare copies of a state; they remain in memory for a while.
func (x *cached) dropSpares(id ClientID, remains Time) {
	for n := x.spares.of[id]; n > 0; n = x.spares.of[id] {
		there := x.there(&x.spares.copies[n-1])
		c := x.spares.remove(n, there)
		if there {
			x.leaveOn(c.server, c.bytes, remains)
		}
	}
}

// makeRoom drops spare copies, the oldest first, from a server whose memory is full.
func (x *cached) makeRoom(s ServerID, limit int64) {
	for sv := x.r.servers[s]; sv.memory > limit && x.spares.on[s].oldest > 0; {
		x.addTo(s, -x.spares.remove(x.spares.on[s].oldest, true).bytes)
	}
}

// change invalidates the copies elsewhere if the request changes the state.
func (x *cached) change(q *request, p *population) {
	if x.spares.of[q.client] > 0 && x.r.changes(q, p) {
		x.dropSpares(q.client, 0)
	}
}

func (x *cached) end(p *population, id ClientID) {
	if x.ends(id) {
		remains := x.remains(p, id, x.r.sessions[id].used+p.IdleTimeout-x.r.now)
		x.dropSpares(id, remains)
		x.free(id, remains)
	}
}

func (x *cached) expire(t scheduled) {
	if remains, expires := x.expires(t); expires {
		x.dropSpares(t.client, remains)
	}
	x.memories.expire(t)
}

func (x *cached) serverGone(s ServerID) {
	x.memories.serverGone(s)
	if x.tracked {
		x.spares.forget(s)
	}
}

func (x *cached) audit() {
	if !x.tracked {
		return
	}
	found := x.holdings()
	for _, n := range x.spares.of {
		for ; n > 0; n = x.spares.copies[n-1].next {
			if c := &x.spares.copies[n-1]; x.there(c) {
				found[c.server] += c.bytes
			}
		}
	}
	x.compare(found)
}
