package stats

import "math"

// Sum adds floating-point numbers and carries the rounding errors along (Neumaier, ZAMM 54, 1974): the result
// is as good as if the sum were taken in twice the precision. The zero value is an empty sum.
type Sum struct{ total, lost float64 }

// Add takes one term.
func (s *Sum) Add(x float64) {
	t := s.total + x
	if math.Abs(s.total) >= math.Abs(x) {
		s.lost += (s.total - t) + x
	} else {
		s.lost += (x - t) + s.total
	}
	s.total = t
}

// Value is the sum so far.
func (s Sum) Value() float64 {
	if math.IsInf(s.total, 0) {
		return s.total // the correction is NaN there
	}
	return s.total + s.lost
}

// Total is the compensated sum of values.
func Total(values []float64) float64 {
	var s Sum
	for _, v := range values {
		s.Add(v)
	}
	return s.Value()
}
