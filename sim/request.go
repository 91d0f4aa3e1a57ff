package sim

import "stickysim/sim/rng"

// request is an attempt in flight. Slots are pooled; a slot is reused when no event refers to it any more. Only this file
// and requestlist.go change a request. It takes three cache lines: all that is read of a request nothing happens to comes first,
// then what its attempt is sent with, then what only features use.
type request struct {
	sent    Time    // when the client sent the request (first attempt); latency counts from here
	enter   Time    // when this attempt reached the server
	due     Time    // when its service ends, as scheduled, and other departure events of it are stale; PS: when it has ended
	demand  Time    // work at speed 1, extra work included once service began
	key     rng.Key // of the client, whose slot may have been reused when an orphan needs it
	client  ClientID
	server  ServerID
	next    int32 // in the list of requests that it is in
	seq     uint32
	flags   uint16
	pop     uint16
	phase   phase
	why     uint8 // Reason for which it does not go to its client's server
	pending uint8 // events that refer to this slot
	news    news

	start    Time   // when its service began; not noted where it is plain
	left     Time   // work still to do; not noted where its service is plain
	from     Time   // up to when work has been subtracted from left; at the store, when its operation began
	asked    Time   // when its balancer got this attempt of the client
	cookie   Cookie // that the client sends
	memo     uint64
	prev     int32  // in the list of requests, unless it is the first
	addr     uint32 // number of the address it comes from, as the balancer knows it
	balancer uint16
	nTried   uint8 // servers that failed it
	attempt  uint8 // by the balancer, for this send
	retry    uint8 // by the client
	op       uint8 // store operations still to do
	opStep   opStep
	mark     uint8 // that the client sends

	set      Cookie  // that the balancer gives the client with the answer, where it gives any
	setTTL   Time    // how long the client keeps it
	extra    Time    // part of demand that the session's state has caused
	travel   Time    // time after service that is neither the server's nor the store's: the balancer's and the network's
	deadline Time    // when the client gives up on this attempt
	finish   float64 // PS: virtual time at which its work is done
	laneNext int32   // or its place among deadlines that are drawn
	lanePrev int32
	line     uint32 // number of the client's connection that the message goes over
	failure  uint8  // phase failing: the Outcome, or redispatching
	setMark  uint8  // that the balancer gives the client with the answer, where it gives any
}

// maxTried is how many failed servers a request remembers, in a table beside the requests: few have any.
const maxTried = 32

const nilRequest int32 = -1

// redispatching marks a failing request whose balancer is about to try another server.
const redispatching = ^uint8(0)

// phase is where a request is.
type phase uint8

const (
	free phase = iota
	fresh
	queued     // in the server's queue
	serving    // in service
	storing    // at the store, or on the way to or from it
	failing    // has failed; client and balancer do not know yet
	backingOff // waits for the next attempt
	parked     // in the balancer's queue
	done       // finished; the slot waits for its last event
)

// news is what a request's answer may change at its client.
type news uint8

const (
	newHome   news = iota // the server that its session lives on
	newCookie             // that, and a cookie or a mark that the balancer gives: set or setMark
	lesson                // that, and what the policy learns from the answer to a request that has gone plainly
	nothing               // the request has gone to its client's home without a question, is not its session's last, and nothing else has happened to the client
)

// A request's flags.
const (
	measured    uint16 = 1 << iota // sent in the counted part of the run
	orphan                         // its client has given up; the server still works on it
	inLane                         // among the population's deadlines
	message                        // sent over the client's open connection; not routed
	opening                        // opens the client's connection
	saves                          // writes its session's state to the store after its answer
	stores                         // writes it before its answer: its last operation is that
	background                     // is such a write after an answer: no client waits for it, no server works on it
	loads                          // reads its session's state from the store into its server's cache
	begins                         // has begun its client's session, or begun it anew after a loss
	travelOnly                     // on a network that is not the store's
	homed                          // its client has been answered before, and the policy is sticky
	meetsChange                    // it is its client's first since balancers learned of a change of the fleet
	abandoned                      // its balancer has given up as well, and counts it no longer
	settled                        // the policy has nothing to learn from its answer
	unread                         // what cookies its client sends is still to be read from the jar
)

// newRequest takes a slot. Records of other requests may have moved.
func (r *run) newRequest() (int32, *request) {
	q := r.freeRequest
	if q == nilRequest {
		return r.oneMoreRequest()
	}
	rq := &r.requests[q]
	r.freeRequest = rq.next
	return q, rq
}

func (r *run) oneMoreRequest() (int32, *request) {
	q := len(r.requests)
	if q > maxEntity {
		violated("capacity", "more than %d requests are in flight", maxEntity)
	}
	r.requests = append(r.requests, request{})
	return int32(q), &r.requests[q]
}

// continueRequest copies q, for its next attempt, into a slot of its own. Pending events stay with the old slot.
func (r *run) continueRequest(q int32) int32 {
	n, rq := r.newRequest()
	from := &r.requests[q]
	*rq = *from
	rq.pending, rq.phase, rq.server = 0, fresh, NoServer
	rq.next, rq.prev, rq.flags = nilRequest, nilRequest, from.flags&^inLane
	return n
}

// release ends a request; its slot becomes free when the last event that refers to it has passed.
func (r *run) release(q int32) {
	r.releaseFrom(q, &r.requests[q])
}

// releaseFrom is release of a request whose record is at hand.
func (r *run) releaseFrom(q int32, rq *request) {
	if rq.flags&inLane != 0 {
		r.leaveLane(q)
	}
	rq.phase = done
	if rq.pending == 0 {
		r.recycle(q, rq)
	}
}

func (r *run) recycle(q int32, rq *request) {
	rq.phase = free
	rq.next = r.freeRequest
	r.freeRequest = q
}

// pushRequest schedules an event of a request.
func (r *run) pushRequest(at Time, kind eventKind, q int32) { r.pushFor(&r.requests[q], at, kind, q) }

// pushFor is pushRequest of a request whose record is at hand.
func (r *run) pushFor(rq *request, at Time, kind eventKind, q int32) {
	if at < r.end {
		rq.pending++
		r.fel.Push(int64(at-r.from), uint32(kind)<<entityBits|uint32(q))
	}
}

// taken counts an event of q as handled and says whether the request still lives.
func (r *run) taken(q int32, rq *request) bool {
	rq.passed()
	if rq.phase != done {
		return true
	}
	if rq.pending == 0 {
		r.recycle(q, rq)
	}
	return false
}

// passed counts an event of the request as handled.
func (q *request) passed() { q.pending-- }

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

// copyTried lets n, which continues in the place of q, remember the servers that failed q.
func (r *run) copyTried(q, n int32) {
	if r.requests[q].nTried == 0 {
		return
	}
	if room := maxTried * len(r.requests); len(r.tried) < room {
		r.tried = append(r.tried, make([]ServerID, room-len(r.tried))...)
	}
	copy(r.tried[maxTried*int(n):], r.triedBy(q))
}

// triedBy lists the servers that failed q, oldest first.
func (r *run) triedBy(q int32) []ServerID {
	first := maxTried * int(q)
	return r.tried[first : first+int(r.requests[q].nTried)]
}

// begin clears a slot for a new request and its first attempt: through the first balancer, and without a cookie, where nothing
// says otherwise. What an attempt sets before it reads it is left as it is; see also clearDetours.
func (q *request) begin(now Time, id ClientID, c *client, work Time, flags uint16) {
	q.sent, q.demand, q.client, q.server = now, work, id, NoServer
	q.flags, q.pop, q.phase, q.why, q.news = flags, c.pop, fresh, 0, newHome
	q.asked, q.key, q.seq, q.addr, q.balancer = now, c.key, c.seq, c.addr, 0
	q.nTried, q.attempt, q.retry, q.op = 0, 0, 0, 0
	q.cookie, q.mark = 0, 0
}

// goPlainly clears a slot for a request that goes to a server and that nothing can disturb there: it has no more than what comes
// first.
func (q *request) goPlainly(now Time, id ClientID, c *client, work Time, flags uint16, s ServerID) {
	q.sent, q.demand, q.key, q.client, q.server, q.seq = now, work, c.key, id, s, c.seq
	q.flags, q.pop, q.phase, q.why, q.news = flags, c.pop, fresh, uint8(None), newHome
}

// teaches notes whether the policy learns from the answer to a request that goes plainly.
func (q *request) teaches(is bool) {
	if is {
		q.news = lesson
		return
	}
	q.flags |= settled
}

// goHome is goPlainly for a request that goes to its client's home without a question.
func (q *request) goHome(now Time, id ClientID, c *client, work Time, flags uint16) {
	q.goPlainly(now, id, c, work, flags|homed, c.home)
	q.news = nothing
}

// goWithState clears, for a request that goes plainly, what the state of its session changes, and what a store that fails reads.
func (q *request) goWithState() {
	q.balancer, q.nTried, q.attempt, q.retry, q.op = 0, 0, 0, 0, 0
	q.clearDetours()
}

// clearDetours clears what a slot keeps of the state and the network time of a request before; in a run without either, nothing.
func (q *request) clearDetours() { q.extra, q.travel = 0, 0 }

// beginSave makes q the write of a session's state behind the answer of another request.
func (q *request) beginSave(now Time, answered *request, c *client) {
	answered.lower(saves)
	q.begin(now, answered.client, c, answered.demand, orphan|background)
	q.clearDetours()
	q.key, q.seq, q.pop, q.balancer, q.start = answered.key, answered.seq, answered.pop, answered.balancer, answered.start
	q.op = 1
}

// draw addresses a draw of the client for this request.
func (q *request) draw(purpose uint64) rng.Key { return drawOf(q.key, q.seq, purpose) }

// raise sets flags.
func (q *request) raise(flags uint16) { q.flags |= flags }

// lower clears flags.
func (q *request) lower(flags uint16) { q.flags &^= flags }

// isAtServer reports whether a server or the store still works on the request.
func (q *request) isAtServer() bool {
	return q.phase == queued || q.phase == serving || q.phase == storing
}

// demands sets the request's work.
func (q *request) demands(work Time) { q.demand = work }

// restart begins an attempt of the client: no server has been asked yet.
func (q *request) restart(now Time) {
	q.asked = now
	q.flags &^= homed
	q.attempt, q.nTried, q.memo, q.news = 0, 0, 0, newHome
}

// takeBack makes the request as it was before its attempt: the next one looks for the session's state again, so what
// looking for it has cost so far is taken back.
func (q *request) takeBack() {
	q.demand -= q.extra
	q.extra, q.op, q.travel = 0, 0, 0
	q.flags &^= saves | stores | loads | begins
}

// prepareRetry makes the request wait for its client's next attempt.
func (q *request) prepareRetry() {
	q.takeBack()
	q.retry++
	q.phase = backingOff
	q.server = NoServer
}

// through notes the balancer instance that the attempt goes through.
func (q *request) through(b *balancer) { q.balancer = uint16(b.index) }

// identify notes what the balancer sees of the client: its address, its affinity cookie and its mark.
func (q *request) identify(addr uint32, cookie Cookie, mark uint8) {
	q.addr = addr
	q.presents(cookie, mark)
}

// presents notes the cookie and the mark that the client sends.
func (q *request) presents(cookie Cookie, mark uint8) {
	q.cookie, q.mark = cookie, mark
	q.flags &^= unread
}

// decided takes over what the policy has said beside its pick.
func (q *request) decided(x *Request) {
	q.memo, q.why = x.Memo, uint8(x.Why)
	q.given(x)
}

// repeats makes the attempt one of a client that a sticky policy sends where it was answered before; alone says that nothing can
// happen to the client until the answer.
func (q *request) repeats(alone bool) {
	q.memo, q.why, q.news = 0, uint8(None), newHome
	if alone {
		q.news = nothing
	}
	q.flags |= homed
}

// changesClient notes that its answer is not to leave the client alone: it is its session's last, or has found its state lost.
func (q *request) changesClient() {
	if q.news == nothing {
		q.news = newHome
	}
}

// settles notes whether the policy has nothing to learn from the answer.
func (q *request) settles(is bool) {
	q.flags &^= settled
	if is {
		q.flags |= settled
	}
}

// given takes over the cookies that the policy sets with the answer. A request that has gone plainly, which that ends, leaves them in
// the exchange.
func (q *request) given(x *Request) {
	plain := q.news == lesson
	q.news = newHome
	if x.SetCookie == 0 && x.SetMark == 0 {
		return
	}
	if q.news = newCookie; !plain {
		q.set, q.setTTL, q.setMark = x.SetCookie, x.CookieTTL, x.SetMark
	}
}

// brings shows the cookies that were given with the pick.
func (q *request) brings(x *Request) {
	if q.news == newCookie {
		x.SetCookie, x.CookieTTL, x.SetMark = q.set, q.setTTL, q.setMark
	}
}

// remember keeps the policy's note for its next call.
func (q *request) remember(memo uint64) { q.memo = memo }

// explain notes why the request does not go to its client's server.
func (q *request) explain(why Reason) { q.why = uint8(why) }

// goTo sends the attempt to a server.
func (q *request) goTo(s ServerID) { q.server = s }

// goOver notes the connection that a message goes over.
func (q *request) goOver(number uint32) { q.line = number }

// detach takes the attempt off its server, or leaves it without one.
func (q *request) detach() { q.phase, q.server = fresh, NoServer }

// wake takes a request out of what it waited for.
func (q *request) wake() { q.phase = fresh }

// park makes the request wait in its balancer's queue.
func (q *request) park() { q.phase = parked }

// tryAnother counts one more attempt by the balancer.
func (q *request) tryAnother() { q.attempt++ }

// failLater makes the attempt one whose failure is not known yet; how is an Outcome, or redispatching.
func (q *request) failLater(how uint8) { q.phase, q.failure = failing, how }

// awaits notes a deadline that is drawn for the attempt alone, and that it is among the population's.
func (q *request) awaits(at Time) {
	q.deadline = at
	q.flags |= inLane
}

// awaitsNoMore notes that the deadline is none of the population's any more.
func (q *request) awaitsNoMore() { q.flags &^= inLane }

// place notes where among the population's deadlines the request's is, or which follows it.
func (q *request) place(next int32) { q.laneNext = next }

// linkBack notes which precedes it.
func (q *request) linkBack(prev int32) { q.lanePrev = prev }

// link notes both.
func (q *request) link(next, prev int32) { q.laneNext, q.lanePrev = next, prev }

// arrive notes that the attempt has reached its server.
func (q *request) arrive(now Time) { q.enter = now }

// wait puts the request into its server's queue.
func (q *request) wait() { q.phase = queued }

// serve begins the request's service.
func (q *request) serve(now Time) { q.phase, q.start, q.from = serving, now, now }

// serveUntil begins the request's service, which is plain.
func (q *request) serveUntil(due Time) { q.phase, q.due = serving, due }

// burden adds the work that the session's state costs.
func (q *request) burden(extra Time) {
	q.extra = extra
	q.demand += extra
}

// countDown makes all of the request's work still to do.
func (q *request) countDown() { q.left = q.demand }

// finishAt notes the virtual time at which a PS server will have done the work.
func (q *request) finishAt(virtual float64) { q.finish = virtual }

// dueAt notes when the service ends, as scheduled; Never when it is not.
func (q *request) dueAt(at Time) { q.due = at }

// progress takes work done up to now off what is left.
func (q *request) progress(done, now Time) {
	q.left = max(q.left-done, 0)
	q.from = now
}

// calls sets how many store operations the request has.
func (q *request) calls(n uint8) { q.op = n }

// callStore begins the request's next store operation.
func (q *request) callStore(now Time) {
	q.op--
	q.phase, q.opStep, q.from = storing, opWaiting, now
	q.flags &^= travelOnly
}

// callStoreUpTo begins the request's next store operations, until so many are left.
func (q *request) callStoreUpTo(left uint8) {
	q.op = left
	q.phase, q.opStep = storing, opsTogether
	q.flags &^= travelOnly
}

// callStoreLast begins all store operations that the request has left, and after them its network time.
func (q *request) callStoreLast() { q.op, q.phase, q.opStep = 0, storing, opsLast }

// storeStep moves the store operation on.
func (q *request) storeStep(to opStep) { q.opStep = to }

// carries sets the network time after service that is not the store's.
func (q *request) carries(span Time) { q.travel = span }

// leaveForClient begins that network time.
func (q *request) leaveForClient() {
	q.phase, q.opStep, q.travel = storing, opTravelling, 0
	q.flags |= travelOnly
}
