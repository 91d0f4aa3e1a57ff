package sim

// serverPS is egalitarian processor sharing by virtual time: every request in service gets the same rate, so a
// request that enters at virtual time v with work w leaves when the virtual time is v+w, and only the order of these
// finishing times matters. Exact, and O(log n) per request.
type serverPS struct {
	heap    []psItem // by finish, then by arrival
	virtual float64  // ns of work each request in service has received so far
	at      Time     // when virtual was last brought up to date
	due     Time     // of the scheduled departure; others are stale
	arrived uint32
}

type psItem struct {
	finish  float64
	order   uint32
	request int32
}

// rate is the work per ns that each request in service gets.
func (sv *server) rate() float64 {
	n := len(sv.ps.heap)
	if n <= sv.spec.Cores {
		return sv.speed
	}
	return sv.speed * float64(sv.spec.Cores) / float64(n)
}

func (sv *server) advance(now Time) {
	if n := len(sv.ps.heap); n > 0 {
		sv.ps.virtual += float64(now-sv.ps.at) * sv.rate()
	} else {
		sv.ps.virtual = 0 // nobody is in service: start afresh and keep the digits
	}
	sv.ps.at = now
}

func (r *run) startPS(q int32, sv *server, s ServerID) {
	sv.advance(r.now)
	rq := &r.requests[q]
	rq.serve(r.now)
	if r.stateful {
		r.lookup(q, s)
	}
	rq.countDown()
	rq.finishAt(sv.ps.virtual + float64(rq.demand))
	sv.ps.arrived++
	sv.ps.push(psItem{rq.finish, sv.ps.arrived, q})
	sv.busy = min(int32(len(sv.ps.heap)), int32(sv.spec.Cores))
	r.scheduleDeparturePS(s, sv)
}

// scheduleDeparturePS sets the next departure of a PS server.
func (r *run) scheduleDeparturePS(s ServerID, sv *server) {
	rate := sv.rate()
	if len(sv.ps.heap) == 0 || rate == 0 {
		sv.ps.due = Never
		return
	}
	left := max(sv.ps.heap[0].finish-sv.ps.virtual, 0) / rate
	due := r.now + Time(left)
	if float64(Time(left)) < left {
		due++ // never before the work is done
	}
	if due != sv.ps.due {
		sv.ps.due = due
		r.push(due, evDepartPS, uint32(s))
	}
}

// departPS ends the service of the request that is done, and of those that finish in the same nanosecond.
func (r *run) departPS(s ServerID) {
	sv := &r.servers[s]
	if sv.ps.due != r.now || len(sv.ps.heap) == 0 {
		return
	}
	sv.ps.due = Never
	sv.touch(r.now)
	sv.advance(r.now)
	q := sv.ps.pop().request
	rq := &r.requests[q]
	sv.served += rq.demand
	sv.departed++
	r.leave(sv, rq)
	sv.busy = min(int32(len(sv.ps.heap)), int32(sv.spec.Cores))
	r.scheduleDeparturePS(s, sv)
	r.serviceDone(q)
}

func (r *run) setSpeedPS(s ServerID, sv *server, speed float64) {
	sv.advance(r.now)
	sv.speed = speed
	r.scheduleDeparturePS(s, sv)
}

// evacuatePS empties a PS server and returns what was in service, in order of finishing.
func (r *run) evacuatePS(sv *server) []psItem {
	sv.advance(r.now)
	items := sv.ps.heap
	for _, it := range items {
		rq := &r.requests[it.request]
		sv.wasted += max(rq.demand-Time(it.finish-sv.ps.virtual+0.5), 0)
	}
	sv.ps.heap = sv.ps.heap[:0]
	sv.ps.due = Never
	return items
}

func (h *serverPS) less(a, b psItem) bool {
	return a.finish < b.finish || a.finish == b.finish && a.order < b.order
}

func (h *serverPS) push(it psItem) {
	h.heap = append(h.heap, it)
	i := len(h.heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !h.less(it, h.heap[up]) {
			break
		}
		h.heap[i] = h.heap[up]
		i = up
	}
	h.heap[i] = it
}

func (h *serverPS) pop() psItem {
	top := h.heap[0]
	last := h.heap[len(h.heap)-1]
	h.heap = h.heap[:len(h.heap)-1]
	n := len(h.heap)
	if n == 0 {
		return top
	}
	i := 0
	for {
		kid := 2*i + 1
		if kid >= n {
			break
		}
		if kid+1 < n && h.less(h.heap[kid+1], h.heap[kid]) {
			kid++
		}
		if !h.less(h.heap[kid], last) {
			break
		}
		h.heap[i] = h.heap[kid]
		i = kid
	}
	h.heap[i] = last
	return top
}
