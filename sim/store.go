package sim

import (
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// station is the shared session store: FCFS over its workers, behind a network.
type station struct {
	spec       *StoreStation
	busy       int32
	head, tail int32
	waiting    int32
	down       bool
	outage     uint16 // goes up when what it holds is lost
	factor     float64
	upAt       Time
	fastAt     Time
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
	r.store = station{spec: &r.m.State.Store, head: nilRequest, tail: nilRequest, factor: 1}
}

func (s *station) touch(now Time) {
	s.area += int64(now-s.since) * int64(s.busy)
	s.since = now
}

// visitStore reads the session from the shared store.
func (r *run) visitStore(q *request, p *population, c *client) Time {
	q.op = uint8(max(r.store.spec.Calls, 1))
	idle := Time(0)
	if r.cold != nil {
		idle = r.now - r.cold[q.client].last
		r.cold[q.client].last = r.now
	}
	if c.flags&hasState == 0 {
		c.flags |= hasState
		c.incarnation = r.store.outage
		return 0
	}
	extra := Time(0)
	switch {
	case c.incarnation != r.store.outage:
		extra = r.lose(q, p, c, q.server, LostStoreOutage)
	case p.IdleTimeout > 0 && idle > p.IdleTimeout:
		extra = r.lose(q, p, c, q.server, LostIdle)
	}
	c.incarnation = r.store.outage
	return extra
}

// visitCached uses the copy on the server where it is, and loads it from the store where it is not.
func (r *run) visitCached(q *request, p *population, c *client, s ServerID) Time {
	if c.flags&hasState == 0 {
		r.makeState(p, q.client, s)
		q.op = uint8(max(r.store.spec.Calls, 1))
		return 0
	}
	if p.IdleTimeout > 0 && r.now-r.cold[q.client].last > p.IdleTimeout {
		return r.lose(q, p, c, s, LostIdle)
	}
	if c.state == s && r.servers[s].incarnation == c.incarnation {
		r.cacheHits++
		r.useState(p, q.client, &r.servers[s])
		return 0
	}
	r.cacheMisses++
	q.op = uint8(max(r.store.spec.Calls, 1))
	if r.cold != nil {
		bytes := r.cold[q.client].bytes
		r.releasePrimary(q.client, c)
		c.state, c.incarnation = s, r.servers[s].incarnation
		r.addMemory(s, bytes)
		r.remember(q.client, s)
		r.cold[q.client].last = r.now
	}
	c.state, c.incarnation = s, r.servers[s].incarnation
	if r.m.State.Load == nil {
		return 0
	}
	return FromSeconds(r.m.State.Load.Sample(q.key.At(uint64(q.seq)*purposes + forStore).At(1 << 20)))
}

// storeCall starts the request's next operation.
func (r *run) storeCall(q int32) {
	rq := &r.requests[q]
	st := &r.store
	rq.op--
	rq.phase = storing
	rq.opStep = opWaiting
	rq.start2 = r.now
	if st.down && !st.spec.Hang {
		r.storeFailed(q)
		return
	}
	if !st.down && (st.spec.Workers == 0 || int(st.busy) < st.spec.Workers) {
		r.storeWork(q)
		return
	}
	if st.spec.Queue >= 0 && int(st.waiting) >= st.spec.Queue && !st.down {
		r.storeFailed(q)
		return
	}
	rq.next = nilRequest
	if st.tail == nilRequest {
		st.head = q
	} else {
		r.requests[st.tail].next = q
	}
	st.tail = q
	st.waiting++
}

func (r *run) storeWork(q int32) {
	rq := &r.requests[q]
	st := &r.store
	st.touch(r.now)
	st.busy++
	rq.opStep = opWorking
	span := Time(0)
	if st.spec.Service != nil {
		span = FromSeconds(st.spec.Service.Sample(r.opKey(rq, forStore)) / st.factor)
	}
	r.pushRequest(r.now+span, evStore, q)
}

func (r *run) opKey(rq *request, purpose uint64) rng.Key {
	return rq.key.At(uint64(rq.seq)*purposes + purpose).At(uint64(rq.op) | uint64(rq.retry)<<8)
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
			span = FromSeconds(st.spec.Latency.Sample(r.opKey(rq, forLatency)) / st.factor)
		}
		rq.opStep = opTravelling
		if span > 0 {
			r.pushRequest(r.now+span, evStore, q)
			return
		}
	}
	if rq.start2 >= 0 {
		r.store.latency.Add(int64(r.now - rq.start2))
		r.store.calls++
	}
	switch {
	case rq.op > 0:
		r.storeCall(q)
	case rq.travel > 0:
		r.travel(q, rq.travel)
	default:
		r.answer(q)
	}
}

// travel delays the answer by network time that belongs to no station.
func (r *run) travel(q int32, span Time) {
	rq := &r.requests[q]
	rq.phase = storing
	rq.opStep = opTravelling
	rq.start2 = -1
	rq.travel = 0
	r.pushRequest(r.now+span, evStore, q)
}

// storeNext takes up waiting operations while there are workers.
func (r *run) storeNext() {
	st := &r.store
	for !st.down && st.head != nilRequest && (st.spec.Workers == 0 || int(st.busy) < st.spec.Workers) {
		q := st.head
		st.head = r.requests[q].next
		if st.head == nilRequest {
			st.tail = nilRequest
		}
		st.waiting--
		r.storeWork(q)
	}
}

func (r *run) storeFailed(q int32) {
	rq := &r.requests[q]
	r.store.failed++
	r.servers[rq.server].errors++
	rq.phase = fresh
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
	st.down = true
	if !st.spec.Persist {
		st.outage++
	}
	st.upAt = Never
	if a.Repair != nil {
		st.upAt = r.now + FromSeconds(a.Repair.Sample(k))
	}
	r.log("store down", NoServer, "", 0)
	if !st.spec.Hang {
		for q := st.head; q != nilRequest; {
			next := r.requests[q].next
			r.storeFailed(q)
			q = next
		}
		st.head, st.tail, st.waiting = nilRequest, nilRequest, 0
	}
	r.plan(scheduled{step: stepStoreUp}, st.upAt)
}

func (r *run) storeUp() {
	if !r.store.down || r.now < r.store.upAt {
		return // another outage has begun since
	}
	r.store.down = false
	r.log("store back", NoServer, "", 0)
	r.storeNext()
}

// storeSlow makes the store work at a share of its speed.
func (r *run) storeSlow(i int, k rng.Key) {
	a := &r.m.Timeline[i]
	r.store.factor = a.Factor
	r.log("store slowed", NoServer, "", 0)
	if a.Repair == nil {
		return
	}
	r.store.fastAt = r.now + FromSeconds(a.Repair.Sample(k))
	r.plan(scheduled{step: stepStoreFast, action: int32(i)}, r.store.fastAt)
}

func (r *run) storeFast(*Action) {
	if r.now >= r.store.fastAt {
		r.store.factor = 1
		r.log("store recovered", NoServer, "", 0)
	}
}
