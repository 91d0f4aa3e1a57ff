package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Paired is the mean difference x−y of two systems that met the same replications (common random numbers), with
// Student's interval of the differences. It panics when the lengths differ.
func Paired(x, y []float64, confidence float64) Estimate {
	return TInterval(differences(x, y), confidence)
}

func differences(x, y []float64) []float64 {
	if len(x) != len(y) {
		panic("stats: paired samples differ in length")
	}
	d := make([]float64, len(x))
	for i := range x {
		d[i] = x[i] - y[i]
	}
	return d
}

// VarianceReduction is (Var x + Var y)/Var(x−y), what common random numbers gained: below 1 they did harm. It is
// +Inf when the difference never varies, NaN below two observations.
func VarianceReduction(x, y []float64) float64 {
	both := moments(x).Variance() + moments(y).Variance()
	d := moments(differences(x, y)).Variance()
	if d == 0 {
		return math.Inf(1)
	}
	return both / d
}

// RatioEstimate is sum(num)/sum(den) over replications with a jackknife interval (Miller, Biometrika 61, 1974):
// failures per request, say, where averaging the replications' own ratios would be biased. A zero denominator,
// in total or with one replication left out, makes it NaN. It panics when the lengths differ.
func RatioEstimate(num, den []float64, confidence float64) Estimate {
	if len(num) != len(den) {
		panic("stats: numerators and denominators differ in length")
	}
	top, bottom, n := Total(num), Total(den), len(num)
	w := Welford{}
	for i := range num {
		w.Add((top - num[i]) / (bottom - den[i]))
	}
	centre, se := top/bottom, math.Sqrt(w.m2*float64(n-1)/float64(n))
	if math.IsInf(centre, 0) {
		centre = math.NaN()
	}
	if math.IsInf(se, 0) {
		se = math.NaN()
	}
	e := interval(centre, se, n, confidence)
	if n >= 2 && !e.Defined() {
		e.warn("the denominator is zero or undefined")
	}
	return e
}

// Holm rejects hypotheses by Holm's step-down procedure at family-wise error rate alpha: element i of the result
// tells whether the hypothesis of p[i] is rejected. NaN is never rejected. (Scand. J. Stat. 6, 1979.)
func Holm(p []float64, alpha float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := p[order[i]], p[order[j]]
		return a < b || math.IsNaN(b) && !math.IsNaN(a)
	})
	rejected := make([]bool, len(p))
	for rank, i := range order {
		if !(p[i] <= alpha/float64(len(p)-rank)) {
			break
		}
		rejected[i] = true
	}
	return rejected
}

// ClopperPearson is the exact two-sided interval of a probability after k successes in n trials. With k = 0 the
// lower limit is 0, with k = n the upper is 1. NaN unless 0 ≤ k ≤ n and n > 0. (Biometrika 26, 1934.)
func ClopperPearson(k, n int, confidence float64) (lo, hi float64) {
	if n <= 0 || k < 0 || k > n {
		return math.NaN(), math.NaN()
	}
	tail, x, rest := (1-confidence)/2, float64(k), float64(n-k)
	lo, hi = 0, 1
	switch {
	case k == 0:
		return lo, -math.Expm1(math.Log(tail) / rest)
	case k == n:
		return math.Pow(tail, 1/x), hi
	}
	lo = distuv.Beta{Alpha: x, Beta: rest + 1}.Quantile(tail)
	hi = distuv.Beta{Alpha: x + 1, Beta: rest}.Quantile(1 - tail)
	return lo, hi
}
