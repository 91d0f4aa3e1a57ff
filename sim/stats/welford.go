package stats

import "math"

// Welford keeps mean, variance and skewness of a stream in one pass without cancellation (Welford,
// Technometrics 4, 1962; higher moments and merging: Pébay, Sandia SAND2008-6212). The zero value is empty.
type Welford struct {
	n            int64
	mean, m2, m3 float64
}

// Add takes one observation.
func (w *Welford) Add(x float64) {
	w.n++
	n := float64(w.n)
	d := x - w.mean
	step := d / n
	term := d * step * (n - 1)
	w.mean += step
	w.m3 += term*step*(n-2) - 3*step*w.m2
	w.m2 += term
}

// Merge adds the observations of o.
func (w *Welford) Merge(o Welford) {
	if w.n == 0 || o.n == 0 {
		if w.n == 0 {
			*w = o
		}
		return
	}
	a, b := float64(w.n), float64(o.n)
	n, d := a+b, o.mean-w.mean
	w.m3 += o.m3 + d*d*d*a*b*(a-b)/(n*n) + 3*d*(a*o.m2-b*w.m2)/n
	w.m2 += o.m2 + d*d*a*b/n
	w.mean += d * b / n
	w.n += o.n
}

// Count is the number of observations.
func (w Welford) Count() int64 { return w.n }

// Mean is the arithmetic mean, NaN when empty.
func (w Welford) Mean() float64 {
	if w.n == 0 {
		return math.NaN()
	}
	return w.mean
}

// Variance is the unbiased sample variance (n−1), NaN below two observations.
func (w Welford) Variance() float64 {
	if w.n < 2 {
		return math.NaN()
	}
	return w.m2 / float64(w.n-1)
}

// SD is the sample standard deviation, NaN below two observations.
func (w Welford) SD() float64 { return math.Sqrt(w.Variance()) }

// Skewness is the moment coefficient m3/m2^1.5; 0 when all observations are equal, NaN below two.
func (w Welford) Skewness() float64 {
	switch {
	case w.n < 2:
		return math.NaN()
	case w.m2 == 0:
		return 0
	}
	return math.Sqrt(float64(w.n)) * w.m3 / math.Pow(w.m2, 1.5)
}

// moments is the Welford summary of values.
func moments(values []float64) (w Welford) {
	for _, v := range values {
		w.Add(v)
	}
	return w
}
