package nginx

import (
	"stickysim/policies"
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// sessions is the table of sticky learn, and one of the clients whose cookie that does not know: sessions in order of their last
// request, with a bounded number of them. Time counts in milliseconds.
type sessions struct {
	timeout int64
	limit   int
	calm    sim.Time // no session is dropped before

	all    []session // by place
	own    bool      // each client has a key of its own: owners are in use, not chains
	owners recall.Owners[sim.ClientID]
	chains recall.Chains
	free   []int32 // places
	lists  [2]circle
}

// The lists of sessions: a key is in one of them.
const (
	learned   = iota // nginx's table
	unlearned        // clients whose cookie that does not know, and the server that answered them
)

// circle is a list of sessions in the order of their last request. The oldest follows upon the newest.
type circle struct {
	oldest int32 // where there are any
	count  int
}

// session binds a key to a server.
type session struct {
	key          uint64
	sid          uint64     // 0 = the place is free
	cookie       sim.Cookie // what the client presented, where that matters
	last         int64
	older, newer int32        // the next ones of its list
	client       sim.ClientID // whose it is, where each client has a key of its own; noClient = one's that has another key by now
	list         uint8
	_            [16]byte // it fills a cache line
}

const noClient = ^sim.ClientID(0)

// zoneSessions is how many sessions fit a zone: 16 to a page of 4096 bytes, some pages' worth of housekeeping aside.
func zoneSessions(size policies.Bytes) int {
	const page, perPage, pageRecord, header, ownPages = 4096, 16, 24, 1000, 2
	pages := (int64(size)-header)/(page+pageRecord) - ownPages
	return int(min(max(pages, 1)*perPage, 1<<30))
}

// newSessions makes an empty table. With own, each client has a key of its own, that no other client has.
func newSessions(limit int, timeout sim.Time, own bool) *sessions {
	return &sessions{own: own, timeout: int64(timeout / sim.Millisecond), limit: limit, calm: sim.LongAgo, chains: recall.NewChains(0)}
}

func (t *sessions) full(list uint8) bool { return t.lists[list].count >= t.limit }

// Prepare is part of [sim.Preparer].
func (t *sessions) Prepare(c sim.ClientID, soon *prefetch.Batch) {
	if i := t.last(c); i >= 0 {
		prefetch.Add(soon, &t.all[i])
	}
}

// last is the place at which a client's session was found or entered last; -1 = it is not known, or gone. It may be another's by now.
func (t *sessions) last(c sim.ClientID) int32 {
	if t.own {
		return t.owners.Of(c)
	}
	return t.chains.Hint(uint32(c))
}

// find is the place of a client's key; -1 = it has no session.
func (t *sessions) find(c sim.ClientID, key uint64, now sim.Time) int32 {
	if now >= t.calm {
		t.expire(now)
	}
	if i := t.last(c); i >= 0 {
		if x := &t.all[i]; x.key == key && x.sid != 0 {
			return i
		}
	}
	if t.own {
		return -1
	}
	for i := t.chains.First(key); i >= 0; i = t.chains.Next(i, key) {
		if t.all[i].key == key {
			t.chains.Note(uint32(c), i)
			return i
		}
	}
	return -1
}

// bind refreshes the session at place i, or adds one where that is -1, and puts it into a list. A full one drops its oldest session
// for that.
func (t *sessions) bind(i int32, list uint8, c sim.ClientID, key, sid uint64, cookie sim.Cookie, now sim.Time) {
	switch {
	case i >= 0 && t.all[i].list == list:
		t.renew(i)
	case t.full(list) && i < 0: // in the place of the one that it drops, which is next to the newest already
		r := &t.lists[list]
		i = r.oldest
		t.unlink(i)
		t.link(i, c, key)
		r.oldest = t.all[i].newer
		prefetch.Line(&t.all[r.oldest]) // which is the next to be dropped
	default:
		if t.full(list) {
			t.remove(t.lists[list].oldest)
		}
		if i < 0 {
			i = t.enter(c, key)
		} else {
			t.leave(i)
		}
		t.join(i, list)
	}
	x := &t.all[i]
	x.sid, x.cookie, x.last = sid, cookie, int64(now/sim.Millisecond)
}

// enter finds a place for a client's key.
func (t *sessions) enter(c sim.ClientID, key uint64) (i int32) {
	if n := len(t.free) - 1; n >= 0 {
		i, t.free = t.free[n], t.free[:n]
	} else {
		i = int32(len(t.all))
		t.all = append(t.all, session{})
	}
	t.link(i, c, key)
	return i
}

// link lets the session at a place be found by a client's key.
func (t *sessions) link(i int32, c sim.ClientID, key uint64) {
	x := &t.all[i]
	if x.key, x.client = key, c; t.own {
		if before := t.owners.Set(c, i); before >= 0 {
			t.all[before].client = noClient
		}
		return
	}
	t.chains.Put(i, key, func(i int32) (uint64, bool) { return t.all[i].key, true })
	t.chains.Note(uint32(c), i)
}

// unlink lets the session at a place be found no more.
func (t *sessions) unlink(i int32) {
	x := &t.all[i]
	switch {
	case !t.own:
		t.chains.Drop(i, x.key)
	case x.client != noClient:
		t.owners.Clear(x.client)
	}
}

// renew makes a session the newest of its list.
func (t *sessions) renew(i int32) {
	x := &t.all[i]
	if r := &t.lists[x.list]; r.oldest == i {
		r.oldest = x.newer
		return
	}
	t.leave(i)
	t.join(i, x.list)
}

// leave takes a session out of its list.
func (t *sessions) leave(i int32) {
	x := &t.all[i]
	r := &t.lists[x.list]
	if r.count--; r.oldest == i {
		r.oldest = x.newer
	}
	t.all[x.older].newer, t.all[x.newer].older = x.newer, x.older
}

// join makes a session of no list the newest of one.
func (t *sessions) join(i int32, list uint8) {
	x, r := &t.all[i], &t.lists[list]
	x.list = list
	if r.count++; r.count == 1 {
		r.oldest, x.older, x.newer = i, i, i
		return
	}
	oldest := &t.all[r.oldest]
	x.older, x.newer = oldest.older, r.oldest
	t.all[x.older].newer, oldest.older = i, i
}

func (t *sessions) remove(i int32) {
	x := &t.all[i]
	t.leave(i)
	t.unlink(i)
	x.sid = 0
	t.free = append(t.free, i)
}

// expire drops the sessions that have been idle for the timeout.
func (t *sessions) expire(now sim.Time) {
	at := int64(now / sim.Millisecond)
	calm := at + t.timeout
	for k := range t.lists {
		for r := &t.lists[k]; r.count > 0; t.remove(r.oldest) {
			if ends := t.all[r.oldest].last + t.timeout; at < ends {
				calm = min(calm, ends)
				break
			}
		}
	}
	t.calm = min(sim.Time(calm), sim.Never/sim.Millisecond) * sim.Millisecond
}
