package stats

import "math"

// QuantileOf is the value that the share p of the observations of several histograms does not exceed, where only a part of
// each histogram counts. It is NaN when nothing counts.
func QuantileOf(p float64, list []*Histogram, parts []float64) float64 {
	if len(list) == 1 {
		return list[0].Quantile(p)
	}
	n, low, high := 0.0, int64(math.MaxInt64), int64(0)
	for i, h := range list {
		if h.Count() > 0 && parts[i] > 0 {
			n += parts[i] * float64(h.Count())
			low, high = min(low, h.Min()), max(high, h.Max())
		}
	}
	if n == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	from := make([]countFrom, len(list))
	for i, h := range list {
		from[i] = fromTop(h)
	}
	for low < high {
		middle, above := low+(high-low)/2, 0.0
		for i := range from {
			above += parts[i] * from[i].countAbove(middle)
		}
		if above <= (1-p)*n {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return float64(low)
}
