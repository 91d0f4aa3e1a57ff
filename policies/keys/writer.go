package keys

import (
	"github.com/cespare/xxhash/v2"

	"stickysim/sim"
)

// Writer writes the keys of a template into memory of its own.
type Writer struct {
	Template
	text []byte
}

// Of is the key of q, valid until the next call; empty where the request has none of the parts.
func (w *Writer) Of(q *sim.Request) []byte {
	if q.Whole || w.IsOwn() {
		return q.Key
	}
	w.text = w.append(w.text[:0], q)
	return w.text
}

// Sum stands for the key of q: for other keys it is another one, practically without collisions. Where the key is the address that
// the balancer sees, that saves writing it. ok is false where the key is empty.
func (w *Writer) Sum(q *sim.Request) (sum uint64, ok bool) {
	if !q.Whole && w.IsSeen() {
		return Number(&q.Addr), true
	}
	text := w.Of(q)
	return xxhash.Sum64(text), len(text) > 0
}

// Number is an IPv4 address itself, or a hash of an IPv6 one, practically without collisions.
func Number(a *sim.Addr) uint64 {
	if a.Is4() {
		return uint64(a.V4())
	}
	return a.Hash64()
}
