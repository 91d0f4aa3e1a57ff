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

// Split finds values that differ in kind, not by chance: where the largest gap between the sorted values, on a scale of
// logarithms, is a factor of 3 or more, and more than 2+150/n² times as long as either side of it. Of normal, exponential,
// lognormal and Poisson values of one kind, it splits less than 1 %. It returns the larger values' indices; nil where all
// are of one kind, or there are fewer than 5. Values below least stand as least; with 0, those that are 0 stand as half of
// the smallest that is not.
func Split(values []float64, least float64) (larger []int) {
	n := float64(len(values))
	if n < 5 {
		return nil
	}
	if least == 0 {
		least = math.Inf(1)
		for _, v := range values {
			if v > 0 {
				least = min(least, v/2)
			}
		}
	}
	log := make([]float64, len(values))
	for i, v := range values {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil
		}
		log[i] = math.Log(max(v, least))
	}
	sorted := slices.Sorted(slices.Values(log))
	gap, at := 0.0, 0
	for i := 1; i < len(sorted); i++ {
		if d := sorted[i] - sorted[i-1]; d > gap {
			gap, at = d, i
		}
	}
	side := max(sorted[max(at-1, 0)]-sorted[0], sorted[len(sorted)-1]-sorted[at])
	if gap < math.Log(3)-1e-9 || gap <= (2+150/(n*n))*side {
		return nil
	}
	for i, v := range log {
		if v >= sorted[at] {
			larger = append(larger, i)
		}
	}
	return larger
}
