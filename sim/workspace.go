package sim

import (
	"stickysim/sim/fel"
	"stickysim/sim/stats"
)

// Workspace is memory that one run leaves to the next: the lists of clients, requests and events, which are most of what a
// run takes. What one run leaves in it shows in no other. The zero value is ready; it serves one run at a time.
type Workspace struct {
	clients  []client
	visits   []visitMarks
	sessions []session
	jars     []Cookie
	cold     []clientCold
	lines    []line
	requests []request
	remains  []remains // of servers
	events   *fel.Ring
	past     []found            // those that the run has found at its begin
	moments  []moment           // of their past
	latency  stats.Tally        // of the fleet
	listed   []stats.SmallTally // of servers whose figures are listed
	coarse   []stats.SmallTally // of other servers
	window   stats.Window       // of the median
}

// emptied is an empty list with room for n, in a spare one if that is large enough.
func emptied[T any](spare []T, n int) []T {
	if spare == nil || cap(spare) < n {
		return make([]T, 0, n)
	}
	return spare[:0:n]
}

// takeWorkspace takes what an earlier run has left.
func (r *run) takeWorkspace() {
	if r.o.Workspace != nil {
		r.spare, *r.o.Workspace = *r.o.Workspace, Workspace{}
	}
}

// makeRoom makes room for so many clients, who act once in hold on average.
func (r *run) makeRoom(clients int, hold Time) {
	w := &r.spare
	r.fel = w.events
	if r.fel == nil {
		r.fel = &fel.Ring{}
	}
	r.fel.Reset(clients+64, int64(hold))
	r.clients = emptied(w.clients, clients)
	r.visits = emptied(w.visits, clients)
	r.requests = w.requests[:0]
	if n := r.m.likelyInFlight(clients); n > cap(r.requests) {
		r.requests = make([]request, 0, n)
	}
	if r.hasSessions() {
		r.sessions = emptied(w.sessions, clients)
	}
	if r.m.needsCold() {
		r.cold = emptied(w.cold, clients)
	}
	if r.m.connects() {
		r.lines = emptied(w.lines, clients)
	}
}

// hasSessions reports whether clients have records of their sessions.
func (r *run) hasSessions() bool { return r.o.Log || r.m.needsSessions() }

// likelyInFlight is how many requests of so many clients there is room for from the start: as many as are in service at a time,
// and as many that wait. More room is made when more are in flight; to make it step by step leaves behind several times as much.
func (m *Model) likelyInFlight(clients int) (n int) {
	const most = 1 << 16
	for i := range m.Servers {
		n += 2 * min(m.Servers[i].Cores, most)
	}
	return min(n, clients, most)
}

// spareRemains is an empty list for what sessions leave behind on a server.
func (w *Workspace) spareRemains() (h remains) {
	if last := len(w.remains) - 1; last >= 0 {
		h, w.remains = w.remains[last], w.remains[:last]
	}
	return h
}

// spareTally is an empty tally of a server's latencies: a coarse one where the fleet's figures do not list the server.
func (w *Workspace) spareTally(listed bool) (t stats.SmallTally) {
	from := &w.listed
	if !listed {
		from, t = &w.coarse, stats.CoarseTally()
	}
	if last := len(*from) - 1; last >= 0 {
		t, *from = (*from)[last], (*from)[:last]
	}
	return t
}

// leaveWorkspace leaves to the next run what this one no longer needs.
func (r *run) leaveWorkspace(res *Result) {
	if r.o.Workspace != nil {
		left, listed, coarse := r.spare.remains, r.spare.listed, r.spare.coarse
		res.dropLatencies()
		for i := range r.servers {
			if i < ListedServers {
				listed = append(listed, r.servers[i].leaveTally())
			} else {
				coarse = append(coarse, r.servers[i].leaveTally())
			}
			if h := r.servers[i].remains; cap(h) > 0 {
				left = append(left, h[:0])
			}
		}
		r.traffic.latency.Reset()
		r.recent.window.Reset()
		*r.o.Workspace = Workspace{remains: left, clients: r.clients, visits: r.visits, sessions: r.sessions, jars: r.jars, cold: r.cold, lines: r.lines,
			requests: r.requests, events: r.fel, past: r.spare.past, moments: r.spare.moments,
			latency: r.traffic.latency, listed: listed, coarse: coarse, window: r.recent.window}
	}
}
