package sim

import "slices"

// serverPS is egalitarian processor sharing by virtual time: every request in service gets the same rate, so a
// request that enters at virtual time v with work w leaves when the virtual time is v+w, and only the order of these
// finishing times matters. Exact, and O(log n) per request.
type serverPS struct {
	heap    []psItem // by finish, then by arrival
	virtual float64  // ns of work each request in service has received so far
	at      Time     // when virtual was last brought up to date
	due     Time     // of the next departure; Never when there is none
	planned Time     // of the earliest event that is scheduled for it; Never when there is none
	arrived uint32
}

type psItem struct {
	finish  float64
	order   uint32
	request int32
}

func newServerPS() serverPS { return serverPS{due: Never, planned: Never} }

// rate is the work per ns that each request in service gets of so many cores.
func (h *serverPS) rate(speed float64, cores int) float64 {
	n := len(h.heap)
	if n <= cores {
		return speed
	}
	return speed * float64(cores) / float64(n)
}

// advance brings the virtual time up to now, at the rate since it was last.
func (h *serverPS) advance(now Time, rate float64) {
	if len(h.heap) > 0 {
		h.virtual += float64(now-h.at) * rate
	} else {
		h.virtual = 0 // idle: starting anew keeps the digits
	}
	h.at = now
}

// add takes a request into service and returns the virtual time at which it is done.
func (h *serverPS) add(work Time, q int32) (finish float64) {
	finish = h.virtual + float64(work)
	h.arrived++
	h.push(psItem{finish, h.arrived, q})
	return finish
}

// reschedule sets the next departure.
func (h *serverPS) reschedule(now Time, rate float64) {
	if len(h.heap) == 0 || rate == 0 {
		h.due = Never
		return
	}
	left := max(h.heap[0].finish-h.virtual, 0) / rate
	due := now + Time(left)
	if float64(Time(left)) < left {
		due++ // never before the work is done
	}
	h.due = due
}

// plan reports whether an event for the next departure is to be scheduled now; it is then counted as scheduled. A departure
// that is put off waits for the event it has, and is planned again when that comes.
func (h *serverPS) plan() bool {
	if h.due >= h.planned {
		return false
	}
	h.planned = h.due
	return true
}

// passed notes that an event for a departure has come.
func (h *serverPS) passed(now Time) {
	if h.planned <= now {
		h.planned = Never
	}
}

// empty takes everything out of service, in the order of the heap. What it returns is valid until the next add.
func (h *serverPS) empty() []psItem {
	items := h.heap
	h.heap = h.heap[:0]
	h.due = Never
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

// remove takes a request out of service, wherever it is, and returns the work that is left of it. The next departure is not
// set yet.
func (h *serverPS) remove(q int32) (left Time) {
	i := slices.IndexFunc(h.heap, func(it psItem) bool { return it.request == q })
	left = Time(h.heap[i].finish - h.virtual + 0.5)
	items := h.heap
	h.heap = h.heap[:0]
	for k, it := range items {
		if k != i {
			h.push(it)
		}
	}
	return left
}

// pop takes out the request that is due. The next departure is not set yet.
func (h *serverPS) pop() psItem {
	h.due = Never
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
