package fel

// place sets the current slice and the width 2^shift. Nothing may be pending in
// the ring.
func (r *Ring) place(cur int64, shift uint) {
	r.shift, r.low = shift, 1<<shift-1
	r.laps = min(maxLaps, int64(none>>(32+shift)))
	r.cur, r.last = cur, 0
	if cur != heapSlice {
		r.base = cur << shift
	}
}

// rebuild sets the current slice and the width and deals all pending events
// anew. Chunks are freed as they are read, so it takes little room.
func (r *Ring) rebuild(cur int64, shift uint) {
	base, oldCur, oldShift, tails, laters := r.base, r.cur, r.shift, r.tail, r.later
	held := append(r.run[r.next:len(r.run)-1], r.near.heap[1:]...)
	r.near.reset()
	clear(r.tail[:])
	clear(r.later[:])
	clear(r.busy[:])
	r.place(cur, shift)

	r.insertAll(held, base, oldShift)
	r.taken += r.next
	r.run, r.next, r.seen, r.look, r.soon = append(r.run[:0], none), 0, 0, 0, 0
	for d := int64(1); d <= slices; d++ {
		s := oldCur + d
		r.insertChain(tails[s&(slices-1)], s<<oldShift, oldShift)
		r.insertChain(laters[s&(slices-1)], s<<oldShift, oldShift)
	}
	r.insertHeap(&r.few)
	r.insertHeap(&r.late)
}

// insertChain inserts the keys of a chain, which it frees, of a slice that starts at base.
func (r *Ring) insertChain(tail uint32, base int64, shift uint) {
	for tail != 0 {
		part, before := r.pool.keys(tail)
		r.insertAll(part, base, shift)
		r.pool.release(tail)
		tail = before
	}
}

// insertAll inserts keys of a slice that starts at base and is 2^shift wide, or of its place in later laps.
func (r *Ring) insertAll(keys []key, base int64, shift uint) {
	for _, k := range keys {
		offset, lap := int64(k>>32)&(1<<shift-1), int64(k>>(32+shift))
		r.insert(base+lap*slices<<shift+offset, uint32(k))
	}
}

// insertHeap takes all events out of h and inserts them. Some may go back to
// h, which never holds more of them than have been read.
func (r *Ring) insertHeap(h *Heap) {
	all := h.ev
	h.ev = h.ev[:0]
	for _, e := range all {
		r.insert(e.at, e.id)
	}
	if len(h.ev) < cap(h.ev)/8 && cap(h.ev) > slices {
		h.ev = append(make([]event, 0, 2*len(h.ev)), h.ev...)
	}
}
