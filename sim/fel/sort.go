package fel

import (
	"math/bits"
	gosort "slices"
)

const (
	maxDigits = 4096 // counters of the counting sort
	fewKeys   = 24   // insertion sort is the quickest up to here
	crowd     = 32   // so many keys of one digit take a comparison sort; a power of two
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
	r.taken += r.next
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
	sum, most := uint32(0), uint32(0) // most has the bits of all counters
	for d, c := range digits {
		digits[d] = sum
		sum += c
		most |= c
	}
	run := r.run[:n]
	for tail != 0 {
		part, before := r.pool.keys(tail)
		for _, k := range part {
			d := k >> (drop & 63)
			at := digits[d]
			run[at] = k
			digits[d] = at + 1
		}
		r.pool.release(tail)
		tail = before
	}
	if most < crowd {
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
	most := key(0)
	for i, k := range a {
		if k >= most {
			most = k
			continue
		}
		j := i
		for j > 0 && k < a[j-1] {
			a[j] = a[j-1]
			j--
		}
		a[j] = k
	}
}
