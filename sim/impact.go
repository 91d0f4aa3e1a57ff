package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// Impact is what the end or the departure of a server, or an outage of the store, does to the sessions there. Pinned −
// Stateless − Lost − Unseen are those that recovered, from a copy or a store, or finished before they needed their state again.
type Impact struct {
	Pinned    int64 `json:"pinned"`   // sessions whose last answer came from the server; of the store, sessions with state
	Stateless int64 `json:"no_state"` // of them, those without state on the server
	Lost      int64 `json:"lost"`     // of them, those lost to this event, at once or with a later request
	Active    int64 `json:"active"`   // sessions in progress anywhere at the time

	Unseen int64 `json:"unseen,omitempty"` // of those at risk, those whose client had not come back when the run ended
}

// text is the impact as the log's detail says it; where is "on server-2", or "in the store".
func (f *Impact) text(where string) string {
	s := fmt.Sprintf("%d of %d sessions %s: %d lost", f.Pinned, f.Active, where, f.Lost)
	if f.Lost > 0 && f.Active > 0 {
		s += fmt.Sprintf(" (%.3g %% of all)", 100*float64(f.Lost)/float64(f.Active))
	}
	s += fmt.Sprintf(", %d stateless", f.Stateless)
	if rest := f.Pinned - f.Lost - f.Stateless - f.Unseen; rest > 0 {
		s += fmt.Sprintf(", %d recovered or already finished", rest)
	}
	if f.Unseen > 0 {
		s += fmt.Sprintf(", %d not back when the run ended", f.Unseen)
	}
	return s
}

// atRisk is a session that an event may end: a client's slot, and when the session in it began.
type atRisk struct {
	client ClientID
	since  Time
}

// incident is the end of an incarnation of a server or, with NoServer, of an era of the store.
type incident struct {
	server ServerID
	era    uint16
}

// recordImpact counts the sessions whose last answer came from a server, for the line just written. Those with state in
// the given incarnation of the server are at risk.
func (r *run) recordImpact(s ServerID, incarnation uint16) {
	e := r.journal.last()
	e.Impact = &Impact{Active: r.active}
	for i := range r.clients {
		c := &r.clients[i]
		if c.home != s || c.flags&inSession == 0 {
			continue
		}
		e.Impact.Pinned++
		if c.flags&hasState != 0 && r.place.where(ClientID(i)).on(s, incarnation) {
			e.atRisk = append(e.atRisk, atRisk{ClientID(i), r.sessions[i].since})
		} else {
			e.Impact.Stateless++
		}
	}
}

// recordStoreImpact counts the sessions with state, for the line just written about an outage of the store.
func (r *run) recordStoreImpact() {
	e := r.journal.last()
	for i := range r.clients {
		if c := &r.clients[i]; c.flags&(inSession|hasState) == inSession|hasState {
			e.atRisk = append(e.atRisk, atRisk{ClientID(i), r.sessions[i].since})
		}
	}
	e.Count = int64(len(e.atRisk))
	e.Impact = &Impact{Pinned: e.Count, Active: r.active}
}

// countUnseen counts, at the end of the run, the sessions at risk at the lines about an end whose state went with it, and
// whose clients do not know yet.
func (r *run) countUnseen() {
	for i := range r.clients {
		if id := ClientID(i); r.unseen(id) {
			for _, line := range r.journal.ends[r.endOf(id)] {
				if r.journal.entries[line].threatens(id, r.sessions[id].since) {
					r.journal.entries[line].Impact.Unseen++
				}
			}
		}
	}
}

// endOf is the end that took the state of a session.
func (r *run) endOf(id ClientID) incident {
	at := r.place.where(id)
	if at.server < 0 {
		return incident{NoServer, at.storeEra}
	}
	return incident{at.server, at.incarnation}
}

// unseen reports whether a client has a session in progress whose state an event has taken, which no request has met.
func (r *run) unseen(id ClientID) bool {
	return r.clients[id].flags&(inSession|hasState) == inSession|hasState && r.place.gone(id)
}

// attributeLoss adds a loss to the lines of the events that led to it. A session that was not at risk there, because it
// began later or its client was known elsewhere, is not added.
func (r *run) attributeLoss(id ClientID, cause Cause) {
	if !r.o.Log {
		return
	}
	j, at := &r.journal, r.place.where(id)
	j.lostBy[cause]++
	switch {
	case causes[cause].culprit == ownTimeout:
	case causes[cause].culprit == storeEmptied:
		r.addLoss(id, j.ends[incident{NoServer, at.storeEra}]...)
	case at.server < 0: // on no server
	case r.servers[at.server].incarnation != at.incarnation:
		r.addLoss(id, j.ends[incident{at.server, at.incarnation}]...)
	case r.servers[at.server].leaving():
		r.addLoss(id, j.leaving[at.server]...)
	case cause.SentElsewhere():
		if line, known := j.downs[at.server]; known {
			r.addLoss(id, line)
		}
	}
}

// addLoss adds the loss of a client's session to the impact in each of the lines at which that session was at risk.
func (r *run) addLoss(id ClientID, lines ...int) {
	for _, line := range lines {
		if e := &r.journal.entries[line]; e.threatens(id, r.sessions[id].since) {
			e.Impact.Lost++
		}
	}
}

// threatens reports whether the session that a client began at the given time is at risk there.
func (e *LogEntry) threatens(id ClientID, since Time) bool {
	i, found := slices.BinarySearchFunc(e.atRisk, id, func(s atRisk, id ClientID) int { return cmp.Compare(s.client, id) })
	return found && e.atRisk[i].since == since
}
