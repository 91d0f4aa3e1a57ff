package sim

import (
	"stickysim/sim/rng"
	"stickysim/sim/stats"
)

// request is an attempt in flight. Slots are pooled; one is used again when no event refers to it any more.
type request struct {
	sent     Time // when the user sent the request (first attempt): where latency counts from
	enter    Time // when this attempt reached the server
	start    Time // when its service began
	deadline Time // end of the client's patience with this attempt
	due      Time // when its service ends, as scheduled; other departure events of it are stale
	from     Time // up to when work has been subtracted from left
	demand   Time // work at speed 1, extra work included once service began
	left     Time // of it still to do
	extra    Time // part of demand that the session's state has caused
	memo     uint64
	cookie   Cookie  // that the client sends
	set      Cookie  // that the balancer gives the client with the answer
	setTTL   Time    // and how long it is kept
	key      rng.Key // of the client, whose slot may be somebody else's when an orphan asks
	start2   Time    // when its store operation began; negative: not one
	travel   Time    // network time after service that is not the store's
	finish   float64 // PS: virtual time at which it is done
	client   ClientID
	seq      uint32
	addr     uint32 // number of the address it comes from, as the balancer knows it
	server   ServerID
	next     int32 // in the server's queue, or its list of requests in service
	prev     int32
	laneNext int32
	lanePrev int32
	balancer int32
	nTried   uint8 // servers that failed it
	attempt  uint8 // by the balancer, for this send
	retry    uint8 // by the client
	phase    phase
	pending  uint8 // events that refer to this slot
	why      uint8
	op       uint8 // store operations still to do
	opStep   opStep
	flags    uint16
	pop      uint16
	failure  uint8
	mark     uint8 // that the client sends
	setMark  uint8 // that the balancer gives it with the answer
}

// maxTried is how many failed servers a request remembers, in a table beside the requests: few have any.
const maxTried = 32

const nilRequest int32 = -1

// phase is where a request is.
type phase uint8

const (
	free phase = iota
	fresh
	queued     // in the server's queue
	serving    // in service
	storing    // at the store, or on the way to or from it
	failing    // its failure is not known to the client or balancer yet
	backingOff // waits for the next attempt
	parked     // in the balancer's own queue
	done       // finished; the slot waits for its last event
)

// A request's flags.
const (
	measured   uint16 = 1 << iota // sent in the counted part of the run
	orphan                        // its user has given up; the server does the work all the same
	inLane                        // linked into the population's deadlines
	message                       // goes over the client's open connection; not routed
	opening                       // opens the client's connection
	saves                         // its session's state is to be written to the store behind its answer
	stores                        // before it: its last operation is that
	background                    // is such a write: nobody waits for it, and no server works on it
	loads                         // its session's state is to be read from the store into its server's cache
	begins                        // has begun its client's session, or begun it anew after a loss
)

// newRequest takes a slot.
func (r *run) newRequest() int32 {
	r.inFlight++
	if q := r.freeRequest; q != nilRequest {
		r.freeRequest = r.requests[q].next
		return q
	}
	if len(r.requests) > maxEntity {
		violated("capacity", "more than %d requests are in flight", maxEntity)
	}
	r.requests = append(r.requests, request{})
	return int32(len(r.requests) - 1)
}

// release ends a slot; it becomes free when the last event that refers to it has passed.
func (r *run) release(q int32) {
	rq := &r.requests[q]
	r.leaveLane(q)
	rq.phase = done
	if rq.pending == 0 {
		r.recycle(q)
	}
}

func (r *run) recycle(q int32) {
	rq := &r.requests[q]
	rq.phase = free
	rq.next = r.freeRequest
	r.freeRequest = q
	r.inFlight--
}

// pushRequest schedules an event of a request.
func (r *run) pushRequest(at Time, kind eventKind, q int32) {
	if at < r.end {
		r.requests[q].pending++
		r.push(at, kind, uint32(q))
	}
}

// noteTried remembers the server that has just failed q.
func (r *run) noteTried(q int32) {
	rq := &r.requests[q]
	if rq.nTried == maxTried {
		return
	}
	if room := maxTried * len(r.requests); len(r.tried) < room {
		r.tried = append(r.tried, make([]ServerID, room-len(r.tried))...)
	}
	r.tried[maxTried*int(q)+int(rq.nTried)] = rq.server
	rq.nTried++
}

// triedBy are the servers that failed q, oldest first.
func (r *run) triedBy(q int32) []ServerID {
	first := maxTried * int(q)
	return r.tried[first : first+int(r.requests[q].nTried)]
}

// taken takes an event of q off its books and says whether the slot still lives.
func (r *run) taken(q int32) (*request, bool) {
	rq := &r.requests[q]
	rq.pending--
	if rq.phase == done {
		if rq.pending == 0 {
			r.recycle(q)
		}
		return rq, false
	}
	return rq, true
}

// send makes the client's next request and starts its first attempt. A recorded demand ≥ 0 overrides the drawn one.
func (r *run) send(p *population, id ClientID, recorded Time) {
	c := &r.clients[id]
	if c.left != endless {
		c.left--
	}
	c.seq++
	c.outstanding++
	q := r.newRequest()
	rq := &r.requests[q]
	rq.begin(r.now, id, c)
	rq.demand = recorded
	if recorded < 0 && p.Demand != nil {
		rq.demand = FromSeconds(p.Demand.Sample(c.draw(c.seq, forDemand)))
	}
	if p.Loop == Connection {
		r.overConnection(p, c, rq)
	}
	if r.live {
		rq.flags |= measured
		p.stats.sent++
	}
	p.stats.allSent++
	if p.RetryBudget > 0 {
		p.ticket = min(p.ticket+p.RetryBudget, budgetCap)
	}
	r.try(p, q)
}

// begin clears a slot for a new request; what an attempt sets before it reads it is left as it is.
func (q *request) begin(now Time, id ClientID, c *client) {
	q.sent, q.client, q.key, q.seq, q.pop = now, id, c.key, c.seq, c.pop
	q.server = NoServer
	q.phase = fresh
	q.left, q.extra, q.travel, q.memo, q.set = 0, 0, 0, 0, 0
	q.nTried, q.attempt, q.retry, q.pending, q.why, q.op, q.flags, q.setMark = 0, 0, 0, 0, 0, 0, 0, 0
}

// overConnection decides whether a request of a long-lived connection goes over the open one, or must open it first.
func (r *run) overConnection(p *population, c *client, rq *request) {
	if c.flags&connected != 0 && c.home != NoServer && r.servers[c.home].life == running {
		rq.flags |= message
		return
	}
	r.disconnect(c)
	rq.flags |= opening
	if p.Handshake != nil {
		rq.demand += FromSeconds(p.Handshake.Sample(c.draw(c.seq, forHandshake)))
	}
}

// try starts an attempt of the client: its patience begins, the balancer is asked.
func (r *run) try(p *population, q int32) {
	rq := &r.requests[q]
	rq.attempt, rq.nTried, rq.memo, rq.set, rq.setMark = 0, 0, 0, 0, 0
	if rq.flags&measured != 0 {
		p.stats.attempts++
	}
	if p.Timeout != nil {
		r.startPatience(p, q)
	}
	r.route(q)
}

// attemptTurn is the end of a backoff, or the moment an attempt's failure becomes known.
func (r *run) attemptTurn(q int32) {
	rq, alive := r.taken(q)
	if !alive {
		return
	}
	switch rq.phase {
	case backingOff:
		r.try(&r.pops[rq.pop], q)
	case failing:
		if rq.failure == redispatching {
			r.route(q)
			return
		}
		r.attemptFailed(q, Outcome(rq.failure))
	}
}

// answer ends an attempt that the server has answered.
func (r *run) answer(q int32) {
	rq := &r.requests[q]
	p := &r.pops[rq.pop]
	s := rq.server
	sv := &r.servers[s]
	sv.answered++
	here := r.now - rq.enter
	bucket := stats.BucketOf(int64(here))
	if rq.flags&measured != 0 {
		sv.latency.AddTo(bucket)
		sv.sojourn += int64(here)
	}
	if rq.flags&message == 0 {
		r.answered(q)
	}
	if rq.flags&orphan != 0 {
		r.release(q)
		return
	}
	c := &r.clients[rq.client]
	r.setHome(c, s)
	if rq.flags&opening != 0 {
		r.connect(c)
	}
	if rq.flags&measured != 0 {
		p.stats.good++
		total := r.now - rq.sent
		if total != here { // it had waited elsewhere before
			bucket = stats.BucketOf(int64(total))
		}
		p.stats.latency.counts.AddTo(bucket)
		p.stats.latency.sum += int64(total)
		wait := rq.start - rq.enter
		if sv.discipline == PS {
			wait = r.now - rq.enter - rq.service(sv)
		}
		p.stats.wait.add(max(wait, 0))
		p.stats.slowdown.add(float64(r.now-rq.sent), float64(rq.demand))
	}
	p.stats.allGood++
	id := rq.client
	r.release(q)
	r.settled(p, id, 0)
}

// service is the time the request's demand takes on an idle core.
func (q *request) service(sv *server) Time {
	if sv.spec.Speed == 1 {
		return q.demand
	}
	return Time(float64(q.demand) / sv.spec.Speed)
}

// settled goes on with the client after one of its requests has been answered or has failed for good, after a pause at least.
func (r *run) settled(p *population, id ClientID, pause Time) {
	c := &r.clients[id]
	c.outstanding--
	if p.Loop == ClosedLoop && p.Trace == nil {
		r.goOn(p, id, pause)
		return
	}
	if c.outstanding == 0 && c.flags&ending != 0 && (p.Trace != nil || c.flags&waiting == 0) {
		r.endSession(p, id)
	}
}
