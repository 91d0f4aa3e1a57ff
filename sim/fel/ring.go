package fel

import "math/bits"

const (
	slices   = 4096 // slices in the ring
	maxLaps  = 8    // laps that an event may wait in a chain; one that is later still is not worth passing over so often
	maxShift = 31   // widest slice: 2^31 ns, so that no key equals none
)

// Ring is a List that sorts only what is about to happen.
//
// Time is cut into slices of 2^shift nanoseconds. The slices after the
// current one, up to the length of the ring, each keep an unsorted chain of
// events; when a slice becomes current its events are sorted into a run that
// is then read in sequence. An event for the current slice goes to a small
// heap merged with the run. What lies past the ring waits in another chain of
// its place in the ring, with the number of laps to go, for some laps, and in
// a heap of its own if it is later still. This is the lazy-sorting idea of the calendar queue (Brown 1988) and
// the ladder queue (Tang, Goh and Thng 2005) with one level and large slices.
//
// A pending event takes a little more than 8 bytes. Nothing is allocated once
// the list has seen its largest size. The width follows the rate at which
// events are taken; it affects speed, never order.
type Ring struct {
	cur   int64  // number of the current slice: time / 2^shift
	shift uint   // a slice is 2^shift ns wide
	low   int64  // 2^shift - 1: the offset of a time in its slice
	laps  int64  // most that an event in later waits; as many as its key has room for
	base  int64  // start of the current slice, or time of the last event of few that was taken, ns
	near  keys   // events of the current slice that came after its sorting
	last  key    // the last of them that was taken, 0 if none was
	run   []key  // sorted events of the current slice, then none
	next  int    // first event of run not yet taken
	seen  int    // first event of run that Ahead has not returned
	look  int    // where next has to be for Ahead to return more
	soon  uint32 // end of what Coming has not returned of the next slice's chain; 0: none
	few   Heap   // all events, while there are so few that a heap is quicker
	late  Heap   // events past the ring
	pool  chunks // room for the chains

	tail  [slices]uint32      // end of the chain of slice number % slices; 0: empty
	later [slices]uint32      // end of the chain of the same place in later laps
	busy  [slices / 64]uint64 // bit set: one of the two is not empty

	pushed int
	taken  int // events taken but for those of run
	tuning tuning
	digits [maxDigits]uint32 // counters of the sort
}

// NewRing returns an empty ring for about capacity pending events that are
// pushed on average meanHold nanoseconds ahead. Both are hints and may be 0
// or wrong: the ring grows and finds its own width.
func NewRing(capacity int, meanHold int64) *Ring {
	r := &Ring{}
	r.Reset(capacity, meanHold)
	return r
}

// Reset makes any ring as NewRing returns it, in the memory that it has.
func (r *Ring) Reset(capacity int, meanHold int64) {
	*r = Ring{run: append(r.run[:0], none), near: keys{heap: r.near.heap}, pool: r.pool,
		few: Heap{r.few.ev[:0]}, late: Heap{r.late.ev[:0]}}
	r.near.reset()
	r.pool.init()
	r.place(heapSlice, maxShift)
	if capacity >= ringFrom && meanHold > 0 {
		r.pool.reserve(capacity)
		r.place(0, shiftFor(float64(meanHold)/float64(capacity), capacity))
	}
	r.tuning.begin(0, 0)
}

// Len is the number of pending events.
func (r *Ring) Len() int { return r.pushed - r.Taken() }

// Taken is how many events have been taken.
func (r *Ring) Taken() int { return r.taken + r.next }

// Push inserts an event at the given time in nanoseconds.
//
//go:noinline
func (r *Ring) Push(at int64, id uint32) {
	r.pushed++
	s := at >> (r.shift & 63)
	if uint64(s-r.cur-1) < slices-1 {
		i := s & (slices - 1)
		if p := r.tail[i]; p%chunkLen != 0 {
			r.pool.words[p] = pack(at&r.low, id)
			r.tail[i] = p + 1
			return
		}
		r.add(&r.tail, int(i), pack(at&r.low, id))
		return
	}
	r.pushOutside(at, id)
	if r.Taken() >= r.tuning.due {
		r.tune()
	}
}

// pushOutside inserts an event that belongs to no chain.
func (r *Ring) pushOutside(at int64, id uint32) {
	switch s := at >> (r.shift & 63); {
	case s == r.cur:
		r.near.push(pack(at&r.low, id))
	case r.cur == heapSlice:
		r.few.Push(at, id)
	case s < r.cur: // against the rules
		r.rebuild(s, r.shift)
		r.insert(at, id)
	default:
		r.pushLater(s, at, id)
	}
}

// pushLater inserts an event of a slice past the ring: one whose place in the ring is another slice's until then.
func (r *Ring) pushLater(s, at int64, id uint32) {
	i := int(s & (slices - 1))
	switch lap := r.lapOf(s); {
	case lap == 0:
		r.add(&r.tail, i, pack(at&r.low, id))
	case lap <= r.laps:
		r.add(&r.later, i, pack(at&r.low|lap<<r.shift, id))
	default:
		r.late.Push(at, id)
	}
}

// lapOf is how often the ring will come to the place of slice s before it comes to s.
func (r *Ring) lapOf(s int64) int64 { return (s - r.cur - 1) / slices }

// insert is Push without counting and tuning.
func (r *Ring) insert(at int64, id uint32) {
	s := at >> r.shift
	if uint64(s-r.cur-1) >= slices-1 {
		r.pushOutside(at, id)
		return
	}
	r.add(&r.tail, int(s&(slices-1)), pack(at&r.low, id))
}

// add appends a key to the chain at place i.
func (r *Ring) add(chains *[slices]uint32, i int, k key) {
	p := chains[i]
	if p%chunkLen == 0 {
		r.busy[i/64] |= 1 << (i % 64)
		p = r.pool.grow(p)
	}
	r.pool.words[p] = k
	chains[i] = p + 1
}

// dealLater is called when the ring has come to place i: the laps to go of what waits there for later ones become fewer by one.
func (r *Ring) dealLater(i int) {
	tail, lap := r.later[i], key(1)<<(32+r.shift)
	r.later[i] = 0
	for tail != 0 {
		part, before := r.pool.keys(tail)
		for _, k := range part {
			if k -= lap; k < lap {
				r.add(&r.tail, i, k)
			} else {
				r.add(&r.later, i, k)
			}
		}
		r.pool.release(tail)
		tail = before
	}
}

// Pop takes the earliest event.
func (r *Ring) Pop() (at int64, id uint32, ok bool) {
	if k := r.run[r.next]; k < r.near.min {
		r.next++
		return r.base + int64(k>>32), uint32(k), true
	}
	return r.popOther()
}

// popOther is Pop where the run does not have the earliest event.
//
//go:noinline
func (r *Ring) popOther() (at int64, id uint32, ok bool) {
	for r.near.min == none {
		if r.cur == heapSlice && len(r.few.ev) < ringFrom {
			return r.popFew()
		}
		if !r.advance() {
			return 0, 0, false
		}
		if k := r.run[r.next]; k < r.near.min {
			r.next++
			return r.base + int64(k>>32), uint32(k), true
		}
	}
	k := r.near.min
	r.near.pop()
	r.last = k
	r.taken++
	return r.base + int64(k>>32), uint32(k), true
}

// popFew takes the earliest of few events.
func (r *Ring) popFew() (at int64, id uint32, ok bool) {
	if at, id, ok = r.few.Pop(); ok {
		r.base = at
		r.taken++
	}
	return at, id, ok
}

// advance makes the slice of the earliest event current, or has it done by a
// second call. It reports false when there is none.
func (r *Ring) advance() bool {
	switch {
	case r.cur == heapSlice:
		r.fromHeap()
		return true
	case r.Taken() >= r.tuning.due:
		r.tune()
		return r.Len() > 0
	}
	s, ok := r.following()
	if !ok {
		return false
	}
	r.cur, r.base, r.last = s, s<<r.shift, 0
	i := int(s & (slices - 1))
	r.sortSlice(i)
	r.soon = r.tail[(i+1)&(slices-1)]
	if r.later[i] != 0 {
		r.dealLater(i)
	}
	for len(r.late.ev) != 0 && r.lapOf(r.late.ev[0].at>>r.shift) <= r.laps {
		e := r.late.take()
		r.insert(e.at, e.id)
	}
	return true
}

// following is the number of the first slice after the current one that has
// events. Nothing in the late heap is before anything in the ring.
func (r *Ring) following() (s int64, ok bool) {
	i := int((r.cur + 1) & (slices - 1))
	word := r.busy[i/64] >> (i % 64) << (i % 64)
	for w := i / 64; ; {
		if word != 0 {
			j := w*64 + bits.TrailingZeros64(word)
			return r.cur + 1 + int64((j-i)&(slices-1)), true
		}
		w = (w + 1) % len(r.busy)
		word = r.busy[w]
		if w == i/64 {
			word &= 1<<(i%64) - 1
			if word == 0 {
				break
			}
		}
	}
	if len(r.late.ev) != 0 {
		return r.late.ev[0].at >> r.shift, true
	}
	return 0, false
}

// Stride is how many events may be taken between two calls of Ahead.
const Stride = 16

// Unseen reports that Ahead has events that will be taken soon and that it has not returned yet.
func (r *Ring) Unseen() bool { return r.next >= r.look }

// Ahead returns events that come soon, as far as the current slice is sorted, so that a caller can fetch what they concern into
// the cache in time: 2 * Stride at most, whose identities are the lower halves. It returns none twice. Asked whenever there are
// Unseen events, it returns each at least Stride events before its turn, but for the first of a slice.
func (r *Ring) Ahead() []uint64 {
	from := max(r.next, r.seen)
	to := max(min(len(r.run)-1, r.next+2*Stride), from)
	r.seen, r.look = to, r.next+Stride
	return r.run[from:to]
}

// Near reports whether an event at the given time comes too soon for Ahead to return it.
func (r *Ring) Near(at int64) bool { return at>>(r.shift&63) == r.cur }

// Coming is a part of the memory that the next slice will be sorted from, for a caller to fetch into the cache in time; empty when
// there is no more of it. Asked whenever there are Unseen events, it has returned all of a slice before its turn.
func (r *Ring) Coming() (part []uint64) {
	if r.soon != 0 {
		part, r.soon = r.pool.before(r.soon)
	}
	return part
}
