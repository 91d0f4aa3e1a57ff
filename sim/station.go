package sim

import (
	"slices"

	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// station is the shared session store: FCFS over its workers, behind a network. Every run has one, so that an outage can be
// logged, but only some placements use it.
type station struct {
	r                *run
	spec             *StoreStation
	service, network law // of the parts of an operation
	busy             int32
	queue            requestList
	open             int32 // operations that wait, are in service, or are on the network

	// foreseen: no operation fails, and the speed of the store never changes, so that when one ends is known when it comes.
	foreseen bool
	crew     crew // foreseen: the workers that operations wait for; without them, all of a request's are planned together
	each     Time // without them: how long every operation takes; negative where that is drawn

	down    bool
	era     uint16 // goes up with every outage in which state is lost
	kept    []Time // by era: sessions that began later were lost at its end
	slowed  slowdowns
	warmth  float64 // share of its usual speed that the store has reached after an outage
	upAt    Time
	outages uint16

	since      Time  // up to when area is accrued
	area, base int64 // ns that workers were busy, and that sum when counting began
	latency    stats.Histogram
	alike      uint64 // operations that took each and are not in latency yet
	failed     int64
}

// opStep is how far a store operation has come.
type opStep uint8

const (
	opWaiting opStep = iota
	opWorking
	opTravelling
	opsTogether // on its last operation of those planned together, which have been counted
	opsLast     // the same, and on the way back to the client
)

func newStation(r *run) *station {
	st := &station{r: r, spec: &r.m.State.Store, queue: noRequests, warmth: 1, since: r.now}
	st.service, st.network = lawOf(st.spec.Service), lawOf(st.spec.Latency)
	waits := st.spec.Workers > 0 && st.spec.Service != nil
	st.foreseen = st.spec.Connections == 0 && !(waits && st.spec.Queue >= 0) && !slices.ContainsFunc(r.m.Timeline, func(a Action) bool {
		return a.Kind == StoreOutage || a.Kind == StoreSlow
	})
	if st.foreseen && waits {
		st.crew = crew{size: st.spec.Workers, end: r.end}
	}
	if st.each = -1; st.service.fixed && st.network.fixed {
		st.each = FromSeconds(st.service.each) + FromSeconds(st.network.each)
	}
	return st
}

// accrue brings the time that workers were busy up to now. It is called before their number changes.
func (st *station) accrue() {
	if st.crew.size > 0 {
		st.area = st.crew.worked(st.r.now)
		return
	}
	st.area += int64(st.r.now-st.since) * int64(st.busy)
	st.since = st.r.now
}

// forgot reports whether an outage since the given era has lost a session that had begun at the given time. A session that
// the first outage spares is in every later snapshot.
func (st *station) forgot(era uint16, born Time) bool {
	return era != st.era && born > st.kept[era]
}

// eraOf is the era of a state that was last stored in the given era, plus 1. One that was never stored is in none: the era
// before the present one stands for that.
func (st *station) eraOf(stored uint16) uint16 {
	if stored == 0 {
		return st.era - 1
	}
	return stored - 1
}

// speed is how fast the store works, as a share of the usual.
func (st *station) speed() float64 { return st.slowed.factor() * st.warmth }

// Draws below a request's address for the store; its operations are numbered from 0.
const (
	forLoad   = 1 << 20
	forChange = 1<<20 + 1
	forBehind = 1<<20 + 2
)

// operations is how many store operations a request has that reads the state, and may write it.
func (st *station) operations(write bool) uint8 {
	n := max(st.spec.Calls, 1)
	if !write {
		n = max(n-1, 1)
	}
	return uint8(n)
}

// call starts the request's next operation.
func (st *station) call(q int32, rq *request) {
	r := st.r
	switch {
	case st.crew.size > 0:
		st.plan(q, rq)
		return
	case st.foreseen && st.together(q, rq):
		return
	}
	rq.callStore(r.now)
	switch idle := st.spec.Workers == 0 || int(st.busy) < st.spec.Workers; {
	case st.down && !st.spec.Hang, st.spec.Connections > 0 && int(st.open) >= st.spec.Connections:
		st.fail(q)
	case !st.down && idle:
		st.open++
		st.work(q)
	case !st.down && st.spec.Queue >= 0 && int(st.queue.length) >= st.spec.Queue:
		st.fail(q)
	default:
		st.open++
		st.queue.append(r.requests, q)
	}
}

// together plans the request's next operations as one event, up to the next whose end the placement follows, and the way
// back to the client where nothing is to be done before it. It does not where some of them may end before counting begins
// and others after it.
func (st *station) together(q int32, rq *request) bool {
	r := st.r
	last := uint8(0)
	if rq.flags&(loads|stores) == loads|stores && rq.op > 1 {
		last = 1
	}
	n := rq.op - last
	at := r.now + Time(n)*st.each
	switch {
	case st.each < 0 || at >= r.end:
		at = st.planEach(rq, last)
	case r.live:
		st.alike += uint64(n)
	}
	if !r.live && at >= 0 {
		return false
	}
	st.goOn(q, rq, at, last)
	return true
}

// goOn makes the end of planned operations an event, or the end of the way back to the client where nothing is to be done before.
func (st *station) goOn(q int32, rq *request, at Time, left uint8) {
	if rq.flags&(loads|stores|background) == 0 && left == 0 {
		rq.callStoreLast()
		at += rq.travel
	} else {
		rq.callStoreUpTo(left)
	}
	st.r.pushFor(rq, at, evStore, q)
}

// plan plans the request's next operation, which may wait for a worker.
func (st *station) plan(q int32, rq *request) {
	r, op := st.r, rq.op-1
	at := st.crew.take(r.now, st.service.spanIn(familyOf(rq, forStore), rq, op)) + st.network.spanIn(familyOf(rq, forLatency), rq, op)
	if !r.live { // counting may have begun when it ends
		rq.callStore(r.now)
		rq.storeStep(opTravelling)
		st.open++
		r.pushFor(rq, at, evStore, q)
		return
	}
	if at < r.end {
		st.latency.Add(int64(at - r.now))
	}
	st.goOn(q, rq, at, op)
}

// planEach plans operations one by one, counts those that end in the run, and returns when the last one ends.
func (st *station) planEach(rq *request, last uint8) (at Time) {
	r := st.r
	at = r.now
	works, travels := familyOf(rq, forStore), familyOf(rq, forLatency)
	for op := rq.op; op > last; {
		op--
		span := st.service.spanIn(works, rq, op) + st.network.spanIn(travels, rq, op)
		if at += span; r.live && at < r.end {
			st.latency.Add(int64(span))
		}
	}
	return at
}

// spanIn draws how long a part of a request's operation takes at the store's usual speed.
func (l *law) spanIn(family rng.Key, rq *request, op uint8) Time {
	switch {
	case l.fixed:
		return FromSeconds(l.each)
	case l.mean > 0:
		return FromSeconds(l.mean * operationIn(family, rq, op).Exp())
	}
	return FromSeconds(l.drawOther(operationIn(family, rq, op)))
}

// work puts a worker on the operation.
func (st *station) work(q int32) {
	r := st.r
	rq := &r.requests[q]
	span := st.span(&st.service, rq, rq.op, forStore)
	if span == 0 {
		if away := st.span(&st.network, rq, rq.op, forLatency); away > 0 {
			rq.storeStep(opTravelling)
			r.pushRequest(r.now+away, evStore, q)
			return
		}
	}
	st.accrue()
	st.busy++
	rq.storeStep(opWorking)
	r.pushRequest(r.now+span, evStore, q)
}

// span draws how long a part of a request's operation takes at the store's present speed.
func (st *station) span(part *law, rq *request, op uint8, purpose uint64) Time {
	if part.fixed {
		return FromSeconds(part.each / st.speed())
	}
	return FromSeconds(part.seconds(operationIn(familyOf(rq, purpose), rq, op)) / st.speed())
}

// familyOf addresses the draws for a purpose of all operations of a request.
func familyOf(rq *request, purpose uint64) rng.Key {
	return rq.key.At(uint64(rq.seq)*purposes + purpose)
}

// operationIn addresses the draw of one operation among those of all.
func operationIn(family rng.Key, rq *request, op uint8) rng.Key {
	k := family.At(uint64(op) | uint64(rq.retry)<<8)
	if rq.flags&background != 0 {
		return k.At(forBehind)
	}
	return k
}

// done follows a worker's part of an operation, or the network's.
func (st *station) done(q int32) {
	r := st.r
	rq := &r.requests[q]
	if !r.taken(q, rq) || rq.phase != storing {
		return
	}
	if rq.opStep == opsLast {
		r.answer(r.pops[rq.pop], q, rq, r.servers[rq.server])
		return
	}
	if rq.opStep == opWorking {
		st.accrue()
		st.busy--
		st.next()
		rq = &r.requests[q] // the pool may have moved
		rq.storeStep(opTravelling)
		if span := st.span(&st.network, rq, rq.op, forLatency); span > 0 {
			r.pushRequest(r.now+span, evStore, q)
			return
		}
	}
	if rq.flags&travelOnly == 0 {
		if rq.opStep != opsTogether {
			st.latency.Add(int64(r.now - rq.from))
			st.open--
		}
		if rq.flags&(loads|stores|background) != 0 {
			r.place.stored(rq)
		}
	}
	if rq.flags&background != 0 {
		r.release(q)
		return
	}
	r.nextStep(r.pops[rq.pop], q, rq, r.servers[rq.server])
}

// travel delays an answer by network time that is not the store's.
func (st *station) travel(q int32, span Time) {
	st.r.requests[q].leaveForClient()
	st.r.pushRequest(st.r.now+span, evStore, q)
}

// next starts waiting operations while there are idle workers.
func (st *station) next() {
	for !st.down && st.queue.head != nilRequest && (st.spec.Workers == 0 || int(st.busy) < st.spec.Workers) {
		st.work(st.queue.pop(st.r.requests))
	}
}

// fail ends an operation, and with it its request, whose server answers with an error.
func (st *station) fail(q int32) {
	r := st.r
	rq := &r.requests[q]
	st.failed++
	rq.wake()
	if rq.flags&background != 0 {
		r.release(q)
		return
	}
	r.countError(rq.server)
	if rq.flags&(message|abandoned) == 0 {
		r.ended(r.balancers[rq.balancer], rq.server, Answered)
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return
	}
	r.clientFailed(q, FailedStore)
}

// outage takes the store down. Operations in service finish.
func (st *station) outage(a *Action, k rng.Key) {
	r := st.r
	upAt := Never
	if a.Repair != nil {
		upAt = r.now + FromSeconds(a.Repair.Sample(k))
	}
	if st.down {
		upAt = max(upAt, st.upAt) // until both outages are over
	}
	st.down, st.upAt = true, upAt
	st.outages++
	r.logStoreDown()
	st.forget()
	if !st.spec.Hang {
		for q := st.queue.pop(r.requests); q != nilRequest; q = st.queue.pop(r.requests) {
			st.open--
			st.fail(q)
		}
	}
	r.plan(scheduled{do: func(r *run, _ scheduled) { r.store.up() }}, st.upAt)
}

// forget begins a new era when an outage costs the store anything: all it holds, or what came after its last snapshot.
func (st *station) forget() {
	kept := LongAgo
	if st.spec.Persist {
		if st.spec.Snapshot == 0 {
			return
		}
		kept = st.r.now.Floor(st.spec.Snapshot)
	}
	st.kept = append(st.kept, kept)
	st.r.incidents.endStore(st.era)
	st.era++
}

// up ends the outage, unless a later one lasts longer.
func (st *station) up() {
	if !st.down || st.r.now < st.upAt {
		return
	}
	st.down = false
	st.r.log("store up", NoServer, "", 0)
	if st.spec.Restart.For > 0 {
		st.warmUp(scheduled{do: func(r *run, x scheduled) { r.store.warmUp(x) }, era: st.outages})
	}
	st.next()
}

// warmUp takes a step towards the usual speed after an outage, unless another outage has begun since.
func (st *station) warmUp(x scheduled) {
	ramp := st.spec.Restart
	if x.era != st.outages {
		return
	}
	st.warmth = ramp.From + (1-ramp.From)*float64(x.n)/warmSteps
	if x.n < warmSteps {
		x.n++
		st.r.plan(x, st.r.now+ramp.For/warmSteps)
	}
}

// slow makes the store work at a share of its speed.
func (st *station) slow(a *Action, k rng.Key) {
	st.slowed = append(st.slowed, a.Factor)
	st.r.log("store slowed", NoServer, a.Name, 0)
	if a.Repair != nil {
		st.r.plan(scheduled{do: func(r *run, x scheduled) { r.store.recover(x) }, factor: a.Factor}, st.r.now+FromSeconds(a.Repair.Sample(k)))
	}
}

// recover ends one such fault.
func (st *station) recover(x scheduled) {
	st.slowed.end(x.factor)
	st.r.log("store recovered", NoServer, "", 0)
}

// times is how long the operations took that have been counted.
func (st *station) times() *stats.Histogram {
	if st.alike > 0 {
		st.latency.AddN(int64(st.each), st.alike)
		st.alike = 0
	}
	return &st.latency
}

// measure begins to count.
func (st *station) measure() {
	st.accrue()
	st.base = st.area
	st.latency.Reset()
	st.alike = 0
	st.failed = 0
}
