package accesslog

import "iter"

const (
	chunkBits = 16
	chunkSize = 1 << chunkBits
)

// Records are the requests of a log, kept in pieces, so that collecting and passing them on needs no second copy.
type Records struct {
	chunks [][]Record
	n      int
}

// RecordsOf keeps records that were not read.
func RecordsOf(all ...Record) Records {
	var r Records
	for _, x := range all {
		r.add(x)
	}
	return r
}

// Len is the number of records.
func (r *Records) Len() int { return r.n }

// At is the record of a number, from 0.
func (r *Records) At(i int) Record { return *r.at(i) }

func (r *Records) at(i int) *Record { return &r.chunks[i>>chunkBits][i&(chunkSize-1)] }

func (r *Records) add(x Record) {
	if r.n&(chunkSize-1) == 0 {
		r.chunks = append(r.chunks, make([]Record, 0, min(chunkSize, max(64, r.n))))
	}
	last := &r.chunks[len(r.chunks)-1]
	*last = append(*last, x)
	r.n++
}

// All passes the records in their order.
func (r *Records) All() iter.Seq2[int, Record] {
	return func(yield func(int, Record) bool) {
		for i := range r.n {
			if !yield(i, *r.at(i)) {
				return
			}
		}
	}
}

// Drain passes the records in their order, and forgets them while it does.
func (r *Records) Drain(each func(Record)) {
	for i, c := range r.chunks {
		for _, x := range c {
			each(x)
		}
		r.chunks[i] = nil
	}
	*r = Records{}
}
