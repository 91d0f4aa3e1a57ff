package sim

// drainPlan is how a server leaves.
type drainPlan struct {
	deadline   Time // how long it may take; 0 = no draining
	grace      Time // for requests in flight after that
	untilEmpty bool // it leaves when its last session has gone, if that is earlier
	replace    bool // a new server is ordered when it has left
	restart    bool // it comes back as itself, empty, after its start-up time
	cause      Cause
}

// drain takes a server out of rotation for new clients. It leaves when its time is up, or when it is empty.
func (r *run) drain(s ServerID, plan drainPlan) {
	sv := &r.servers[s]
	if sv.life == gone || sv.draining {
		return
	}
	if sv.life != running { // not up: nothing to drain
		sv.leaving = plan
		r.retire(s)
		return
	}
	sv.leaving = plan
	sv.drainAt = r.now
	if plan.deadline <= 0 {
		sv.draining = true
		r.leaveNow(s)
		return
	}
	sv.draining = true
	r.logLeaving("draining", s, plan.cause.String())
	for i := range r.balancers {
		b := &r.balancers[i]
		if b.view.Status[s] == Up {
			b.SetStatus(s, Draining)
			r.viewChanged(b)
		}
	}
	if plan.deadline < Never {
		r.plan(scheduled{step: stepDeadline, server: s, era: sv.incarnation}, r.now+plan.deadline)
	}
	r.checkDrained(s)
}

// checkDrained plans for a draining server to leave if nobody is left who holds a connection to it, or whom the balancers
// keep there.
func (r *run) checkDrained(s ServerID) {
	if sv := &r.servers[s]; sv.draining && sv.connections == 0 && (sv.sessions == 0 || !r.keepsDraining()) {
		r.plan(scheduled{step: stepDrained, server: s, era: sv.incarnation}, r.now)
	}
}

// drained lets a draining server go if it is empty.
func (r *run) drained(x scheduled) {
	sv := &r.servers[x.server]
	if sv.incarnation != x.era || !sv.draining || sv.stopping || sv.life != running || !sv.leaving.untilEmpty {
		return
	}
	if sv.connections > 0 || sv.sessions > 0 && r.keepsDraining() {
		return // somebody has come back
	}
	if sv.inSystem > 0 {
		r.plan(x, r.now+idlePoll)
		return
	}
	r.leaveNow(x.server)
}

// drainOver stops a draining server whose time is up.
func (r *run) drainOver(x scheduled) {
	if sv := &r.servers[x.server]; sv.incarnation == x.era && sv.draining && !sv.stopping && sv.life == running {
		r.leaveNow(x.server)
	}
}

// leaveNow removes a server from the balancers, and stops it when the grace for requests in flight is over.
func (r *run) leaveNow(s ServerID) {
	sv := &r.servers[s]
	r.fleet.drains++
	r.fleet.drainTime += r.now - sv.drainAt
	r.fleet.drainMost = max(r.fleet.drainMost, r.now-sv.drainAt)
	r.fleet.cut += int64(sv.sessions)
	r.logLeaving("leaving", s, sv.leaving.cause.String())
	sv.stopping = true
	r.remove(s)
	sv.stopBy = r.now + sv.leaving.grace
	r.stopWhenIdle(scheduled{step: stepStop, server: s, era: sv.incarnation})
}

// idlePoll is how often a server that is to go is asked whether it still has requests in flight.
const idlePoll = 100 * Millisecond

// stopWhenIdle ends a server that has left when its last request has been answered, or its grace is over.
func (r *run) stopWhenIdle(x scheduled) {
	sv := &r.servers[x.server]
	if sv.incarnation != x.era || sv.life == gone {
		return
	}
	if sv.inSystem > 0 && r.now < sv.stopBy {
		r.plan(x, min(r.now+idlePoll, sv.stopBy))
		return
	}
	r.stop(x.server)
}

// remove deletes a server from every balancer's configuration; one that restarts in place stays configured, down.
func (r *run) remove(s ServerID) {
	for i := range r.balancers {
		b := &r.balancers[i]
		if b.view.Status[s] == Removed {
			continue
		}
		if r.servers[s].leaving.restart {
			b.SetStatus(s, Down)
		} else {
			b.Leave(s)
		}
		r.viewChanged(b)
	}
}

// stop ends a server that has left: what is still on it breaks, its memory is gone.
func (r *run) stop(s ServerID) {
	sv := &r.servers[s]
	plan := sv.leaving
	next := gone
	if plan.restart {
		next = starting
	}
	r.logEnd("stopped", s, plan.cause.String(), true)
	r.kill(s, next, plan.cause)
	r.afterLeaving(s, plan)
}

// retire ends a server that is dead or not yet ready.
func (r *run) retire(s ServerID) {
	sv := &r.servers[s]
	plan := sv.leaving
	r.remove(s)
	sv.touch(r.now)
	sv.touchRare(r.now)
	sv.incarnation++
	sv.life = gone
	if plan.restart {
		sv.life = starting
	}
	r.afterLeaving(s, plan)
}

func (r *run) afterLeaving(s ServerID, plan drainPlan) {
	switch {
	case plan.restart:
		r.startUp(s)
	default:
		r.servers[s].retired = true
		if plan.replace {
			r.orderFor(s)
		}
	}
	r.deployTurn()
}
