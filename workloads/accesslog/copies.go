package accesslog

import (
	"cmp"
	"slices"
)

const (
	mostCopies = 5       // of a log in itself that are looked for
	fewSets    = 10      // sets of equal records say little
	mostCopied = 0.6     // of the records: chance leaves half of them in sets of an even size
	asSample   = 1 << 17 // records of a longer log, from all parts of it, tell as much as all
)

// copies reports how many times a log holds its requests, if it seems to hold most of them several times, as files do that were
// joined with copies of themselves; otherwise 0. A client that asks for the same thing several times within one tick of the
// clock also makes equal records, but not the same number of each, or many of each. r must be sorted.
func copies(r *Records) (times int) {
	var sets, copied, exact [mostCopies + 1]int // by the number of copies that a set of equal records can be of, or is
	count := func(n int) {
		if n <= mostCopies {
			exact[n]++
		}
		for k := 2; k <= mostCopies; k++ {
			if n%k == 0 {
				sets[k]++
				copied[k] += n
			}
		}
	}
	var tick []Record
	seen, leap := 0, r.n/asSample // ticks passed over for each that is looked at
	for from := 0; from < r.n; {
		tick = tick[:0]
		for ; from < r.n && (len(tick) == 0 || r.at(from).At == tick[0].At); from++ {
			tick = append(tick, *r.at(from))
		}
		seen += len(tick)
		slices.SortFunc(tick, compareRecords)
		same := 0
		for i := range tick {
			if tick[i] != tick[same] {
				count(i - same)
				same = i
			}
		}
		count(len(tick) - same)
		if leap > 0 && from < r.n {
			next := min(from+leap*len(tick), r.n-1)
			for from = next; from < r.n && r.at(from).At == r.at(next).At; {
				from++ // to the beginning of a tick
			}
		}
	}
	most := mostCopied * float64(seen)
	for k := 2; k <= mostCopies; k++ {
		if sets[k] >= fewSets && 2*exact[k] > sets[k] && float64(copied[k]) >= most {
			times, most = k, float64(copied[k])
		}
	}
	return times
}

func compareRecords(a, b Record) int {
	return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Total, b.Total), cmp.Compare(a.Upstream, b.Upstream))
}
