package sim

import "slices"

// slowdowns are the factors of the slowdowns in force on a server or the store, oldest first. The latest sets the speed;
// each ends in its own time.
type slowdowns []float64

func (s slowdowns) factor() float64 {
	if len(s) == 0 {
		return 1
	}
	return s[len(s)-1]
}

// end removes one slowdown of a factor. There may be none left: a restart ends them all.
func (s *slowdowns) end(factor float64) {
	if i := slices.Index(*s, factor); i >= 0 {
		*s = slices.Delete(*s, i, i+1)
	}
}
