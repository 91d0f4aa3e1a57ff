package plan

import (
	"math"
)

// Factor is a ratio with its bracket: from 0 where it may be any smaller one, to +Inf where it may be any larger one.
type Factor struct{ Lo, Hi float64 }

// Known reports that something is known of the ratio.
func (f Factor) Known() bool { return f.Lo > 0 || f.Hi > 0 && !math.IsInf(f.Hi, 0) }

// compare gives every alternative its factor against the one that needs least.
func (x *search) compare() {
	list := x.result.Alternatives
	needs, best := make([]Factor, len(list)), -1
	for i := range list {
		needs[i] = x.need(&list[i])
		if needs[i].Known() && (best < 0 || needs[i].Hi < needs[best].Hi) {
			best = i
		}
	}
	for i, n := range needs {
		switch {
		case i == best:
			list[i].Factor = Factor{1, 1}
		case n.Known():
			list[i].Factor = Factor{n.Lo / needs[best].Hi, n.Hi / needs[best].Lo}
		}
	}
}

// need is the smallest value that meets the objectives, as a bracket; of what is wanted large, such as a load, its inverse.
// Where no value misses, it may be any smaller one.
func (x *search) need(a *Alternative) Factor {
	if a.Met == nil || a.Met.Number <= 0 {
		return Factor{}
	}
	miss, step := math.Inf(1), -1. // the number next to the limit on its other side
	if a.Ease == Upwards {
		miss, step = 0, 1
	}
	if a.Missed != nil {
		miss = a.Missed.Number
	}
	if a.Whole && (a.Missed != nil || a.Least()) {
		miss += step
	}
	if a.Ease == Downward {
		return Factor{1 / miss, 1 / a.Met.Number}
	}
	return Factor{miss, a.Met.Number}
}
