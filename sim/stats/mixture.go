package stats

import "math"

// Mixture is the observations of several histograms together, where only a part of each counts.
type Mixture struct {
	list  []*Histogram
	parts []float64
	from  []countFrom // where the last quantile has been found
	n     float64     // observations that count
	low   int64       // the least of them
	high  int64       // the greatest

	p  float64 // of the last quantile; NaN: none has been asked for
	at int64   // the last quantile
}

// NewMixture makes a mixture of histograms, of which these parts count. They must not change after that.
func NewMixture(list []*Histogram, parts []float64) *Mixture {
	m := &Mixture{list: list, parts: parts, low: math.MaxInt64, p: math.NaN(), from: make([]countFrom, len(list))}
	for i, h := range list {
		m.from[i] = fromTop(h)
		if h.Count() > 0 && parts[i] > 0 {
			m.n += parts[i] * float64(h.Count())
			m.low, m.high = min(m.low, h.Min()), max(m.high, h.Max())
		}
	}
	return m
}

// Quantile is the value that the share p of the observations does not exceed. It is NaN when nothing counts. Quantiles that are
// asked for in ascending order are found fastest.
func (m *Mixture) Quantile(p float64) float64 {
	if len(m.list) == 1 {
		return m.list[0].Quantile(p)
	}
	if m.n == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	low, high := m.low, m.high
	switch {
	case p >= m.p:
		low = m.at
	case p < m.p:
		high = m.at
	}
	m.p, m.at = p, m.search(low, high, (1-p)*m.n)
	return float64(m.at)
}

// search finds the least value from low to high that no more than room lies above. There is one.
func (m *Mixture) search(low, high int64, room float64) int64 {
	for first, last := index(uint64(low)), index(uint64(high)); first < last; {
		middle := first + (last-first)/2
		if _, end := bounds(middle); m.above(end) <= room {
			last, high = middle, end
		} else {
			first, low = middle+1, end+1
		}
	}
	more, fewer := m.above(low-1), m.above(high)
	for guesses := 0; low < high; guesses++ {
		middle := low + (high-low)/2
		if guesses < enoughGuesses && more > fewer {
			middle = low - 1 + int64((more-room)/(more-fewer)*float64(high-low+1))
			middle = min(max(middle, low), high-1)
		}
		if x := m.above(middle); x <= room {
			high, fewer = middle, x
		} else {
			low, more = middle+1, x
		}
	}
	return low
}

// enoughGuesses is how often a quantile is looked for where a straight line through its bucket has it. It has it there, unless a
// histogram's least or greatest observation is in the bucket.
const enoughGuesses = 4

// above is how many observations that count are greater than v.
func (m *Mixture) above(v int64) (sum float64) {
	for i := range m.from {
		sum += m.parts[i] * m.from[i].countAbove(v)
	}
	return sum
}
