package fel

// event is an entry of a Heap: 16 bytes.
type event struct {
	at int64
	id uint32
}

// before is the order of events: by time, then by identity.
func (e event) before(f event) bool {
	return e.at < f.at || e.at == f.at && e.id < f.id
}

// Heap is a List kept as a binary heap: time logarithmic in the number of
// pending events, 16 bytes an event. Its zero value is an empty list.
type Heap struct {
	ev []event
}

// NewHeap returns an empty heap with room for capacity events; it grows as
// needed.
func NewHeap(capacity int) *Heap {
	return &Heap{ev: make([]event, 0, max(capacity, 0))}
}

// Len is the number of pending events.
func (h *Heap) Len() int { return len(h.ev) }

// Push inserts an event at the given time in nanoseconds.
func (h *Heap) Push(at int64, id uint32) {
	h.ev = append(h.ev, event{at, id})
	h.up(len(h.ev) - 1)
}

// Pop takes the earliest event.
func (h *Heap) Pop() (at int64, id uint32, ok bool) {
	if len(h.ev) == 0 {
		return 0, 0, false
	}
	first := h.take()
	return first.at, first.id, true
}

// take removes the earliest event; there must be one.
func (h *Heap) take() event {
	first, last := h.ev[0], len(h.ev)-1
	h.ev[0] = h.ev[last]
	h.ev = h.ev[:last]
	h.down()
	return first
}

// up moves entry i towards the root until its parent is not after it.
func (h *Heap) up(i int) {
	e := h.ev[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(h.ev[parent]) {
			break
		}
		h.ev[i] = h.ev[parent]
		i = parent
	}
	h.ev[i] = e
}

// down moves the root away from the root until no child is before it.
func (h *Heap) down() {
	n := len(h.ev)
	if n == 0 {
		return
	}
	e, i := h.ev[0], 0
	for child := 1; child < n; child = 2*i + 1 {
		if child+1 < n && h.ev[child+1].before(h.ev[child]) {
			child++
		}
		if !h.ev[child].before(e) {
			break
		}
		h.ev[i] = h.ev[child]
		i = child
	}
	h.ev[i] = e
}
