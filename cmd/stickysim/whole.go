package main

import "io"

// whole is a text that is printed when it is complete. It lies in pieces: a result can be large, and to grow one buffer
// would copy it again and again. What comes in one call of Write stays together.
type whole struct{ pieces [][]byte }

func (w *whole) Write(p []byte) (int, error) {
	last := len(w.pieces) - 1
	if last < 0 || len(w.pieces[last])+len(p) > cap(w.pieces[last]) {
		w.pieces = append(w.pieces, make([]byte, 0, max(len(p), 1<<15)))
		last++
	}
	w.pieces[last] = append(w.pieces[last], p...)
	return len(p), nil
}

// WriteTo writes the text.
func (w *whole) WriteTo(out io.Writer) (n int64, err error) {
	for _, p := range w.pieces {
		k, err := out.Write(p)
		n += int64(k)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
