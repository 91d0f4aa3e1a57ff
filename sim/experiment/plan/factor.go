package plan

import (
	"math"
	"slices"
)

// Factor is a ratio with its bracket; zero where it is not known.
type Factor struct{ Lo, Hi float64 }

// Known reports that there is a ratio at all.
func (f Factor) Known() bool { return f.Lo > 0 && !math.IsInf(f.Hi, 0) }

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
func (x *search) need(a *Alternative) Factor {
	if a.Met == nil || a.Met.Number <= 0 {
		return Factor{}
	}
	f := Factor{a.Met.Number, a.Met.Number}
	switch {
	case a.Missed == nil:
	case x.Axis.Whole && a.Ease == Upwards:
		f.Lo = x.Axis.Number[slices.Index(x.Axis.Number, a.Missed.Number)+1]
	default:
		f.Lo = a.Missed.Number
	}
	if a.Ease == Downward {
		f = Factor{1 / f.Lo, 1 / f.Hi}
	}
	return f
}
