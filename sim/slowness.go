package sim

import "slices"

// slowdowns is the faults that change the speed of something at the same time, by their factors, oldest first. The latest
// that still lasts sets the speed, and each ends by itself.
type slowdowns []float64

func (s slowdowns) factor() float64 {
	if len(s) == 0 {
		return 1
	}
	return s[len(s)-1]
}

// end takes one fault of a factor away, if there still is one: a restart ends them all.
func (s *slowdowns) end(factor float64) {
	if i := slices.Index(*s, factor); i >= 0 {
		*s = slices.Delete(*s, i, i+1)
	}
}
