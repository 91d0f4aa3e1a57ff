package nginx

import (
	"stickysim/policies"
	"stickysim/policies/internal/recall"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

// sessions is the table of sticky learn: sessions in order of their last request, with a bounded number of them.
// Time counts in milliseconds.
type sessions struct {
	timeout int64
	limit   int
	entries recall.Records[sim.ClientID, session]
	calm    sim.Time // no session is dropped before
}

// session binds a key to a server.
type session struct {
	sid    uint64
	cookie sim.Cookie // what the client presented, where that matters
	last   int64
}

// zoneSessions is how many sessions fit a zone: 16 to a page of 4096 bytes, some pages' worth of housekeeping aside.
func zoneSessions(size policies.Bytes) int {
	const page, perPage, pageRecord, header, ownPages = 4096, 16, 24, 1000, 2
	pages := (int64(size)-header)/(page+pageRecord) - ownPages
	return int(min(max(pages, 1)*perPage, 1<<30))
}

func newSessions(limit int, timeout sim.Time) *sessions {
	return &sessions{
		timeout: int64(timeout / sim.Millisecond), limit: limit, calm: sim.LongAgo,
		entries: recall.NewRecords[sim.ClientID, session](0),
	}
}

func (t *sessions) full() bool { return t.entries.Len() >= t.limit }

// Prepare is part of [sim.Preparer].
func (t *sessions) Prepare(c sim.ClientID, soon *prefetch.Batch) { t.entries.Prepare(c, soon) }

// find is the place of a client's key; -1 = it has no session.
func (t *sessions) find(c sim.ClientID, key uint64, now sim.Time) int32 {
	t.expire(now)
	return t.entries.Find(c, key)
}

// lookup returns the session of a client's key; the zero session, with sid 0, if there is none.
func (t *sessions) lookup(c sim.ClientID, key uint64, now sim.Time) session {
	if i := t.find(c, key, now); i >= 0 {
		return *t.entries.At(i)
	}
	return session{}
}

// refresh binds a session that exists to sid, and says whether there is one.
func (t *sessions) refresh(c sim.ClientID, key, sid uint64, now sim.Time) bool {
	i := t.find(c, key, now)
	if i >= 0 {
		e := t.entries.At(i)
		e.sid, e.last = sid, int64(now/sim.Millisecond)
		t.entries.Use(i)
	}
	return i >= 0
}

// bind refreshes the session at place i, or adds one where that is -1. A full table drops its oldest session for that.
func (t *sessions) bind(i int32, c sim.ClientID, key, sid uint64, cookie sim.Cookie, now sim.Time) {
	bound := session{sid, cookie, int64(now / sim.Millisecond)}
	if i >= 0 {
		*t.entries.At(i) = bound
		t.entries.Use(i)
		return
	}
	if t.full() {
		t.entries.Remove(t.entries.Oldest())
	}
	t.entries.Add(c, key, bound)
}

// forget drops a session, if there is one.
func (t *sessions) forget(c sim.ClientID, key uint64) {
	if i := t.entries.Find(c, key); i >= 0 {
		t.entries.Remove(i)
	}
}

// expire drops the sessions that have been idle for the timeout.
func (t *sessions) expire(now sim.Time) {
	if now < t.calm {
		return
	}
	at := int64(now / sim.Millisecond)
	calm := at + t.timeout
	for i := t.entries.Oldest(); i >= 0; i = t.entries.Oldest() {
		if ends := t.entries.At(i).last + t.timeout; at < ends {
			calm = ends
			break
		}
		t.entries.Remove(i)
	}
	t.calm = min(sim.Time(calm), sim.Never/sim.Millisecond) * sim.Millisecond
}
