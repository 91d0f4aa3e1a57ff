package stats

import (
	"math"
	"slices"
)

// Mode is the most frequent value, and how many of the values differ from it; NaN for none.
func Mode(values []float64) (mode float64, others int) {
	sorted := slices.Sorted(slices.Values(values))
	mode = math.NaN()
	most := 0
	for i := 0; i < len(sorted); {
		k := i
		for k < len(sorted) && sorted[k] == sorted[i] {
			k++
		}
		if k-i > most {
			most, mode = k-i, sorted[i]
		}
		i = max(k, i+1) // NaN equals nothing
	}
	return mode, len(values) - most
}

// How far apart values must lie to differ in kind.
const (
	apart    = 4.0 // a factor of at least so much between the two kinds
	together = 3.0 // the logarithm of that factor, over that of the largest within a kind
	fewest   = 5   // values below which nothing is said
)

// Split finds values that differ in kind, not by chance: where the largest gap between the sorted values, on a scale of
// logarithms, is a factor of 4 or more, and more than three times as long as either side. It returns the larger values'
// indices; nil where all are of one kind. A value of 0 stands as half of least, the smallest that can be told from it; 0:
// as half of the smallest that there is.
func Split(values []float64, least float64) (larger []int) {
	if len(values) < fewest {
		return nil
	}
	if least == 0 {
		least = math.Inf(1)
		for _, v := range values {
			if v > 0 {
				least = min(least, v)
			}
		}
	}
	log := make([]float64, len(values))
	for i, v := range values {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil
		}
		log[i] = math.Log(max(v, least/2))
	}
	sorted := slices.Sorted(slices.Values(log))
	gap, at := 0.0, 0
	for i := 1; i < len(sorted); i++ {
		if d := sorted[i] - sorted[i-1]; d > gap {
			gap, at = d, i
		}
	}
	side := max(sorted[max(at-1, 0)]-sorted[0], sorted[len(sorted)-1]-sorted[at])
	if gap < math.Log(apart) || gap <= together*side {
		return nil
	}
	for i, v := range log {
		if v >= sorted[at] {
			larger = append(larger, i)
		}
	}
	return larger
}
