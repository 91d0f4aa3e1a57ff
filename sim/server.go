package sim

import "stickysim/sim/stats"

// server is the running side of a Server. What every request touches comes first, so that it shares cache lines.
type server struct {
	since      Time  // when the integrals were last brought up to date
	inSystem   int32 // requests waiting and in service
	busy       int32 // cores in use
	area       areas
	queue      requestList
	service    requestList // requests in service (FCFS), where service can be interrupted
	cores      int32
	room       int32 // requests that may wait; negative = unlimited
	discipline Discipline
	speed      float64
	accepted   int64
	departed   int64
	served     Time  // work done for departed requests, at speed 1
	stays      int64 // time that departed requests spent here
	sojourn    int64 // ns, of the answered attempts that are counted
	latency    stats.Tally
	levels     *[maxLevel + 1]int64 // time spent with so many requests in the system, all servers together

	lifecycle
	spec      *Server
	info      ServerInfo
	pauses    int  // reasons to be paused
	resumedAt Time // when there was last none left
	slowed    slowdowns
	fastest   float64 // highest speed so far
	respeeds  int64   // changes of speed so far
	ps        serverPS

	sinceRare   Time // when the integrals of what changes rarely were last brought up to date
	rare        rareAreas
	sessions    int32
	most        int32
	connections int32 // long-lived ones that are open
	memory      int64 // bytes of session state
	memMost     int64
	lingering   int64   // of them, held by sessions that are over and not yet idle for long enough
	recent      recency // the states it holds, by last use; kept when memory is bounded

	base     areas // where the integrals stood when counting began
	rareBase rareAreas
	baseline [3]int64 // accepted, answered, errors when counting began
	answered int64
	errors   int64
	wasted   Time // work done for requests that never departed
}

// serverList is all servers of a run, those that have left included, by ServerID.
type serverList []server

// inService lists the servers that count towards the size of the fleet.
func (l serverList) inService() []ServerID {
	var list []ServerID
	for s := range l {
		if l[s].inService() {
			list = append(list, ServerID(s))
		}
	}
	return list
}

// size is how many servers count towards the size of the fleet.
func (l serverList) size() int {
	n := 0
	for s := range l {
		if l[s].inService() {
			n++
		}
	}
	return n
}

// serving is how many servers serve.
func (l serverList) serving() int {
	n := 0
	for s := range l {
		if l[s].serving() {
			n++
		}
	}
	return n
}

// areas are the integrals over time of what every request changes, in ns times units, over the whole run.
type areas struct {
	busy, inSystem int64
	offSpeed       float64 // of busy × (speed − 1): what the work done differs from the time busy
}

// rareAreas are the integrals of what changes rarely.
type rareAreas struct {
	capacity, present, down, sessions int64
	memory                            float64
}

// touch brings the integrals of what every request changes up to now. It is called before any of it changes.
func (s *server) touch(now Time) {
	dt := int64(now - s.since)
	if dt == 0 {
		return
	}
	s.since = now
	s.area.busy += dt * int64(s.busy)
	s.area.inSystem += dt * int64(s.inSystem)
	if s.speed != 1 {
		s.area.offSpeed += float64(dt) * float64(s.busy) * (s.speed - 1)
	}
	if s.serving() {
		s.levels[min(s.inSystem, maxLevel)] += dt
	}
}

// touchRare does the same for life, capacity, sessions and memory.
func (s *server) touchRare(now Time) {
	dt := int64(now - s.sinceRare)
	if dt == 0 {
		return
	}
	s.sinceRare = now
	s.rare.sessions += dt * int64(s.sessions)
	s.rare.memory += float64(dt) * float64(s.memory)
	switch {
	case s.serving():
		s.rare.present += dt
		s.rare.capacity += dt * int64(s.cores)
	case s.life == dead:
		s.rare.present += dt
		s.rare.down += dt
	}
}

// hold adds n to the sessions that live on a server, and to those of them that the client's balancer instance knows.
func (r *run) hold(c *client, id ServerID, n int32) {
	s := &r.servers[id]
	s.touchRare(r.now)
	s.sessions += n
	s.most = max(s.most, s.sessions)
	r.counting(c).Hold(id, n)
}

// addServer puts a server into the run; ready servers serve at once.
func (r *run) addServer(spec *Server, info ServerInfo, ready bool) ServerID {
	id := ServerID(len(r.servers))
	r.servers = append(r.servers, server{lifecycle: newLifecycle(ready), spec: spec, info: info, speed: spec.Speed, fastest: spec.Speed, since: r.now, sinceRare: r.now,
		cores: int32(spec.Cores), room: int32(max(spec.Queue, -1)), discipline: spec.Discipline,
		queue: noRequests, service: noRequests})
	s := &r.servers[id]
	s.levels = &r.levels
	return id
}

// accept takes an attempt at server s, or refuses it when the queue is full.
func (r *run) accept(q int32, s ServerID) bool {
	sv := &r.servers[s]
	rq := &r.requests[q]
	rq.arrive(r.now)
	if sv.discipline == PS {
		if sv.room >= 0 && sv.inSystem >= sv.cores+sv.room {
			return false
		}
		sv.touch(r.now)
		sv.accepted++
		sv.inSystem++
		r.startPS(q, sv, s)
		return true
	}
	if sv.busy < sv.cores {
		sv.touch(r.now)
		sv.accepted++
		sv.inSystem++
		r.serve(q, sv, s)
		return true
	}
	if sv.room >= 0 && sv.queue.length >= sv.room {
		return false
	}
	sv.touch(r.now)
	sv.accepted++
	sv.inSystem++
	rq.wait()
	sv.queue.append(r.requests, q)
	return true
}

// serve begins the service of a request on a free core. The server's integrals are up to date.
func (r *run) serve(q int32, sv *server, s ServerID) {
	rq := &r.requests[q]
	sv.busy++
	rq.serve(r.now)
	if r.stateful {
		r.lookup(q, s)
	}
	rq.countDown()
	if r.interrupts {
		sv.service.prepend(r.requests, q)
	}
	r.scheduleDeparture(q, sv)
}

// scheduleDeparture sets when the rest of the request's work is done at the server's present speed.
func (r *run) scheduleDeparture(q int32, sv *server) {
	rq := &r.requests[q]
	switch {
	case sv.speed == 1:
		rq.dueAt(r.now + rq.left)
	case sv.speed > 0:
		rq.dueAt(r.now + FromSeconds(rq.left.Seconds()/sv.speed))
	default:
		rq.dueAt(Never)
		return
	}
	r.pushRequest(rq.due, evDepart, q)
}

// depart ends the service of a request.
func (r *run) depart(q int32) {
	rq, alive := r.taken(q)
	if !alive || rq.phase != serving || rq.due != r.now {
		return // killed, or rescheduled when the server changed its speed
	}
	sv := &r.servers[rq.server]
	sv.touch(r.now)
	sv.served += rq.demand
	sv.departed++
	if r.interrupts {
		sv.service.remove(r.requests, q)
	}
	r.leave(sv, rq)
	sv.busy--
	if w := sv.queue.pop(r.requests); w != nilRequest {
		r.serve(w, sv, r.requests[w].server)
	}
	r.serviceDone(q)
}

// serviceDone goes on with a request whose service at the server is over.
func (r *run) serviceDone(q int32) {
	if r.requests[q].flags&saves != 0 {
		r.writeBehind(q)
	}
	r.nextStep(q)
}

// nextStep takes a request's next step after its service, or after an operation of the store.
func (r *run) nextStep(q int32) {
	rq := &r.requests[q]
	switch {
	case rq.op > 0:
		r.storeCall(q)
	case rq.travel > 0:
		r.travel(q, rq.travel)
	default:
		r.answer(q)
	}
}

// lookup adds the work that the session's state costs a request whose service begins.
func (r *run) lookup(q int32, s ServerID) {
	if rq := &r.requests[q]; rq.flags&orphan == 0 {
		rq.burden(r.visit(rq, &r.pops[rq.pop], s))
	}
}

// leaveQueue takes a waiting request out of its server's queue.
func (r *run) leaveQueue(q int32) {
	sv := &r.servers[r.requests[q].server]
	sv.touch(r.now)
	sv.queue.remove(r.requests, q)
	r.leave(sv, &r.requests[q])
}

// leave takes a request out of the server's count and adds its stay to the books of Little's law.
func (r *run) leave(sv *server, rq *request) {
	sv.inSystem--
	sv.stays += int64(r.now - rq.enter)
}

// setSpeed changes how fast a server works and moves the departures of the requests in service.
func (r *run) setSpeed(s ServerID, speed float64) {
	sv := &r.servers[s]
	if speed == sv.speed {
		return
	}
	sv.touch(r.now)
	sv.fastest = max(sv.fastest, speed)
	sv.respeeds++
	if sv.discipline == PS {
		r.setSpeedPS(s, sv, speed)
		return
	}
	old := sv.speed
	sv.speed = speed
	for q := sv.service.head; q != nilRequest; q = r.requests[q].next {
		rq := &r.requests[q]
		rq.progress(r.workDone(rq, old), r.now)
		r.scheduleDeparture(q, sv)
	}
}

// workDone is the work on a request since it was last accounted, at the given speed.
func (r *run) workDone(rq *request, speed float64) Time {
	if speed == 1 {
		return r.now - rq.from
	}
	return FromSeconds((r.now - rq.from).Seconds() * speed)
}

// clearPauses ends all pauses: the server is new to its work.
func (s *server) clearPauses() { s.pauses = 0 }

// clearFaults ends all pauses and slowdowns.
func (s *server) clearFaults() { s.pauses, s.slowed = 0, nil }

// adjustSpeed sets the speed that follows from the server's pauses and slowdowns.
func (r *run) adjustSpeed(s ServerID) {
	sv := &r.servers[s]
	speed := sv.spec.Speed * sv.slowed.factor()
	if sv.pauses > 0 {
		speed = 0
	}
	r.setSpeed(s, speed)
}
