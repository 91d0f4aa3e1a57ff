package accesslog

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// sortRecords sorts stably by time. Logs are nearly sorted, so it pulls out the records that lie before an earlier one,
// sorts those likewise, and merges: linear, also for a few logs joined in the wrong order. A late record goes behind kept
// ones of its time, which all stood above it in the log: one that stands below would be below the record that made it late,
// too, and be late itself.
func sortRecords(r *Records) { peel(r, 32) }

func peel(r *Records, layers int) {
	if layers == 0 {
		all := slices.Concat(r.chunks...)
		slices.SortStableFunc(all, func(a, b Record) int { return cmp.Compare(a.At, b.At) })
		for i, x := range all {
			*r.at(i) = x
		}
		return
	}
	var late Records
	kept, last := 0, int64(math.MinInt64)
	for i, x := range r.All() {
		if x.At < last {
			late.add(x)
			continue
		}
		if kept < i {
			*r.at(kept) = x
		}
		kept, last = kept+1, x.At
	}
	if late.n == 0 {
		return
	}
	peel(&late, layers-1)
	for i, j, to := kept-1, late.n-1, r.n-1; j >= 0; to-- {
		if i >= 0 && r.at(i).At > late.at(j).At {
			*r.at(to) = *r.at(i)
			i--
		} else {
			*r.at(to) = *late.at(j)
			j--
		}
	}
}

// spread places the n records of each second of a one-second clock at 0/n, 1/n, … of it. r must be sorted.
func spread(r *Records) {
	const second = int64(time.Second)
	for from := 0; from < r.n; {
		to := from + 1
		for to < r.n && r.at(to).At == r.at(from).At {
			to++
		}
		n := int64(to - from)
		for k := int64(1); k < n; k++ {
			r.at(from + int(k)).At += k * second / n
		}
		from = to
	}
}

// resolution is the coarsest of 1 s, 1 ms, 1 µs and 1 ns that divides every time seen so far.
func resolution(have time.Duration, at int64) time.Duration {
	for have > time.Nanosecond && at%int64(have) != 0 {
		have /= 1000
	}
	return have
}
