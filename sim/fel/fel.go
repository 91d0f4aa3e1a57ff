// Package fel holds the future event list of a discrete-event simulation: the
// priority queue from which the engine takes the next event.
//
// Two lists give the same order. Heap is a plain heap, easy to believe, and
// the reference that Ring is tested against. Ring is the one for work: a take
// and an insert cost nearly the same at a thousand pending events as at a
// million.
//
// Events are ordered by (time, identity): at one instant the lower identity
// goes first, so the order never depends on the order of insertion. Neither
// list looks into identities; a caller that wants departures before arrivals
// puts the kind of the event into the top bits.
//
// Floor 0.
package fel

// List is a future event list. Times are nanoseconds of simulated time, from
// 0 to 2^62. An identity may be pending more than once.
//
// A List is for one goroutine.
type List interface {
	// Push inserts an event. The time must not be before that of the last
	// event taken; an earlier one is not lost, it simply comes out next.
	Push(at int64, id uint32)
	// Pop takes the earliest event; ok is false when the list is empty.
	Pop() (at int64, id uint32, ok bool)
	// Len is the number of pending events.
	Len() int
}
