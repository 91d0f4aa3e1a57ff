package sim

import "stickysim/sim/rng"

// scheduled is a change of the world that will happen: a timeline entry, or a later step of one.
type scheduled struct {
	step     step
	action   int32
	server   ServerID
	balancer int32
	n        uint32 // recurrence
	era      uint16 // incarnation of the server it was planned for
	next     int32  // free list
	bytes    int64  // of memory
	factor   float64
	client   ClientID
	key      rng.Key // of the client, to know it again
}

// step is what a scheduled change does.
type step uint8

const (
	stepAct     step = iota // the entry's time has come
	stepEach                // the entry's time has come for one server
	stepRepair              // a crashed server is back
	stepResume              // a pause is over
	stepRecover             // a slow server is itself again
	stepReadmit             // a passive ejection is over
	stepStoreUp             // the store is back
	stepStoreFast
	stepStoreWarm
	stepBalancerUp
	stepBalancerRestart
	stepArrivals  // a change of the arrivals is over
	stepReady     // a new or restarted server can serve
	stepDrained   // a draining server may be empty
	stepDeadline  // a draining server's time is up
	stepStop      // a stopped server's grace is over
	stepSlowStart // a slow start raises a server's weight
	stepGC        // a garbage collection begins
	stepGCDone    // and is over
	stepReconnect // a client opens its broken connection again
	stepForget    // what a finished session left in memory is dropped
	stepExpire    // a session's state has been idle for too long
	stepMeasure   // warm-up is over
)

func (r *run) initTimeline() {
	for s := range r.servers {
		r.startGC(ServerID(s))
	}
	for i := range r.m.Timeline {
		a := &r.m.Timeline[i]
		if a.Each && a.Every != nil {
			for s := range r.servers {
				r.planEach(i, ServerID(s), 0, a.At)
			}
			continue
		}
		at := a.At
		if a.Every != nil && !a.AtOnce {
			at += FromSeconds(a.Every.Sample(r.faultKey(i).Stream("every").At(0)))
		}
		r.planRecurrence(a, scheduled{step: stepAct, action: int32(i)}, at)
	}
	r.initRestarts()
	r.plan(scheduled{step: stepMeasure}, r.m.Warmup)
}

// planEach plans the n-th recurrence of a per-server entry, counted from the given instant.
func (r *run) planEach(action int, s ServerID, n uint32, from Time) {
	a := &r.m.Timeline[action]
	at := from + FromSeconds(a.Every.Sample(r.faultKey(action).Stream("each").At(uint64(s)).At(uint64(n))))
	r.planRecurrence(a, scheduled{step: stepEach, action: int32(action), server: s, n: n}, at)
}

// planRecurrence plans a recurrence of an entry that is not over by then.
func (r *run) planRecurrence(a *Action, x scheduled, at Time) {
	if a.Until == 0 || at < a.Until {
		r.plan(x, at)
	}
}

func (r *run) plan(x scheduled, at Time) {
	if at >= r.end {
		return
	}
	i := r.freeAct
	if i >= 0 {
		r.freeAct = r.acts[i].next
		r.acts[i] = x
	} else {
		i = int32(len(r.acts))
		r.acts = append(r.acts, x)
	}
	r.push(at, evAction, uint32(i))
}

func (r *run) actionTurn(i int32) {
	x := r.acts[i]
	r.acts[i].next = r.freeAct
	r.freeAct = i
	switch x.step {
	case stepAct:
		r.act(int(x.action), x.n)
	case stepEach:
		r.actEach(x)
	case stepRepair:
		r.repair(x)
	case stepResume:
		r.resume(x)
	case stepRecover:
		r.recoverSpeed(x)
	case stepReadmit:
		r.readmit(&r.balancers[x.balancer], x.server)
	case stepStoreUp:
		r.storeUp()
	case stepStoreFast:
		r.storeFast(x)
	case stepStoreWarm:
		r.warmStore(x)
	case stepBalancerRestart:
		r.restartBalancer(x)
	case stepBalancerUp:
		r.balancerUp(&r.balancers[x.balancer])
	case stepArrivals:
		r.setArrivals(1 / x.factor)
	case stepReady:
		r.serverReady(x)
	case stepDrained:
		r.drained(x)
	case stepDeadline:
		r.drainOver(x)
	case stepStop:
		r.stopWhenIdle(x)
	case stepSlowStart:
		r.slowStartStep(x)
	case stepGC:
		r.collectGarbage(x)
	case stepGCDone:
		r.garbageCollected(x)
	case stepReconnect:
		r.reopen(x)
	case stepForget:
		r.forgetLingering(x)
	case stepExpire:
		r.expire(x)
	case stepMeasure:
		r.measure()
	}
}

// act carries out a timeline entry, and plans its next recurrence.
func (r *run) act(i int, n uint32) {
	a := &r.m.Timeline[i]
	if a.Every != nil {
		next := FromSeconds(a.Every.Sample(r.faultKey(i).Stream("every").At(uint64(n) + 1)))
		r.planRecurrence(a, scheduled{step: stepAct, action: int32(i), n: n + 1}, r.now+max(next, 1))
	}
	switch a.Kind {
	case StoreOutage:
		r.storeOutage(a, r.faultKey(i).Stream("repair").At(uint64(n)))
		return
	case StoreSlow:
		r.storeSlow(a, r.faultKey(i).Stream("repair").At(uint64(n)))
		return
	case Deploy:
		r.startDeploy(a)
		return
	case ScaleTo:
		r.scaleTo(a.Servers, a.Deadline)
		return
	case PolicyChange:
		r.changePolicy(r.m.Later[a.Servers])
		return
	case ArrivalFactor:
		r.changeArrivals(a, r.faultKey(i).Stream("repair").At(uint64(n)))
		return
	case BalancerRestart:
		r.restartBalancers(a, r.faultKey(i).Stream("repair").At(uint64(n)))
		return
	}
	for k, s := range r.targets(i, n) {
		r.strike(i, s, r.faultKey(i).Stream("repair").At(uint64(n)).At(uint64(k)))
	}
}

// targets are the servers a recurrence of an entry hits: named ones, a zone, or some by draw. The draw does not look at
// who is alive, so every policy sees the same servers hit.
func (r *run) targets(i int, n uint32) []ServerID {
	a := &r.m.Timeline[i]
	var hit []ServerID
	switch {
	case len(a.Targets) > 0 && a.Places:
		present := r.servers.inService()
		for _, p := range a.Targets {
			if len(present) > 0 {
				hit = append(hit, present[int(p)%len(present)])
			}
		}
		return hit
	case len(a.Targets) > 0:
		return a.Targets
	case a.Zone >= 0:
		for s := range r.servers {
			if r.servers[s].info.Zone == a.Zone {
				hit = append(hit, ServerID(s))
			}
		}
		return hit
	}
	k := r.faultKey(i).Stream("targets").At(uint64(n))
	pool := r.drawnFrom(a.Kind)
	for j := 0; j < a.Servers && j < len(pool); j++ {
		o := j + k.At(uint64(j)).IntN(len(pool)-j)
		pool[j], pool[o] = pool[o], pool[j]
		hit = append(hit, pool[j])
	}
	return hit
}

// drawnFrom is whom a draw is made among: the original fleet, or, of those that are taken away for good, who is there to
// be taken.
func (r *run) drawnFrom(kind ActionKind) []ServerID {
	if kind == Preempt || kind == Drain {
		return r.servers.inService()
	}
	pool := make([]ServerID, len(r.m.Servers))
	for s := range pool {
		pool[s] = ServerID(s)
	}
	return pool
}

// actEach carries out a per-server entry. The next one is planned when this one is over, in running time.
func (r *run) actEach(x scheduled) {
	i := int(x.action)
	a := &r.m.Timeline[i]
	if r.servers[x.server].life == gone {
		return
	}
	over := r.strike(i, x.server, r.faultKey(i).Stream("repair").At(uint64(x.server)).At(uint64(x.n)))
	if over < Never && a.Every != nil {
		r.planEach(i, x.server, x.n+1, over)
	}
}

// strike applies a fault to one server and returns when it will be over.
func (r *run) strike(i int, s ServerID, k rng.Key) Time {
	a := &r.m.Timeline[i]
	if int(s) >= len(r.servers) {
		return Never // it has not been made yet
	}
	sv := &r.servers[s]
	over := r.now
	switch {
	case a.Repair != nil:
		over += FromSeconds(a.Repair.Sample(k))
	case !a.Each || a.Every == nil:
		over = Never
	}
	switch a.Kind {
	case Crash:
		r.crash(s, a.Name, over)
	case Pause:
		if !sv.serving() {
			return over
		}
		sv.pause()
		r.log("server paused", s, a.Name, int64(sv.sessions))
		r.adjustSpeed(s)
		r.healthChanged(s)
		r.plan(scheduled{step: stepResume, server: s, era: sv.incarnation}, over)
	case Drain:
		r.drain(s, drainPlan{deadline: a.Deadline, untilEmpty: true, cause: LostDrainCut, replace: a.Replace})
		return Never
	case Preempt:
		r.preempt(s, a)
		return Never
	case Slow:
		sv.slow(a.Factor)
		r.adjustSpeed(s)
		r.log("server slowed", s, a.Name, int64(sv.sessions))
		r.plan(scheduled{step: stepRecover, server: s, n: sv.startUps, factor: a.Factor}, over)
	}
	return over
}

func (r *run) resume(x scheduled) {
	sv := &r.servers[x.server]
	if !sv.still(x.era) {
		return
	}
	sv.unpause(r.now)
	if x.step == stepResume {
		r.log("server resumed", x.server, "", int64(sv.sessions))
	}
	r.adjustSpeed(x.server)
	r.healthChanged(x.server)
}

func (r *run) recoverSpeed(x scheduled) {
	sv := &r.servers[x.server]
	if sv.life == gone || sv.startUps != x.n {
		return
	}
	sv.unslow(x.factor)
	r.adjustSpeed(x.server)
	r.log("server recovered", x.server, "", 0)
}
