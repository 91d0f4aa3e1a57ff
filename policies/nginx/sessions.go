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
	at      map[uint64]int32
	entries []session
	free    int32 // first unused entry, -1 = none
	oldest  int32 // -1 = empty
	newest  int32
	last    recall.Places[sim.ClientID]
}

// session binds a key to a server; sid is 0 in an unused entry. The links are indexes, -1 at the ends.
type session struct {
	key, sid     uint64
	cookie       sim.Cookie // what the client presented, where that matters
	last         int64
	older, newer int32
}

// zoneSessions is how many sessions fit a zone: 16 to a page of 4096 bytes, some pages' worth of housekeeping aside.
func zoneSessions(size policies.Bytes) int {
	const page, perPage, pageRecord, header, ownPages = 4096, 16, 24, 1000, 2
	pages := (int64(size)-header)/(page+pageRecord) - ownPages
	return int(min(max(pages, 1)*perPage, 1<<30))
}

func newSessions(limit int, timeout sim.Time) *sessions {
	return &sessions{
		timeout: int64(timeout / sim.Millisecond), limit: limit,
		at: map[uint64]int32{}, free: -1, oldest: -1, newest: -1,
	}
}

func (t *sessions) full() bool { return len(t.at) >= t.limit }

// Prepare is part of [sim.Preparer].
func (t *sessions) Prepare(c sim.ClientID, soon *prefetch.Batch) {
	recall.Prepare(&t.last, c, t.entries, soon)
}

// find returns the place of a key, which is often that of the client's last one.
func (t *sessions) find(c sim.ClientID, key uint64) (i int32, ok bool) {
	if i = t.last.Of(c); i >= 0 && t.entries[i].key == key && t.entries[i].sid != 0 {
		return i, true
	}
	if i, ok = t.at[key]; ok {
		t.last.Note(c, i)
	}
	return i, ok
}

// lookup returns the session of a client's key; the zero session, with sid 0, if there is none.
func (t *sessions) lookup(c sim.ClientID, key uint64, now sim.Time) session {
	t.expire(now)
	if i, ok := t.find(c, key); ok {
		return t.entries[i]
	}
	return session{}
}

// refresh binds a session that exists to sid, and says whether there is one.
func (t *sessions) refresh(c sim.ClientID, key, sid uint64, now sim.Time) bool {
	t.expire(now)
	i, ok := t.find(c, key)
	if ok {
		t.unlink(i)
		t.entries[i].sid = sid
		t.append(i, now)
	}
	return ok
}

// bind refreshes a session, or adds it. A full table drops its oldest session for that.
func (t *sessions) bind(c sim.ClientID, key, sid uint64, cookie sim.Cookie, now sim.Time) {
	if !t.refresh(c, key, sid, now) {
		if t.full() {
			t.drop(t.oldest)
		}
		i := t.room()
		t.entries[i] = session{key: key, sid: sid}
		t.at[key] = i
		t.append(i, now)
	}
	t.entries[t.newest].cookie = cookie
}

// forget drops a session, if there is one.
func (t *sessions) forget(key uint64) {
	if i, ok := t.at[key]; ok {
		t.drop(i)
	}
}

// append makes the entry the newest.
func (t *sessions) append(i int32, now sim.Time) {
	e := &t.entries[i]
	e.last, e.older, e.newer = int64(now/sim.Millisecond), t.newest, -1
	if t.newest >= 0 {
		t.entries[t.newest].newer = i
	} else {
		t.oldest = i
	}
	t.newest = i
}

// expire drops the sessions that have been idle for the timeout.
func (t *sessions) expire(now sim.Time) {
	for t.oldest >= 0 && int64(now/sim.Millisecond)-t.entries[t.oldest].last >= t.timeout {
		t.drop(t.oldest)
	}
}

func (t *sessions) drop(i int32) {
	t.unlink(i)
	delete(t.at, t.entries[i].key)
	t.entries[i].sid, t.entries[i].newer = 0, t.free
	t.free = i
}

// room returns an unused entry.
func (t *sessions) room() int32 {
	if i := t.free; i >= 0 {
		t.free = t.entries[i].newer
		return i
	}
	t.entries = append(t.entries, session{})
	return int32(len(t.entries) - 1)
}

func (t *sessions) unlink(i int32) {
	e := &t.entries[i]
	if e.older >= 0 {
		t.entries[e.older].newer = e.newer
	} else {
		t.oldest = e.newer
	}
	if e.newer >= 0 {
		t.entries[e.newer].older = e.older
	} else {
		t.newest = e.older
	}
}
