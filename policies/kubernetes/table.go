package kubernetes

import "stickysim/sim"

// table maps addresses to servers, in the order of their last use. Every entry lives equally long after it, so the
// expired ones are always the oldest; a new address takes the place of the oldest expired entry before the table grows.
type table struct {
	timeout sim.Time
	now     sim.Time
	places  map[sim.Addr]int32
	entries []entry
	oldest  int32
	newest  int32
}

type entry struct {
	addr         sim.Addr
	used         sim.Time
	server       sim.ServerID // NoServer = not chosen yet
	older, newer int32        // -1 = none
}

func newTable(timeout sim.Time, size int) table {
	size = max(16, min(size, 1<<20))
	return table{
		timeout: timeout, places: make(map[sim.Addr]int32, size), entries: make([]entry, 0, size), oldest: -1, newest: -1,
	}
}

// touch returns the entry of addr and makes it the newest; fresh says that it had not expired.
func (t *table) touch(addr sim.Addr, now sim.Time) (e *entry, fresh bool) {
	t.now = now
	i, known := t.places[addr]
	if known {
		e = &t.entries[i]
		fresh = now-e.used < t.timeout
		t.unlink(i)
	} else {
		i = t.place()
		e = &t.entries[i]
		e.addr, e.server = addr, sim.NoServer
		t.places[addr] = i
	}
	e.used, e.older, e.newer = now, t.newest, -1
	if t.newest >= 0 {
		t.entries[t.newest].newer = i
	} else {
		t.oldest = i
	}
	t.newest = i
	return e, fresh
}

// place returns a free entry: that of the oldest address if it has expired, otherwise a further one.
func (t *table) place() int32 {
	if i := t.oldest; i >= 0 && t.now-t.entries[i].used >= t.timeout {
		t.unlink(i)
		delete(t.places, t.entries[i].addr)
		return i
	}
	t.entries = append(t.entries, entry{})
	return int32(len(t.entries) - 1)
}

func (t *table) unlink(i int32) {
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
