package sim

// deadlines are those of a population whose timeouts are drawn for each request: a heap with one event for the first of
// them. Most requests end before their deadline comes, so few deadlines cost an event, and none outlives its request.
type deadlines struct {
	heap    []ownDeadline // earliest first
	planned Time          // of the earliest event that is scheduled for the head; Never when there is none
}

type ownDeadline struct {
	at Time
	q  int32
}

func (d ownDeadline) before(other ownDeadline) bool {
	return d.at < other.at || d.at == other.at && d.q < other.q
}

// plan reports whether an event for the head is to be scheduled now, and when; it is then counted as scheduled.
func (h *deadlines) plan() (at Time, due bool) {
	if len(h.heap) == 0 || h.heap[0].at >= h.planned {
		return 0, false
	}
	h.planned = h.heap[0].at
	return h.planned, true
}

// passed notes that an event for a head has come.
func (h *deadlines) passed(now Time) {
	if h.planned <= now {
		h.planned = Never
	}
}

// due returns the request whose deadline has come first, if there is one.
func (h *deadlines) due(now Time) (q int32, found bool) {
	if len(h.heap) == 0 || h.heap[0].at > now {
		return nilRequest, false
	}
	return h.heap[0].q, true
}

// join puts q in, with its deadline.
func (h *deadlines) join(all []request, q int32, at Time) {
	all[q].awaits(at)
	h.heap = append(h.heap, ownDeadline{})
	h.rise(all, len(h.heap)-1, ownDeadline{at, q})
}

// replace puts n, a copy of q that continues as the request, into the place of q.
func (h *deadlines) replace(all []request, q, n int32) {
	h.leave(all, q)
	h.join(all, n, all[q].deadline)
}

// leave takes q out.
func (h *deadlines) leave(all []request, q int32) {
	i := int(all[q].laneNext)
	all[q].awaitsNoMore()
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
		h.put(all, i, h.heap[up])
		i = up
	}
	h.put(all, i, d)
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
		h.put(all, i, h.heap[kid])
		i = kid
	}
	h.put(all, i, d)
}

func (h *deadlines) put(all []request, i int, d ownDeadline) {
	h.heap[i] = d
	all[d.q].place(i)
}
