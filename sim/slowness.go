package sim

import "slices"

// slowness is the faults that slow something down at the same time, by their factors: two at half speed leave a quarter,
// and each ends by itself.
type slowness []float64

func (s slowness) factor() float64 {
	f := 1.0
	for _, v := range s {
		f *= v
	}
	return f
}

// end takes one fault of a factor away, if there still is one: a restart ends them all.
func (s *slowness) end(factor float64) {
	if i := slices.Index(*s, factor); i >= 0 {
		*s = slices.Delete(*s, i, i+1)
	}
}
