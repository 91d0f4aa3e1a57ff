package fel

import (
	"math/bits"
	gosort "slices"
)

const (
	perSlice  = 1024    // a slice holds 1/perSlice of the pending events
	fewest    = 16      // but not fewer events than this
	ringFrom  = 24      // pending events from which the ring beats a heap
	heapBelow = 8       // and below which the ring gives up
	heapSlice = 1 << 62 // current slice while everything is in the past heap
	firstLook = 4096    // takes before the first look at the width
)

// tuning is what the ring remembers to measure the rate at which events are
// taken. Looks grow rarer, up to one in twice as many takes as events are
// pending, so that rebuilding at each of them would still be cheap.
type tuning struct {
	due    int   // look at the width when this many events have been taken
	popped int   // events taken at the last look
	at     int64 // time of the last look
}

// begin starts measuring at the time now after a guess.
func (t *tuning) begin(popped int, now int64) {
	*t = tuning{due: popped + firstLook, popped: popped, at: now}
}

// next starts the next measurement.
func (t *tuning) next(popped, pending int, now int64) {
	wait := min(2*(popped-t.popped), max(2*pending, firstLook))
	*t = tuning{due: popped + wait, popped: popped, at: now}
}

// tune measures the rate since the last look and changes the width when it is
// off by a factor of four or more. By Little's law pending/rate is the mean
// time an event is pending, so a slice that holds a fixed share of the pending
// events is a fixed share of that time; a few events far away do not matter,
// as they would in an average of the times asked for.
func (r *Ring) tune() {
	now, taken := r.now(), r.popped-r.tuning.popped
	elapsed := now - r.tuning.at
	r.tuning.next(r.popped, r.Len(), now)
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
	r.tuning.begin(r.popped, now)
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
