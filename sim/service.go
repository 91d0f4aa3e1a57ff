package sim

// accept takes an attempt at its server, which serves in order of arrival, into service or into the queue.
//
//go:noinline
func (r *run) accept(p *population, q int32, rq *request, sv *server) {
	rq.arrive(r.now)
	sv.enter(r.now, rq.demand)
	if sv.busy < sv.cores {
		r.serve(p, q, rq, sv)
		return
	}
	rq.wait()
	sv.queue.append(r.requests, q)
}

// takesPlainly reports whether a request that comes now is in any case taken, and served as isPlain says.
func (s *server) takesPlainly() bool { return s.plain && s.serving() && s.queue.length < s.room }

// full reports whether a server has no room for one more request.
func (s *server) full() bool {
	if s.discipline == PS {
		return s.inSystem-s.cores >= s.room
	}
	return s.busy >= s.cores && s.queue.length >= s.room
}

// enter takes a request with so much work into the count of a server that serves.
func (s *server) enter(now, work Time) {
	s.accrueService(now)
	s.taken += work
	s.accepted++
	s.fleet.accepted++
	s.inSystem++
}

// serve begins the service of a request on a free core. The server's integrals are up to date.
func (r *run) serve(p *population, q int32, rq *request, sv *server) {
	sv.busy++
	if sv.servesPlainly(p) {
		if p.exits&ofState != 0 {
			rq.serve(r.now)
			r.lookup(p, rq)
		}
		rq.serveUntil(r.now + rq.demand)
	} else {
		r.serveWith(p, q, rq, sv)
		if !sv.plain {
			r.scheduleDeparture(q, rq, sv)
			return
		}
		rq.dueAt(r.now + rq.demand)
	}
	r.pushFor(rq, rq.due, evDepart, q)
	if r.far && len(r.requests) >= manyInFlight && r.fel.Near(int64(rq.due-r.from)) {
		r.fetchCount(rq, sv)
	}
}

// serveWith begins a service that is not plain: the speed matters, or a feature has a part in it.
func (r *run) serveWith(p *population, q int32, rq *request, sv *server) {
	rq.serve(r.now)
	if p.exits&ofState != 0 {
		r.lookup(p, rq)
	}
	if r.interrupts {
		sv.service.prepend(r.requests, q)
	}
	rq.countDown()
}

// serveNext begins the service of the first request in the queue, if there is one, on a core that has just become free.
func (r *run) serveNext(sv *server) {
	if q := sv.queue.pop(r.requests); q != nilRequest {
		rq := &r.requests[q]
		r.serve(r.pops[rq.pop], q, rq, sv)
	}
}

// scheduleDeparture sets when the rest of the request's work is done at the server's present speed.
func (r *run) scheduleDeparture(q int32, rq *request, sv *server) {
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
//
//go:noinline
func (r *run) depart(q int32, rq *request) {
	if rq.phase != serving || rq.due != r.now { // killed, or rescheduled when the server changed its speed
		r.taken(q, rq)
		return
	}
	rq.passed()
	sv, p := r.servers[rq.server], r.pops[rq.pop]
	sv.depart(r.now, rq)
	if p.exits&(atService|ofState) != 0 {
		r.departWith(p, q, rq, sv)
		return
	}
	if sv.queue.head != nilRequest {
		r.serveNext(sv)
	}
	r.answer(p, q, rq, sv)
}

// departWith is depart, of a request that is off its core, where a feature has a part in it.
func (r *run) departWith(p *population, q int32, rq *request, sv *server) {
	if r.interrupts {
		sv.service.remove(r.requests, q)
	}
	if sv.queue.head != nilRequest {
		r.serveNext(sv)
	}
	if rq.flags&saves != 0 || r.m.Balancers.Latency != nil {
		r.serviceDone(q)
		return
	}
	r.nextStep(p, q, rq, sv)
}

// serviceDone continues a request whose service is over.
func (r *run) serviceDone(q int32) {
	if r.requests[q].flags&saves != 0 {
		r.place.served(q)
	}
	rq := &r.requests[q] // the pool may have moved
	if r.m.Balancers.Latency != nil {
		rq.carries(rq.travel + r.hop(rq))
	}
	r.nextStep(r.pops[rq.pop], q, rq, r.servers[rq.server])
}

// nextStep continues a request after its service, or after an operation of the store.
func (r *run) nextStep(p *population, q int32, rq *request, sv *server) {
	switch {
	case rq.op > 0:
		r.store.call(q, rq)
	case rq.travel > 0:
		r.store.travel(q, rq.travel)
	default:
		r.answer(p, q, rq, sv)
	}
}

// lookup adds the work that the session's state costs a request whose service begins.
func (r *run) lookup(p *population, rq *request) {
	if extra := r.visit(rq, p, rq.server); extra != 0 {
		rq.burden(extra)
		r.servers[rq.server].takesMore(extra)
	}
}

// answersBy reports whether the server answers a request that comes now, with so much work, within the given time in any case. It
// serves plainly and nothing interrupts it. As long as the request waits, all cores work, on no more than is left of what came
// before.
func (s *server) answersBy(now, work, within Time) bool {
	wait := Time(0)
	if s.busy >= s.cores {
		left := s.taken - Time(s.area.busy) - (now-s.since)*Time(s.busy)
		wait = left/Time(s.cores) + 1
	}
	return work < within && wait < within-work
}

// leaveQueue takes a waiting request out of its server's queue.
func (r *run) leaveQueue(q int32) {
	sv := r.servers[r.requests[q].server]
	sv.accrue(r.now)
	sv.queue.remove(r.requests, q)
	sv.leave(r.now, &r.requests[q])
	sv.leavesUndone(r.requests[q].demand)
}

// breakOff takes a request out of service before its work is done: what was done is wasted.
func (r *run) breakOff(q int32) {
	rq := &r.requests[q]
	s := rq.server
	sv := r.servers[s]
	sv.accrue(r.now)
	sv.leave(r.now, rq)
	if sv.discipline == PS {
		sv.ps.advance(r.now, sv.ratePS())
		sv.leavesUndone(min(sv.ps.remove(q), rq.demand))
		sv.busy = min(int32(len(sv.ps.heap)), sv.cores)
		r.scheduleDeparturePS(s, sv)
		return
	}
	sv.leavesUndone(rq.demand - r.worked(rq, sv))
	rq.dueAt(Never)
	if r.interrupts {
		sv.service.remove(r.requests, q)
	}
	sv.busy--
	r.serveNext(sv)
}

// leave takes a request out of the server's count.
func (s *server) leave(now Time, rq *request) {
	s.inSystem--
	s.stays += int64(now - rq.enter)
}

// leavesUndone counts work that the server will not do: its request has gone.
func (s *server) leavesUndone(work Time) { s.taken -= work }

// takesMore counts work that a request turns out to ask for.
func (s *server) takesMore(work Time) { s.taken += work }

// depart takes a request out whose work is done, and off its core.
func (s *server) depart(now Time, rq *request) {
	s.accrueService(now)
	s.busy--
	s.departed++
	s.leave(now, rq)
}

// adjustSpeed makes a server work as fast as its pauses and slowdowns let it, and moves the departures of the requests in
// service.
func (r *run) adjustSpeed(s ServerID) {
	sv := r.servers[s]
	speed := sv.effectiveSpeed()
	if speed == sv.speed {
		return
	}
	sv.accrue(r.now)
	old := sv.speed
	if sv.discipline == PS {
		sv.ps.advance(r.now, sv.ratePS())
	}
	sv.speed = speed
	sv.plain = sv.isPlain(r)
	sv.fastest = max(sv.fastest, speed)
	sv.respeeds++
	if sv.discipline == PS {
		r.scheduleDeparturePS(s, sv)
		return
	}
	for q := sv.service.head; q != nilRequest; q = r.requests[q].next {
		rq := &r.requests[q]
		rq.progress(r.workDone(rq, old), r.now)
		r.scheduleDeparture(q, rq, sv)
	}
}

// worked is the work on a request in service, in order of arrival, so far.
func (r *run) worked(rq *request, sv *server) Time {
	if sv.servesPlainly(r.pops[rq.pop]) {
		return r.now - (rq.due - rq.demand)
	}
	return rq.demand - rq.left + r.workDone(rq, sv.speed)
}

// workDone is the work on a request since it was last accounted, at the given speed.
func (r *run) workDone(rq *request, speed float64) Time {
	if speed == 1 {
		return r.now - rq.from
	}
	return FromSeconds((r.now - rq.from).Seconds() * speed)
}

// evacuate takes everything off a server that waits or is in service there, and lists it, oldest waiting first. The work
// done on it is wasted.
func (r *run) evacuate(sv *server) requestList {
	out := noRequests
	add := func(q int32) {
		sv.leave(r.now, &r.requests[q])
		out.append(r.requests, q)
	}
	for q := sv.queue.pop(r.requests); q != nilRequest; q = sv.queue.pop(r.requests) {
		sv.leavesUndone(r.requests[q].demand)
		add(q)
	}
	for q := sv.service.pop(r.requests); q != nilRequest; q = sv.service.pop(r.requests) {
		rq := &r.requests[q]
		sv.leavesUndone(rq.demand - r.worked(rq, sv))
		rq.dueAt(Never)
		add(q)
	}
	sv.ps.advance(r.now, sv.ratePS())
	for _, item := range sv.ps.empty() {
		sv.leavesUndone(min(Time(item.finish-sv.ps.virtual+0.5), r.requests[item.request].demand))
		add(item.request)
	}
	sv.busy = 0
	return out
}

// ratePS is the work per ns that each request in service gets.
func (s *server) ratePS() float64 { return s.ps.rate(s.speed, s.spec.Cores) }

// startPS takes an attempt at its server, which shares its cores, into service.
func (r *run) startPS(q int32, rq *request, sv *server) {
	s := rq.server
	rq.arrive(r.now)
	sv.enter(r.now, rq.demand)
	sv.ps.advance(r.now, sv.ratePS())
	rq.serve(r.now)
	if r.stateful {
		r.lookup(r.pops[rq.pop], rq)
	}
	rq.countDown()
	rq.finishAt(sv.ps.add(rq.demand, q))
	sv.busy = min(int32(len(sv.ps.heap)), sv.cores)
	r.scheduleDeparturePS(s, sv)
}

// scheduleDeparturePS sets the next departure of a PS server.
func (r *run) scheduleDeparturePS(s ServerID, sv *server) {
	sv.ps.reschedule(r.now, sv.ratePS())
	r.planDeparturePS(s, sv)
}

func (r *run) planDeparturePS(s ServerID, sv *server) {
	if sv.ps.plan() {
		r.push(sv.ps.due, evDepartPS, uint32(s))
	}
}

// departPS ends the service of the request that is done, and of those that finish in the same nanosecond.
func (r *run) departPS(s ServerID) {
	sv := r.servers[s]
	sv.ps.passed(r.now)
	if sv.ps.due != r.now || len(sv.ps.heap) == 0 {
		r.planDeparturePS(s, sv)
		return
	}
	sv.ps.advance(r.now, sv.ratePS())
	q := sv.ps.pop().request
	sv.depart(r.now, &r.requests[q])
	r.requests[q].dueAt(r.now)
	sv.busy = min(int32(len(sv.ps.heap)), sv.cores)
	r.scheduleDeparturePS(s, sv)
	r.serviceDone(q)
}
