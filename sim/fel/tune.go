package fel

import (
	"math/bits"
	gosort "slices"
)

const (
	perSlice  = 256     // a slice holds 1/perSlice of the pending events
	fewest    = 8       // but not fewer events than this
	ringFrom  = 96      // pending events from which the ring beats a heap
	heapBelow = 32      // and below which the ring gives up
	heapSlice = 1 << 62 // current slice while everything is in the past heap
	patience  = 4096    // takes between two looks at the width, at least
)

// tuning is what the ring remembers to measure the rate at which events are
// taken.
type tuning struct {
	due    int   // look at the width when this many events have been taken
	popped int   // events taken at the last look
	at     int64 // time of the last look
}

func (t *tuning) start(r *Ring, now int64) {
	t.at, t.popped = now, r.popped
	t.due = r.popped + max(2*r.Len(), patience)
}

// tune measures the rate since the last look and changes the width when it is
// off by a factor of four or more. By Little's law pending/rate is the mean
// time an event is pending, so a slice that holds a fixed share of the pending
// events is a fixed share of that time; a few events far away do not matter,
// as they would in an average of the times asked for.
func (r *Ring) tune() {
	now, taken := r.now(), r.popped-r.tuning.popped
	elapsed := now - r.tuning.at
	r.tuning.start(r, now)
	if r.cur == heapSlice {
		return
	}
	if r.Len() < heapBelow {
		r.rebuild(heapSlice, maxShift)
		return
	}
	if elapsed <= 0 {
		return
	}
	shift := shiftFor(float64(elapsed)/float64(taken), r.Len())
	if shift > r.shift+1 || r.shift > shift+1 {
		r.rebuild(now>>shift, shift)
	}
}

// fromHeap leaves the heap for the ring. No rate is known yet, so it is
// guessed from the median of a sample of the pending events.
func (r *Ring) fromHeap() {
	now := r.past.ev[0].at
	var sample [63]int64
	for i := range sample {
		sample[i] = r.past.ev[i*len(r.past.ev)/len(sample)].at
	}
	gosort.Sort(sample[:])
	median := sample[len(sample)/2] - now
	shift := shiftFor(float64(median)/float64(r.Len()/2), r.Len())
	r.rebuild(now>>shift, shift)
	r.tuning.start(r, now)
}

// shiftFor is the width, as a power of two, for a mean time between events
// and a number of pending events.
func shiftFor(gap float64, pending int) uint {
	width := gap * float64(max(pending/perSlice, fewest))
	if width >= 1<<maxShift {
		return maxShift
	}
	return uint(bits.Len64(uint64(width)))
}

// now is a time not before the last event taken and not after the next.
func (r *Ring) now() int64 {
	if k := min(r.run[r.next], r.near.min); k != none {
		return r.base + int64(k>>32)
	}
	return r.base
}
