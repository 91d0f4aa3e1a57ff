package sim

import "stickysim/sim/dist"

// deadlines are those of a population whose timeouts are drawn for each request. Most requests end long before their deadline, so
// only deadlines that come soon are kept in order, in a heap; the others wait in a list. One event is for the first of the heap,
// or for the end of what counts as soon. So few deadlines cost an event, and none outlives its request.
type deadlines struct {
	law     law
	heap    []ownDeadline // those before soon, earliest first
	soon    Time
	span    Time  // how far ahead of now soon is set
	later   int32 // first of the list of the others, linked by laneNext and lanePrev
	planned Time  // of the earliest event that is scheduled; Never when there is none
}

// inHeap is lanePrev of a request whose deadline is in the heap, where laneNext is its place.
const inHeap = nilRequest - 1

// newDeadlines has none yet; timeouts are drawn from d, nil where they are not drawn.
func newDeadlines(d dist.Dist) deadlines {
	h := deadlines{law: lawOf(d), soon: LongAgo, later: nilRequest, planned: Never}
	if d != nil {
		h.span = max(FromSeconds(d.Mean()/8), 1)
	}
	return h
}

type ownDeadline struct {
	at Time
	q  int32
}

func (d ownDeadline) before(other ownDeadline) bool {
	return d.at < other.at || d.at == other.at && d.q < other.q
}

// plan reports whether an event is to be scheduled now, and when; it is then counted as scheduled.
func (h *deadlines) plan() (at Time, due bool) {
	at = Never
	if h.later != nilRequest {
		at = h.soon
	}
	if len(h.heap) > 0 {
		at = min(at, h.heap[0].at)
	}
	if at >= h.planned {
		return 0, false
	}
	h.planned = at
	return at, true
}

// passed notes that an event has come. Where it is the end of what counted as soon, it looks for what is soon from now on.
func (h *deadlines) passed(all []request, now Time) {
	if h.planned <= now {
		h.planned = Never
	}
	if now < h.soon {
		return
	}
	h.soon = now + h.span
	q := h.later
	h.later = nilRequest
	for q != nilRequest {
		next := all[q].laneNext
		h.put(all, q, all[q].deadline)
		q = next
	}
}

// due returns the request whose deadline has come first, if there is one.
func (h *deadlines) due(now Time) (q int32, found bool) {
	if len(h.heap) == 0 || h.heap[0].at > now {
		return nilRequest, false
	}
	return h.heap[0].q, true
}

// join puts q in, with its deadline. It reports whether that takes an event that is not scheduled.
func (h *deadlines) join(all []request, q int32, at, now Time) bool {
	if now >= h.soon { // and the list is empty, or an event would have come
		h.soon = now + h.span
	}
	all[q].awaits(at)
	h.put(all, q, at)
	return min(at, h.soon) < h.planned
}

// put puts q into the heap or the list.
func (h *deadlines) put(all []request, q int32, at Time) {
	if at < h.soon {
		all[q].link(0, inHeap)
		h.heap = append(h.heap, ownDeadline{})
		h.rise(all, len(h.heap)-1, ownDeadline{at, q})
		return
	}
	all[q].link(h.later, nilRequest)
	if h.later != nilRequest {
		all[h.later].linkBack(q)
	}
	h.later = q
}

// replace puts n, a copy of q that continues as the request, into the place of q.
func (h *deadlines) replace(all []request, q, n int32, now Time) {
	h.leave(all, q)
	h.join(all, n, all[q].deadline, now)
}

// leave takes q out.
func (h *deadlines) leave(all []request, q int32) {
	rq := &all[q]
	rq.awaitsNoMore()
	if rq.lanePrev == inHeap {
		h.leaveHeap(all, int(rq.laneNext))
		return
	}
	if rq.laneNext != nilRequest {
		all[rq.laneNext].linkBack(rq.lanePrev)
	}
	if rq.lanePrev == nilRequest {
		h.later = rq.laneNext
	} else {
		all[rq.lanePrev].place(rq.laneNext)
	}
}

// leaveHeap takes out the one at place i of the heap.
func (h *deadlines) leaveHeap(all []request, i int) {
	last := len(h.heap) - 1
	moved := h.heap[last]
	h.heap = h.heap[:last]
	switch {
	case i == last:
	case i > 0 && moved.before(h.heap[(i-1)/2]):
		h.rise(all, i, moved)
	default:
		h.sink(all, i, moved)
	}
}

// rise puts d at place i or above it.
func (h *deadlines) rise(all []request, i int, d ownDeadline) {
	for i > 0 {
		up := (i - 1) / 2
		if !d.before(h.heap[up]) {
			break
		}
		h.set(all, i, h.heap[up])
		i = up
	}
	h.set(all, i, d)
}

// sink puts d at place i or below it.
func (h *deadlines) sink(all []request, i int, d ownDeadline) {
	for {
		kid := 2*i + 1
		if kid >= len(h.heap) {
			break
		}
		if kid+1 < len(h.heap) && h.heap[kid+1].before(h.heap[kid]) {
			kid++
		}
		if !h.heap[kid].before(d) {
			break
		}
		h.set(all, i, h.heap[kid])
		i = kid
	}
	h.set(all, i, d)
}

func (h *deadlines) set(all []request, i int, d ownDeadline) {
	h.heap[i] = d
	all[d.q].place(int32(i))
}
