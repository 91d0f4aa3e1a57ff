package sim

// requestList is a list of requests, linked through their records: the queue of a server, of a balancer or of the store,
// or the requests in service on a server. A request is in at most one of them. The zero value is not a list: see noRequests.
type requestList struct {
	head, tail int32
	length     int32
}

// noRequests is the empty list.
var noRequests = requestList{head: nilRequest, tail: nilRequest}

// append puts q at the end.
func (l *requestList) append(all []request, q int32) {
	rq := &all[q]
	rq.next, rq.prev = nilRequest, l.tail
	if l.tail == nilRequest {
		l.head = q
	} else {
		all[l.tail].next = q
	}
	l.tail = q
	l.length++
}

// prepend puts q in front.
func (l *requestList) prepend(all []request, q int32) {
	rq := &all[q]
	rq.next = l.head
	if l.head == nilRequest {
		l.tail = q
	} else {
		all[l.head].prev = q
	}
	l.head = q
	l.length++
}

// remove takes q, which is in the list, out of it.
func (l *requestList) remove(all []request, q int32) {
	if l.head == q {
		l.pop(all)
		return
	}
	rq := &all[q]
	all[rq.prev].next = rq.next
	if rq.next == nilRequest {
		l.tail = rq.prev
	} else {
		all[rq.next].prev = rq.prev
	}
	l.length--
}

// pop takes out the first request; nilRequest when there is none.
func (l *requestList) pop(all []request) int32 {
	q := l.head
	if q == nilRequest {
		return q
	}
	if l.head = all[q].next; l.head == nilRequest {
		l.tail = nilRequest
	}
	l.length--
	return q
}

// lane is the deadlines of a population whose timeout is one fixed span: requests in order of deadline, with one event
// for the head instead of one for every request.
type lane struct {
	head, tail int32
	span       Time // Never: drawn per request
	armed      bool // an event for the head is scheduled
}

// newLane is an empty lane for timeouts of the given span.
func newLane(span Time) lane { return lane{head: nilRequest, tail: nilRequest, span: span} }

// arm reports whether an event for the head is to be scheduled now; it is then counted as scheduled.
func (l *lane) arm() bool {
	if l.armed {
		return false
	}
	l.armed = true
	return true
}

// rearm is arm after the event for the head: another one follows if the lane is not empty.
func (l *lane) rearm() bool {
	l.armed = l.head != nilRequest
	return l.armed
}

// join puts q, with its deadline, at the end of the lane.
func (l *lane) join(all []request, q int32, deadline Time) {
	rq := &all[q]
	rq.deadline = deadline
	rq.flags |= inLane
	rq.laneNext, rq.lanePrev = nilRequest, l.tail
	if l.tail == nilRequest {
		l.head = q
	} else {
		all[l.tail].laneNext = q
	}
	l.tail = q
}

// replace puts n, a copy of q that continues as the request, into the place of q.
func (l *lane) replace(all []request, q, n int32) {
	from, rq := &all[q], &all[n]
	from.flags &^= inLane
	rq.flags |= inLane
	rq.laneNext, rq.lanePrev = from.laneNext, from.lanePrev
	if rq.lanePrev == nilRequest {
		l.head = n
	} else {
		all[rq.lanePrev].laneNext = n
	}
	if rq.laneNext == nilRequest {
		l.tail = n
	} else {
		all[rq.laneNext].lanePrev = n
	}
}

// leave takes q out of the lane, if it is in it.
func (l *lane) leave(all []request, q int32) {
	rq := &all[q]
	if rq.flags&inLane == 0 {
		return
	}
	rq.flags &^= inLane
	if rq.lanePrev == nilRequest {
		l.head = rq.laneNext
	} else {
		all[rq.lanePrev].laneNext = rq.laneNext
	}
	if rq.laneNext == nilRequest {
		l.tail = rq.lanePrev
	} else {
		all[rq.laneNext].lanePrev = rq.lanePrev
	}
}
