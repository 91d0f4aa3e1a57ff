package sim

// life is the true state of a server, whatever balancers believe.
type life uint8

const (
	starting   life = iota // ordered, or made anew after it was down; not ready yet
	running                // in service
	draining               // serves, but balancers send it no new clients; it will leave
	stopping               // removed from the balancers; finishes the requests in flight
	restarting             // has left in order to come back as itself; not ready yet
	dead                   // crashed
	gone                   // out of the fleet permanently
)

var lifeNames = [...]string{"starting", "running", "draining", "stopping", "restarting", "dead", "gone"}

// lives is a set of lives.
type lives uint8

func (l life) in(set lives) bool { return set>>l&1 == 1 }

// serving reports whether the server works on requests that reach it.
func (l life) serving() bool { return l-running <= stopping-running }

// inService reports whether the server counts towards the size of the fleet: it serves or will, and has not begun to leave.
func (l life) inService() bool { return l == starting || l == running || l == dead }

// leaving reports whether the server still serves and has begun to leave.
func (l life) leaving() bool { return l == draining || l == stopping }

// lifecycle is a server's life and what is remembered of it. Only this file assigns its fields.
type lifecycle struct {
	life
	repairable  bool       // of a dead server: its repair is planned
	silent      bool       // of a server that is down: its host is gone, and answers nothing
	silentUntil Time       // of a silent server: when its host is back
	ends        []lifeEnd  // how each incarnation before this one ended
	incarnation uint16     // how often it has lost its memory, or its place in the fleet
	startUps    uint32     // how often it became ready during the run; repairs do not count
	endedAt     Time       // when the previous incarnation ended
	orderedAt   Time       // when it was ordered or began to restart; LongAgo: before the run
	readyAt     Time       // when it last entered the balancers' rotation; LongAgo: before the run
	drainAt     Time       // when it began to drain
	stopBy      Time       // end of the grace of its requests in flight
	departure   *drainPlan // why and how it leaves; nil: it has not begun to
}

// lifeEnd is how and when an incarnation of a server ended.
type lifeEnd struct {
	cause Cause
	at    Time
}

// newLifecycle is that of a server that has just been ordered, or has served for long.
func newLifecycle(ready bool) lifecycle {
	if ready {
		return lifecycle{life: running, orderedAt: LongAgo, readyAt: LongAgo}
	}
	return lifecycle{readyAt: LongAgo}
}

// readyFor reports whether the server serves, and has been ready for so long.
func (l *lifecycle) readyFor(span, now Time) bool { return l.serving() && now-l.readyAt >= span }

// willServe reports whether the server serves, or will without anything further happening.
func (l *lifecycle) willServe() bool { return l.life != gone && (l.life != dead || l.repairable) }

// original reports whether the server has served since before the run, without a restart.
func (l *lifecycle) original() bool { return l.orderedAt == LongAgo }

// departing reports whether the server has begun to leave, or has left after it had.
func (l *lifecycle) departing() bool { return l.departure != nil }

// still reports whether the server has served without interruption since the given incarnation.
func (l *lifecycle) still(era uint16) bool { return l.incarnation == era && l.serving() }

// become changes the life, which must be one of from. Nothing else changes it.
func (l *lifecycle) become(next life, from lives) {
	if !l.in(from) {
		violated("life", "a server that is %s cannot become %s", lifeNames[l.life], lifeNames[next])
	}
	l.life = next
}

func (l *lifecycle) order(at Time)                { l.orderedAt = at }
func (l *lifecycle) enterRotation(now Time)       { l.readyAt = now }
func (l *lifecycle) expectRepair(repairable bool) { l.repairable = repairable }

// getReady ends a start or a restart.
func (l *lifecycle) getReady(now Time) {
	l.become(running, 1<<starting|1<<restarting)
	l.readyAt, l.departure = now, nil
	l.startUps++
}

// beginDrain begins a departure.
func (l *lifecycle) beginDrain(now Time, plan drainPlan) {
	l.become(draining, 1<<running)
	l.departure, l.drainAt = &plan, now
}

// beginStop ends a drain.
func (l *lifecycle) beginStop(now Time) {
	l.become(stopping, 1<<draining)
	l.stopBy = now + l.departure.grace
}

// end ends an incarnation of a server that serves: it is dead, or, when it was leaving, has left.
// Its host goes with it, or is still there to refuse connections.
func (l *lifecycle) end(now Time, next life, cause Cause, how death) {
	from := lives(1<<draining | 1<<stopping)
	if next == dead {
		from = 1 << running
	}
	l.become(next, from)
	l.incarnation++
	l.ends, l.endedAt = append(l.ends, lifeEnd{cause, now}), now
	l.silent, l.silentUntil = how.host, how.back
}

// recover ends a repair.
func (l *lifecycle) recover() { l.become(running, 1<<dead) }

// withdraw removes a server that does not serve, or, to restart, makes it start anew. One that crashed as it left stays
// what it has become.
func (l *lifecycle) withdraw(restart bool) {
	switch {
	case !restart:
		l.become(gone, 1<<starting|1<<dead|1<<gone)
	case l.life == restarting:
	default:
		l.become(starting, 1<<starting|1<<dead)
		l.silent = false
	}
	l.incarnation++
	l.ends = append(l.ends, lifeEnd{}) // nothing was in it
}

// startUp plans when a new or restarting server will be ready.
func (r *run) startUp(s ServerID) {
	sv := r.servers[s]
	sv.order(r.now)
	after := Time(0)
	if d := sv.spec.Startup; d != nil {
		after = FromSeconds(d.Sample(r.key.Stream("startup").At(uint64(s)).At(uint64(sv.incarnation))))
	}
	r.plan(scheduled{do: (*run).serverReady, server: s, era: sv.incarnation}, r.now+after)
}

// serverReady puts a server into service.
func (r *run) serverReady(x scheduled) {
	sv := r.servers[x.server]
	if sv.incarnation != x.era {
		return
	}
	sv.accrueAll(r.now)
	sv.getReady(r.now)
	r.fleet.serves(1)
	sv.clearFaults()
	r.place.serverReady(x.server)
	r.adjustSpeed(x.server)
	r.log("server ready", x.server, "", 0)
	r.startGC(x.server)
	if !r.deploy.holds(x.server) {
		r.join(x.server)
	}
	r.eachFaults(x.server)
	r.advanceDeployment()
	r.advanceAfter(r.deploy.strategy.MinReady)
}

// crash ends a server without warning; it is repaired at the given time, Never if permanently dead. One that was leaving
// does not come back from the crash: it has left.
func (r *run) crash(s ServerID, a *Action, repair Time) {
	sv := r.servers[s]
	if !sv.serving() {
		return
	}
	what := "process"
	if a.Host {
		what = "host"
	}
	r.logEnd("server crashed", s, join(a.Name, what), false)
	r.fleet.crash(sv.sessions)
	if sv.leaving() {
		r.kill(s, sv.departure.afterwards(), LostCrash, death{a.Host, Never})
		r.retire(s, *sv.departure)
		return
	}
	sv.expectRepair(repair < Never)
	r.kill(s, dead, LostCrash, death{a.Host, repair})
	r.healthChanged(s)
	x := scheduled{do: (*run).repair, server: s, era: sv.incarnation}
	if repair == r.now {
		r.repair(x)
		return
	}
	r.plan(x, repair)
}

// death is how an incarnation of a server ends: the host goes with the process, and is back at some time.
type death struct {
	host bool
	back Time
}

// kill ends the current incarnation of a server: its memory is lost, and what is in flight there breaks. Where the host is
// gone, nothing says so before the host is back: clients and balancers wait as long as they want to.
func (r *run) kill(s ServerID, next life, cause Cause, how death) {
	sv := r.servers[s]
	sv.accrueAll(r.now)
	r.incidents.endServer(s, sv.incarnation)
	sv.end(r.now, next, cause, how)
	r.notGone.mayLeave()
	r.fleet.serves(-1)
	r.place.serverGone(s)
	broken := r.evacuate(sv)
	for q := broken.pop(r.requests); q != nilRequest; q = broken.pop(r.requests) {
		r.requests[q].wake()
		r.broken(q, how)
	}
	r.breakConnections(s, how)
}

// broken ends an attempt whose server has died, when that becomes known.
func (r *run) broken(q int32, how death) {
	if !how.host || how.back <= r.now || r.requests[q].flags&orphan != 0 {
		r.attemptFailed(q, Broken)
		return
	}
	r.requests[q].failLater(uint8(Broken))
	r.pushRequest(how.back, evAttempt, q)
}

// repair brings a crashed server back, empty.
func (r *run) repair(x scheduled) {
	sv := r.servers[x.server]
	if sv.life != dead || sv.incarnation != x.era {
		return
	}
	sv.accrueAll(r.now)
	sv.recover()
	r.fleet.serves(1)
	sv.clearPauses()
	r.adjustSpeed(x.server)
	r.place.serverReady(x.server)
	r.log("server repaired", x.server, "", 0)
	r.startGC(x.server)
	r.scheduleSlowStartStep(x.server)
	r.healthChanged(x.server)
	r.advanceDeployment() // it may have waited for this server
}

// drain begins a server's departure: it gets no new clients, and leaves when its time is up or when it is empty. One that
// does not serve leaves at once.
func (r *run) drain(s ServerID, plan drainPlan) {
	sv := r.servers[s]
	if !sv.inService() {
		return
	}
	r.incidents.hit(s)
	if !sv.serving() {
		r.retire(s, plan)
		return
	}
	sv.beginDrain(r.now, plan)
	if plan.deadline <= 0 {
		r.leaveRotation(s)
		return
	}
	r.logLeaving("draining", s, plan.cause.String())
	r.tellDraining(s)
	if plan.deadline < Never {
		r.plan(scheduled{do: (*run).drainOver, server: s, era: sv.incarnation}, r.now+plan.deadline)
	}
	r.checkDrained(s)
}

// leaveRotation removes a draining server from the balancers; it stops when the grace of its requests in flight is over.
func (r *run) leaveRotation(s ServerID) {
	sv := r.servers[s]
	r.fleet.drained(r.now-sv.drainAt, sv.sessions)
	r.logLeaving("leaving", s, sv.departure.cause.String())
	sv.beginStop(r.now)
	r.remove(s, sv.departure.restart)
	r.stopWhenIdle(scheduled{do: (*run).stopWhenIdle, server: s, era: sv.incarnation})
}

// stop ends a server that has left: requests that are still on it break, its memory is lost.
func (r *run) stop(s ServerID) {
	plan := *r.servers[s].departure
	r.logEnd("stopped", s, plan.cause.String(), true)
	r.kill(s, plan.afterwards(), plan.cause, death{})
	r.afterLeaving(s, plan)
}

// retire ends a server that does not serve.
func (r *run) retire(s ServerID, plan drainPlan) {
	sv := r.servers[s]
	r.remove(s, plan.restart)
	sv.accrueAll(r.now)
	sv.withdraw(plan.restart)
	r.notGone.mayLeave()
	r.afterLeaving(s, plan)
}

func (r *run) afterLeaving(s ServerID, plan drainPlan) {
	switch {
	case plan.restart:
		r.startUp(s)
	case plan.replace:
		r.orderFor(s)
	}
	r.advanceDeployment()
}
