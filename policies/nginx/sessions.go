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
	entries recall.Records[sim.ClientID, session]
	calm    sim.Time // no session is dropped before
}

// The lists of sessions: a key is in one of them.
const (
	learned   = iota // nginx's table
	unlearned        // clients whose cookie that does not know, and the server that answered them
)

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

func (t *sessions) full(list uint8) bool { return t.entries.LenOf(list) >= t.limit }

// Prepare is part of [sim.Preparer].
func (t *sessions) Prepare(c sim.ClientID, soon *prefetch.Batch) { t.entries.Prepare(c, soon) }

// find is the place of a client's key; -1 = it has no session.
func (t *sessions) find(c sim.ClientID, key uint64, now sim.Time) int32 {
	t.expire(now)
	return t.entries.Find(c, key)
}

// bind refreshes the session at place i, or adds one where that is -1, and puts it into a list. A full one drops its oldest session
// for that.
func (t *sessions) bind(i int32, list uint8, c sim.ClientID, key, sid uint64, cookie sim.Cookie, now sim.Time) {
	bound := session{sid, cookie, int64(now / sim.Millisecond)}
	if i >= 0 && t.entries.List(i) == list {
		*t.entries.At(i) = bound
		t.entries.Use(i)
		return
	}
	switch full := t.full(list); {
	case i < 0 && full:
		t.entries.Replace(t.entries.OldestOf(list), c, key, bound)
		return
	case i < 0:
		t.entries.AddTo(list, c, key, bound)
		return
	case full:
		t.entries.Remove(t.entries.OldestOf(list))
	}
	*t.entries.At(i) = bound
	t.entries.Move(i, list)
}

// expire drops the sessions that have been idle for the timeout.
func (t *sessions) expire(now sim.Time) {
	if now < t.calm {
		return
	}
	at := int64(now / sim.Millisecond)
	calm := at + t.timeout
	for _, list := range [...]uint8{learned, unlearned} {
		for i := t.entries.OldestOf(list); i >= 0; i = t.entries.OldestOf(list) {
			if ends := t.entries.At(i).last + t.timeout; at < ends {
				calm = min(calm, ends)
				break
			}
			t.entries.Remove(i)
		}
	}
	t.calm = min(sim.Time(calm), sim.Never/sim.Millisecond) * sim.Millisecond
}
