// Package prefetch asks the processor to bring memory into its cache before the program reads it. A request costs a few
// instructions and waits for nothing, where a read of cold memory waits for the memory. It changes no value.
//
// Floor 0.
package prefetch

import "unsafe"

// Batch is a list of addresses that are asked for together. The zero value is empty and ready.
type Batch struct {
	at [room]uintptr
	n  int
}

const room = 128

// Add puts the cache line that p points to on the list. A full list takes no more; any p is allowed.
func Add[T any](b *Batch, p *T) {
	if b.n < room {
		b.at[b.n] = uintptr(unsafe.Pointer(p))
		b.n++
	}
}

// Line asks for the cache line that p points to at once.
func Line[T any](p *T) {
	at := uintptr(unsafe.Pointer(p))
	fetch(&at, 1)
}

// Fetch asks for everything on the list and empties it.
func (b *Batch) Fetch() {
	fetch(&b.at[0], b.n)
	b.n = 0
}
