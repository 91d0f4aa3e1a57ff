package fel

import (
	"math/bits"
	gosort "slices"
)

const (
	maxDigits = 4096 // counters of the counting sort
	fewKeys   = 24   // insertion sort is the quickest up to here
)

// sortSlice moves the chain of slice i, sorted, into the run.
func (r *Ring) sortSlice(i int) {
	tail := r.tail[i]
	r.tail[i] = 0
	r.busy[i/64] &^= 1 << (i % 64)
	n := 0
	for t := tail; t != 0; {
		var part []key
		part, t = r.pool.keys(t)
		n += len(part)
	}
	if cap(r.run) <= n {
		r.run = make([]key, n+1+n/4)
	}
	r.run, r.next, r.seen, r.look = r.run[:n+1], 0, 0, 0
	r.run[n] = none
	if n <= fewKeys {
		r.gather(tail)
		insertionSort(r.run[:n])
		return
	}
	r.countingSort(tail, n)
}

// gather copies a chain to the run and frees it.
func (r *Ring) gather(tail uint32) {
	for n := 0; tail != 0; {
		part, before := r.pool.keys(tail)
		n += copy(r.run[n:], part)
		r.pool.release(tail)
		tail = before
	}
}

// countingSort sorts a chain of n keys into the run by the top bits of the
// offset, about one value a key, frees the chain, and lets insertion sort
// finish. Where many keys share their top bits (ties, a burst) insertion would
// be quadratic and a comparison sort takes its place.
func (r *Ring) countingSort(tail uint32, n int) {
	digitBits := min(uint(bits.Len(uint(n-1))), uint(bits.Len(maxDigits-1)), r.shift)
	drop := 32 + r.shift - digitBits
	digits := r.digits[:1<<digitBits]
	clear(digits)
	for t := tail; t != 0; {
		var part []key
		part, t = r.pool.keys(t)
		for _, k := range part {
			digits[k>>(drop&63)]++
		}
	}
	sum, most := uint32(0), uint32(0)
	for d, c := range digits {
		digits[d] = sum
		sum += c
		most = max(most, c)
	}
	run := r.run[:n]
	for tail != 0 {
		part, before := r.pool.keys(tail)
		for _, k := range part {
			d := &digits[k>>(drop&63)]
			run[*d] = k
			*d++
		}
		r.pool.release(tail)
		tail = before
	}
	if most <= fewKeys {
		insertionSort(run)
		return
	}
	start := uint32(0)
	for _, end := range digits {
		gosort.Sort(run[start:end])
		start = end
	}
}

func insertionSort(a []key) {
	for i := 1; i < len(a); i++ {
		k, j := a[i], i
		for j > 0 && k < a[j-1] {
			a[j] = a[j-1]
			j--
		}
		a[j] = k
	}
}
