package sim

// drainPlan is how a server leaves.
type drainPlan struct {
	deadline   Time // longest drain; 0 = none, Never = unlimited
	grace      Time // for requests in flight, after the drain
	untilEmpty bool // the drain ends early when the server is empty
	replace    bool // a new server is ordered when it has left
	restart    bool // it comes back as itself, empty, after its start-up time
	cause      Cause
}

// afterwards is the life of a server that has left.
func (p *drainPlan) afterwards() life {
	if p.restart {
		return restarting
	}
	return gone
}

// checkDrained lets a draining server leave when no client holds a connection to it, and no balancer keeps clients there.
func (r *run) checkDrained(s ServerID) {
	if sv := r.servers[s]; sv.departing() && sv.connections == 0 && (sv.sessions == 0 || !r.keepsDraining()) {
		r.plan(scheduled{do: (*run).drained, server: s, era: sv.incarnation}, r.now)
	}
}

// drained removes a draining server that is still empty.
func (r *run) drained(x scheduled) {
	sv := r.servers[x.server]
	if sv.incarnation != x.era || sv.life != draining || !sv.departure.untilEmpty {
		return
	}
	if sv.connections > 0 || sv.sessions > 0 && r.keepsDraining() {
		return // a client has come back
	}
	if sv.inSystem > 0 {
		r.plan(x, r.now+idlePoll)
		return
	}
	r.leaveRotation(x.server)
}

// drainOver removes a draining server whose time is up.
func (r *run) drainOver(x scheduled) {
	if sv := r.servers[x.server]; sv.incarnation == x.era && sv.life == draining {
		r.leaveRotation(x.server)
	}
}

// idlePoll is how often a server that leaves is checked for requests in flight.
const idlePoll = 100 * Millisecond

// stopWhenIdle stops a server that has left the rotation when its last request is answered, or its grace is over.
func (r *run) stopWhenIdle(x scheduled) {
	sv := r.servers[x.server]
	if sv.incarnation != x.era {
		return
	}
	if sv.inSystem > 0 && r.now < sv.stopBy {
		r.plan(x, min(r.now+idlePoll, sv.stopBy))
		return
	}
	r.stop(x.server)
}
