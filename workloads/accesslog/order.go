package accesslog

import (
	"cmp"
	"slices"
	"time"
)

// sortRecords sorts stably by time. Logs are nearly sorted, so it pulls out the records that lie before an earlier one,
// sorts those likewise, and merges: linear, also for a few logs joined in the wrong order. A late record goes behind kept
// ones of its time, which all stood above it in the log: one that stands below would be below the record that made it late,
// too, and be late itself.
func sortRecords(r []Record) { peel(r, 32) }

func peel(r []Record, layers int) {
	if layers == 0 {
		slices.SortStableFunc(r, func(a, b Record) int { return cmp.Compare(a.At, b.At) })
		return
	}
	var late []Record
	kept := 0
	for _, x := range r {
		if kept > 0 && x.At < r[kept-1].At {
			late = append(late, x)
			continue
		}
		r[kept] = x
		kept++
	}
	if len(late) == 0 {
		return
	}
	peel(late, layers-1)
	for i, j, to := kept-1, len(late)-1, len(r)-1; j >= 0; to-- {
		if i >= 0 && r[i].At > late[j].At {
			r[to] = r[i]
			i--
		} else {
			r[to] = late[j]
			j--
		}
	}
}

// spread places the n records of each second of a one-second clock at 0/n, 1/n, … of it. r must be sorted.
func spread(r []Record) {
	const second = int64(time.Second)
	for from := 0; from < len(r); {
		to := from + 1
		for to < len(r) && r[to].At == r[from].At {
			to++
		}
		n := int64(to - from)
		for k := int64(1); k < n; k++ {
			r[from+int(k)].At += k * second / n
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
