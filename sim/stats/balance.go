package stats

import (
	"math"
	"sort"
)

// Jain is Jain's fairness index (Σx)²/(n·Σx²): 1 when all are equal, 1/n when one has everything. NaN for an
// empty or all-zero vector. (Jain, Chiu & Hawe, DEC TR-301, 1984.)
func Jain(x []float64) float64 {
	var squares Sum
	for _, v := range x {
		squares.Add(v * v)
	}
	total := Total(x)
	return total * total / (float64(len(x)) * squares.Value())
}

// Gini is the Gini coefficient Σ(2i−n−1)x₍ᵢ₎/(n·Σx), x ascending: 0 when all are equal, (n−1)/n when one has
// everything. NaN for an empty or all-zero vector.
func Gini(x []float64) float64 {
	sorted := append([]float64(nil), x...)
	sort.Float64s(sorted)
	n := float64(len(x))
	var s Sum
	for i, v := range sorted {
		s.Add((2*float64(i+1) - n - 1) * v)
	}
	return s.Value() / (n * Total(x))
}

// PeakToMean is the largest over the mean; 1 for a single value, NaN for an empty or all-zero vector.
func PeakToMean(x []float64) float64 {
	peak := math.Inf(-1)
	for _, v := range x {
		peak = max(peak, v)
	}
	return peak / (Total(x) / float64(len(x)))
}

// CVPopulation is the population standard deviation (divisor n) over the mean; NaN for an empty or all-zero
// vector. Jain = 1/(1+cv²).
func CVPopulation(x []float64) float64 {
	w := moments(x)
	return math.Sqrt(w.m2/float64(w.n)) / w.Mean()
}
