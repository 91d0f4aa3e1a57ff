package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// stake is a session that an event may cost: a client's slot, and since when it has had this session.
type stake struct {
	client ClientID
	since  Time
}

// Fate is what became of the sessions that a server that went away was home to. Pinned − Stateless − Lost are those that
// ended before they noticed, or that a copy or a store saved.
type Fate struct {
	Pinned    int64 `json:"pinned"`   // sessions whose last answer had come from it; of the store, sessions with state in it
	Stateless int64 `json:"no_state"` // of them, those without state on it
	Lost      int64 `json:"lost"`     // of them, those lost on its account, at once or when they noticed
}

// tellFate counts the sessions that a server is home to, and remembers those with state in an incarnation of it: they are
// what the line just written may cost.
func (r *run) tellFate(s ServerID, incarnation uint16) {
	e := r.journal.last()
	e.Fate = &Fate{}
	for i := range r.clients {
		c := &r.clients[i]
		switch {
		case c.home != s || c.flags&inSession == 0:
			continue
		case c.flags&hasState != 0 && c.state == s && c.incarnation == incarnation && r.inMemory():
			e.stakes = append(e.stakes, stake{ClientID(i), c.since})
		default:
			e.Fate.Stateless++
		}
		e.Fate.Pinned++
	}
}

// costs adds the loss of a client's session to the fate told in a line, if that session was at stake.
func (r *run) costs(at int, id ClientID) {
	e := &r.journal.entries[at]
	i, found := slices.BinarySearchFunc(e.stakes, id, func(s stake, id ClientID) int { return cmp.Compare(s.client, id) })
	if found && e.stakes[i].since == r.clients[id].since {
		e.Fate.Lost++
	}
}

// blame adds a loss to the events it goes back to. A session that began after them, or was known elsewhere, is none of
// theirs.
func (r *run) blame(id ClientID, cause Cause) {
	if !r.o.Log {
		return
	}
	c := &r.clients[id]
	j := &r.journal
	j.lostBy[cause]++
	switch {
	case causes[cause].culprit == storeEmptied:
		for _, at := range j.ends[incident{NoServer, r.storeEra(id)}] {
			r.costs(at, id)
		}
	case c.state >= 0 && r.servers[c.state].incarnation != c.incarnation:
		for _, at := range j.ends[incident{c.state, c.incarnation}] {
			r.costs(at, id)
		}
	case c.state >= 0 && r.servers[c.state].draining:
		for _, at := range j.leaving[c.state] {
			r.costs(at, id)
		}
	case c.state >= 0 && cause.SentElsewhere():
		if at, known := j.downs[c.state]; known {
			r.costs(at, id)
		}
	}
}

// storeEra is the era of the store in which a session's state was last known to be in it.
func (r *run) storeEra(id ClientID) uint16 {
	if r.m.State.Kind == Store {
		return r.clients[id].incarnation
	}
	if stored := r.cold[id].stored; stored > 0 {
		return stored - 1
	}
	return r.store.era - 1
}

// String tells the fate in a line.
func (f *Fate) String() string {
	text := fmt.Sprintf("%d sessions pinned: %d lost, %d had no state there", f.Pinned, f.Lost, f.Stateless)
	if rest := f.Pinned - f.Lost - f.Stateless; rest > 0 {
		text += fmt.Sprintf(", %d saved or over before they noticed", rest)
	}
	return text
}
