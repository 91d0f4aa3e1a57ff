package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// LogEntry is one line of the run's event log.
type LogEntry struct {
	At     Time
	Event  string // for example "server crashed", "marked down", "sessions lost"
	Server ServerID
	Detail string
	Count  int64 // sessions the server holds, sessions lost, servers of a deployment: what the event is about
	Fate   *Fate // of the sessions at stake, where a server or the store goes away; nil elsewhere

	stakes []stake // the sessions that Fate.Lost is about
}

// journal collects the event log, and knows which event a loss goes back to. It is kept only where a log is asked for.
type journal struct {
	entries []LogEntry
	ends    map[incident][]int // places of the events that ended an incarnation of a server, or an era of the store, and of those that found out
	downs   map[ServerID]int   // place of the last event that took a server that lives out of rotation
	leaving map[ServerID][]int // places of the events of a server's departure that is under way

	lostBy   [causeRoom]int64 // sessions lost since the last sample
	failedBy [failureKinds]int64
	brokenBy [reasonKinds]int64
	evicted  int64
}

// incident is the end of an incarnation of a server; of an era of the store, where there is none.
type incident struct {
	server ServerID
	era    uint16
}

func (j *journal) init() {
	j.ends, j.downs, j.leaving = map[incident][]int{}, map[ServerID]int{}, map[ServerID][]int{}
}

// last is the line just written.
func (j *journal) last() *LogEntry { return &j.entries[len(j.entries)-1] }

// ended notes that the line just written is about the end of an incarnation or era.
func (j *journal) ended(by incident) { j.ends[by] = append(j.ends[by], len(j.entries)-1) }

// log adds a line to the run's event log.
func (r *run) log(event string, s ServerID, detail string, count int64) {
	if r.o.Log {
		r.journal.entries = append(r.journal.entries, LogEntry{At: r.now, Event: event, Server: s, Detail: detail, Count: count})
	}
}

// logEnd adds a line about the end of a server, which takes along what it holds. What a planned end costs, the whole
// departure has cost: its drain, too.
func (r *run) logEnd(event string, s ServerID, detail string, planned bool) {
	if !r.o.Log {
		return
	}
	r.log(event, s, detail, int64(r.servers[s].sessions))
	j, end := &r.journal, incident{s, r.servers[s].incarnation}
	r.tellFate(s, end.era)
	j.ended(end)
	if planned {
		j.ends[end] = append(j.ends[end], j.leaving[s]...)
	}
	delete(j.leaving, s)
}

// logBalancer adds a line about a balancer instance, which is named where there are several.
func (r *run) logBalancer(event string, b *balancer) {
	if !r.o.Log {
		return
	}
	which := ""
	if len(r.balancers) > 1 {
		which = fmt.Sprintf("balancer %d", b.index+1)
	}
	r.log(event, NoServer, which, 0)
}

// logLeaving adds a line about a server that its clients are sent away from, or will be.
func (r *run) logLeaving(event string, s ServerID, detail string) {
	if !r.o.Log {
		return
	}
	r.log(event, s, detail, int64(r.servers[s].sessions))
	r.tellFate(s, r.servers[s].incarnation)
	r.journal.leaving[s] = append(r.journal.leaving[s], len(r.journal.entries)-1)
}

// putDown makes the line just written the one that losses of a living server's clients go back to.
func (r *run) putDown(s ServerID) {
	r.tellFate(s, r.servers[s].incarnation)
	r.journal.downs[s] = len(r.journal.entries) - 1
}

// logMark adds a line about what a balancer now believes of a server. One that it takes for dead is dead, and the losses
// are those of its end, or lives, and they are those of being sent elsewhere.
func (r *run) logMark(b *balancer, s ServerID, status Status) {
	if !r.o.Log {
		return
	}
	by := ""
	if len(r.balancers) > 1 {
		by = fmt.Sprintf("by balancer %d", b.index+1)
	}
	r.log("marked "+statusNames[status], s, by, int64(r.servers[s].sessions))
	if status != Down {
		return
	}
	end := incident{s, r.servers[s].incarnation - 1}
	if r.servers[s].life == running || r.journal.ends[end] == nil {
		r.putDown(s)
		return
	}
	r.tellFate(s, end.era)
	r.journal.ended(end)
	r.journal.last().Count = r.journal.last().Fate.Pinned
}

// logStoreDown adds a line about the end of what the store holds.
func (r *run) logStoreDown() {
	if !r.o.Log {
		return
	}
	r.log("store down", NoServer, "", 0)
	e := r.journal.last()
	for i := range r.clients {
		if c := &r.clients[i]; c.flags&(inSession|hasState) == inSession|hasState {
			e.stakes = append(e.stakes, stake{ClientID(i), c.since})
		}
	}
	e.Count = int64(len(e.stakes))
	e.Fate = &Fate{Pinned: e.Count}
	r.journal.ended(incident{NoServer, r.store.era})
}

// logStep writes down what has been lost, has failed and was sent elsewhere since the last sample, by cause. From the
// moment at which counting begins the lines of a cause add up to its metric.
func (r *run) logStep() {
	if !r.o.Log {
		return
	}
	j := &r.journal
	for c := range causes {
		r.logSome("sessions lost", causes[c].name, j.lostBy[c])
	}
	j.lostBy = [causeRoom]int64{}
	for f := range j.failedBy {
		failed := int64(0)
		for i := range r.pops {
			failed += r.pops[i].stats.failed[f]
		}
		r.logSome("requests failed", failures[f].name, failed-j.failedBy[f])
		j.failedBy[f] = failed
	}
	for why := NotSticky + 1; int(why) < reasonKinds; why++ {
		r.logSome("affinity broken", why.String(), r.affinity.broken[why]-j.brokenBy[why])
	}
	j.brokenBy = r.affinity.broken
	r.logSome("states evicted", "", r.evictions-j.evicted)
	j.evicted = r.evictions
}

func (r *run) logSome(event, detail string, n int64) {
	if n > 0 {
		r.log(event, NoServer, detail, n)
	}
}

// measureLog begins to count.
func (r *run) measureLog() {
	r.logStep()
	r.journal.evicted = 0
}

// finishLog ends the log: every fate is told, and hot spots are put in their places.
func (r *run) finishLog(s *Series) []LogEntry {
	all := r.journal.entries
	for i := range all {
		e := &all[i]
		e.stakes = nil
		if e.Fate != nil {
			e.Detail = join(e.Detail, e.Fate.String())
		}
	}
	if !r.o.Log {
		return nil
	}
	for _, h := range s.Hotspots() {
		all = append(all, LogEntry{At: r.m.Warmup + h.From, Event: "hot spot", Server: h.Server, Detail: fmt.Sprintf("until %v, %.0f %% busy, %.0f %% of the time hidden", r.m.Warmup+h.To, 100*h.Peak, 100*h.Hidden)})
	}
	slices.SortStableFunc(all, func(a, b LogEntry) int { return cmp.Compare(a.At, b.At) })
	return all
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
