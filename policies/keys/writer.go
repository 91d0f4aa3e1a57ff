package keys

import "stickysim/sim"

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
