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
	Count  int64   // what the event is about: sessions on the server, sessions lost, servers of a deployment
	Impact *Impact // on sessions, where a server or the store goes away; nil elsewhere

	atRisk []atRisk // the sessions that Impact.Lost can count, by client
}

// journal collects the event log, and the events to which later losses go back. It is filled only if the run keeps a log.
type journal struct {
	entries []LogEntry
	ends    map[incident][]int // lines about an end: of the event, of a planned departure before it, of balancers that notice
	downs   map[ServerID]int   // last line about a balancer that took a living server out of rotation
	leaving map[ServerID][]int // lines about a departure that is under way

	lostBy   [causeRoom]int64    // sessions lost since the last sample
	failedBy [failureKinds]int64 // requests failed up to the last sample
	brokenBy [reasonKinds]int64  // requests whose affinity broke up to the last sample
	evicted  int64               // states evicted up to the last sample
}

func (j *journal) init() {
	j.ends, j.downs, j.leaving = map[incident][]int{}, map[ServerID]int{}, map[ServerID][]int{}
}

// last is the line just written.
func (j *journal) last() *LogEntry { return &j.entries[len(j.entries)-1] }

// noteEnd makes the line just written one to which losses by the incident go back.
func (j *journal) noteEnd(by incident) { j.ends[by] = append(j.ends[by], len(j.entries)-1) }

// log adds a line to the run's event log.
func (r *run) log(event string, s ServerID, detail string, count int64) {
	if r.o.Log {
		r.journal.entries = append(r.journal.entries, LogEntry{At: r.now, Event: event, Server: s, Detail: detail, Count: count})
	}
}

// logEnd adds a line about the end of a server, whose memory is lost. A planned end is the last step of a departure: the
// sessions it costs count for the earlier lines of the departure too.
func (r *run) logEnd(event string, s ServerID, detail string, planned bool) {
	if !r.o.Log {
		return
	}
	r.log(event, s, detail, int64(r.servers[s].sessions))
	j, end := &r.journal, incident{s, r.servers[s].incarnation}
	r.recordImpact(s, end.era)
	j.noteEnd(end)
	if planned {
		j.ends[end] = append(j.ends[end], j.leaving[s]...)
	}
	delete(j.leaving, s)
}

// logBalancer adds a line about a balancer instance, numbered from 1 where there are several.
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

// logLeaving adds a line about a step of a server's departure.
func (r *run) logLeaving(event string, s ServerID, detail string) {
	if !r.o.Log {
		return
	}
	r.log(event, s, detail, int64(r.servers[s].sessions))
	r.recordImpact(s, r.servers[s].incarnation)
	r.journal.leaving[s] = append(r.journal.leaving[s], len(r.journal.entries)-1)
}

// noteDown makes the line just written the one to which losses go back that follow from a living server being avoided.
func (r *run) noteDown(s ServerID) {
	r.recordImpact(s, r.servers[s].incarnation)
	r.journal.downs[s] = len(r.journal.entries) - 1
}

// logMark adds a line about what a balancer now believes of a server. A server marked down has either died, and the losses
// are those of its end, or it lives, and they are those of clients sent elsewhere.
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
	if r.servers[s].serving() || r.journal.ends[end] == nil {
		r.noteDown(s)
		return
	}
	r.recordImpact(s, end.era)
	r.journal.noteEnd(end)
	r.journal.last().Count = r.journal.last().Impact.Pinned
}

// logStoreDown adds a line about the end of an era of the store.
func (r *run) logStoreDown() {
	if !r.o.Log {
		return
	}
	r.log("store down", NoServer, "", 0)
	r.recordStoreImpact()
	r.journal.noteEnd(incident{NoServer, r.store.era})
}

// logStep adds lines about what was lost, failed and evicted, and whose affinity broke, since the last sample. From the end
// of the warm-up on, the lines of a cause add up to its metric.
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

// measureLog begins the lines that add up to the metrics.
func (r *run) measureLog() {
	r.logStep()
	r.journal.evicted = 0
}

// finishLog ends the log: it writes the impacts into the details, and puts hot spots in order of time.
func (r *run) finishLog(spots []Hotspot) []LogEntry {
	all := r.journal.entries
	if len(all) > 0 {
		r.countUnseen()
	}
	for i := range all {
		e := &all[i]
		e.atRisk = nil
		if e.Impact == nil {
			continue
		}
		where := "in the store"
		if e.Server != NoServer {
			where = "on " + r.servers[e.Server].info.Name
		}
		e.Detail = join(e.Detail, e.Impact.text(where))
	}
	if !r.o.Log {
		return nil
	}
	for _, h := range spots {
		all = append(all, LogEntry{At: h.From, Event: "hot spot", Server: h.Server, Detail: fmt.Sprintf("until %v, %.0f %% busy, %.0f %% of the time hidden", h.To, 100*h.Peak, 100*h.Hidden)})
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
