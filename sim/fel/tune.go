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
	heapSlice = 1 << 62 // current slice while everything is in the heap
	firstLook = 4096    // takes before the first look at the width
)

// tuning is what the ring remembers to measure the rate at which events are
// taken. Looks grow rarer, up to one in twice as many takes as events are
// pending, so that rebuilding at each of them would still be cheap.
type tuning struct {
	due   int   // look at the width when this many events have been taken
	taken int   // events taken at the last look
	at    int64 // time of the last look
}

// begin starts measuring at the time now after a guess.
func (t *tuning) begin(taken int, now int64) {
	*t = tuning{due: taken + firstLook, taken: taken, at: now}
}

// next starts the next measurement.
func (t *tuning) next(taken, pending int, now int64) {
	wait := min(2*(taken-t.taken), max(2*pending, firstLook))
	*t = tuning{due: taken + wait, taken: taken, at: now}
}

// tune measures the rate since the last look and changes the width when it is
// off by a factor of four or more. By Little's law pending/rate is the mean
// time an event is pending, so a slice that holds a fixed share of the pending
// events is a fixed share of that time; a few events far away do not matter,
// as they would in an average of the times asked for.
func (r *Ring) tune() {
	now, taken := r.now(), r.Taken()-r.tuning.taken
	elapsed := now - r.tuning.at
	r.tuning.next(r.Taken(), r.Len(), now)
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
	ev := r.few.ev
	var sample [63]int64
	for i := range sample {
		sample[i] = ev[i*len(ev)/len(sample)].at
	}
	gosort.Sort(sample[:])
	median := sample[len(sample)/2] - ev[0].at
	shift := shiftFor(float64(median)/float64(r.Len()/2), r.Len())
	r.rebuild(r.base>>shift, shift)
	r.tuning.begin(r.Taken(), r.base)
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

// now is the time of the last event taken, as far as it is known; nothing that
// is pending comes before.
func (r *Ring) now() int64 {
	last := r.last
	if r.next > 0 {
		last = max(last, r.run[r.next-1])
	}
	return r.base + int64(min(last, r.near.min)>>32)
}
