package sim

import (
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// station is the shared session store: FCFS over its workers, behind a network.
type station struct {
	spec       *StoreStation
	busy       int32
	queue      requestList
	open       int32 // operations under way: waiting, at work, travelling
	down       bool
	era        uint16 // goes up with every outage in which something is forgotten
	kept       []Time // by era: up to when sessions had begun that survived its end
	slowed     slowdowns
	warmth     float64 // share of the usual speed after an outage
	upAt       Time
	outages    uint16
	since      Time
	area, base int64
	latency    stats.Histogram
	calls      int64
	failed     int64
}

// opStep is how far a store operation has come.
type opStep uint8

const (
	opWaiting opStep = iota
	opWorking
	opTravelling
)

func (r *run) initStore() {
	r.store = station{spec: &r.m.State.Store, queue: noRequests, warmth: 1}
}

func (s *station) touch(now Time) {
	s.area += int64(now-s.since) * int64(s.busy)
	s.since = now
}

// forgot reports whether an outage since the given era has cost the store a session that had begun at the given time.
// A session that the first outage spares is in every later snapshot.
func (s *station) forgot(era uint16, born Time) bool {
	return era != s.era && born > s.kept[era]
}

// speed is how fast the store works, as a share of the usual.
func (s *station) speed() float64 { return s.slowed.factor() * s.warmth }

// Draws below a request's address for the store; its operations are numbered from 0.
const (
	forLoad   = 1 << 20
	forChange = 1<<20 + 1
	forBehind = 1<<20 + 2
)

// operations is how many store operations a request has that reads the state, and may write it.
func (r *run) operations(write bool) uint8 {
	n := max(r.store.spec.Calls, 1)
	if !write {
		n = max(n-1, 1)
	}
	return uint8(n)
}

// visitStore reads the session from the shared store.
func (r *run) visitStore(q *request, p *population, c *client) Time {
	fresh := c.flags&hasState == 0
	idle, born := Time(0), r.now
	if r.cold != nil {
		cold := &r.cold[q.client]
		if fresh {
			cold.born = r.now
		}
		idle, born = r.now-cold.last, cold.born
		cold.last = r.now
	}
	extra := Time(0)
	switch {
	case fresh:
		c.flags |= hasState
	case r.store.forgot(c.incarnation, born):
		fresh, extra = true, r.lose(q, p, c, q.server, LostStoreOutage)
	case p.IdleTimeout > 0 && idle > p.IdleTimeout:
		fresh, extra = true, r.lose(q, p, c, q.server, LostIdle)
	}
	c.incarnation = r.store.era
	q.calls(r.operations(fresh || r.writes(q, p)))
	return extra
}

// storeCall starts the request's next operation.
func (r *run) storeCall(q int32) {
	rq := &r.requests[q]
	st := &r.store
	rq.callStore(r.now)
	if st.down && !st.spec.Hang || st.spec.Connections > 0 && int(st.open) >= st.spec.Connections {
		r.storeFailed(q)
		return
	}
	if !st.down && (st.spec.Workers == 0 || int(st.busy) < st.spec.Workers) {
		st.open++
		r.storeWork(q)
		return
	}
	if st.spec.Queue >= 0 && int(st.queue.length) >= st.spec.Queue && !st.down {
		r.storeFailed(q)
		return
	}
	st.open++
	st.queue.append(r.requests, q)
}

func (r *run) storeWork(q int32) {
	rq := &r.requests[q]
	st := &r.store
	st.touch(r.now)
	st.busy++
	rq.storeStep(opWorking)
	span := Time(0)
	if st.spec.Service != nil {
		span = FromSeconds(st.spec.Service.Sample(r.opKey(rq, forStore)) / st.speed())
	}
	r.pushRequest(r.now+span, evStore, q)
}

func (r *run) opKey(rq *request, purpose uint64) rng.Key {
	k := rq.key.At(uint64(rq.seq)*purposes + purpose).At(uint64(rq.op) | uint64(rq.retry)<<8)
	if rq.flags&background != 0 {
		return k.At(forBehind)
	}
	return k
}

// storeDone is the end of a store's work on an operation, or of its way over the network.
func (r *run) storeDone(q int32) {
	rq, alive := r.taken(q)
	if !alive || rq.phase != storing {
		return
	}
	if rq.opStep == opWorking {
		st := &r.store
		st.touch(r.now)
		st.busy--
		r.storeNext()
		rq = &r.requests[q]
		span := Time(0)
		if st.spec.Latency != nil {
			span = FromSeconds(st.spec.Latency.Sample(r.opKey(rq, forLatency)) / st.speed())
		}
		rq.storeStep(opTravelling)
		if span > 0 {
			r.pushRequest(r.now+span, evStore, q)
			return
		}
	}
	if rq.flags&travelOnly == 0 {
		r.store.latency.Add(int64(r.now - rq.storeStart))
		r.store.calls++
		r.store.open--
		if rq.flags&loads != 0 && (rq.op == 0 || rq.op == 1 && rq.flags&stores != 0) {
			r.loaded(rq)
		}
		if rq.flags&(stores|background) != 0 && rq.op == 0 {
			r.written(rq)
		}
	}
	if rq.flags&background != 0 {
		r.release(q)
		return
	}
	r.nextStep(q)
}

// travel delays the answer by network time that belongs to no station.
func (r *run) travel(q int32, span Time) {
	r.requests[q].leaveForClient()
	r.pushRequest(r.now+span, evStore, q)
}

// storeNext takes up waiting operations while there are workers.
func (r *run) storeNext() {
	st := &r.store
	for !st.down && st.queue.head != nilRequest && (st.spec.Workers == 0 || int(st.busy) < st.spec.Workers) {
		r.storeWork(st.queue.pop(r.requests))
	}
}

func (r *run) storeFailed(q int32) {
	rq := &r.requests[q]
	r.store.failed++
	rq.wake()
	if rq.flags&background != 0 {
		r.release(q)
		return
	}
	r.servers[rq.server].countError()
	if rq.flags&message == 0 {
		r.ended(q, Answered) // the server did answer: with an error
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return
	}
	r.clientFailed(q, FailedStore)
}

// storeOutage takes the store down. Operations it was working on finish.
func (r *run) storeOutage(a *Action, k rng.Key) {
	st := &r.store
	upAt := Never
	if a.Repair != nil {
		upAt = r.now + FromSeconds(a.Repair.Sample(k))
	}
	if st.down {
		upAt = max(upAt, st.upAt) // until both are over
	}
	st.down, st.upAt = true, upAt
	st.outages++
	r.logStoreDown()
	r.storeForgets()
	if !st.spec.Hang {
		for q := st.queue.pop(r.requests); q != nilRequest; q = st.queue.pop(r.requests) {
			st.open--
			r.storeFailed(q)
		}
	}
	r.plan(scheduled{do: (*run).storeUp}, st.upAt)
}

// storeForgets begins a new era when an outage costs the store anything: all it holds, or what came after its last
// snapshot.
func (r *run) storeForgets() {
	st := &r.store
	kept := Time(-1)
	if st.spec.Persist {
		if st.spec.Snapshot == 0 {
			return
		}
		kept = r.now / st.spec.Snapshot * st.spec.Snapshot
	}
	st.kept = append(st.kept, kept)
	st.era++
}

func (r *run) storeUp(scheduled) {
	st := &r.store
	if !st.down || r.now < st.upAt {
		return // another outage has begun since
	}
	st.down = false
	r.log("store back", NoServer, "", 0)
	if st.spec.Restart.For > 0 {
		r.warmStore(scheduled{do: (*run).warmStore, era: st.outages})
	}
	r.storeNext()
}

// warmStore takes a step of the store's way back to its usual speed.
func (r *run) warmStore(x scheduled) {
	st := &r.store
	ramp := st.spec.Restart
	if x.era != st.outages {
		return // it has been down again
	}
	st.warmth = ramp.From + (1-ramp.From)*float64(x.n)/warmSteps
	if x.n < warmSteps {
		x.n++
		r.plan(x, r.now+ramp.For/warmSteps)
	}
}

// storeSlow makes the store work at a share of its speed.
func (r *run) storeSlow(a *Action, k rng.Key) {
	r.store.slowed = append(r.store.slowed, a.Factor)
	r.log("store slowed", NoServer, a.Name, 0)
	if a.Repair != nil {
		r.plan(scheduled{do: (*run).storeFast, factor: a.Factor}, r.now+FromSeconds(a.Repair.Sample(k)))
	}
}

func (r *run) storeFast(x scheduled) {
	r.store.slowed.end(x.factor)
	r.log("store recovered", NoServer, "", 0)
}
