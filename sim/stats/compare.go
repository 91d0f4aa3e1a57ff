package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

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

// Opposed is the one-sided p-value of two samples of pairs being negatively correlated, for which pairing makes a
// difference less precise: Student's test of the correlation. NaN below 3 pairs, or where one sample never varies.
func Opposed(x, y []float64) float64 {
	n := len(x)
	if n < 3 {
		return math.NaN()
	}
	r := stat.Correlation(x, y, nil)
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 2)}.CDF(r * math.Sqrt(float64(n-2)/(1-r*r)))
}

// SomeAgainstNone counts the pairs in which one sample has some, where the other is 0 in every pair and neither is ever
// negative: what the sign test decides, however unevenly the some are spread. ok is false of other samples.
func SomeAgainstNone(x, y []float64) (pairs int, ok bool) {
	if len(x) != len(y) {
		panic("stats: paired samples differ in length")
	}
	if Total(x) == 0 {
		x, y = y, x
	}
	for i := range x {
		if x[i] < 0 || y[i] != 0 {
			return 0, false
		}
		if x[i] > 0 {
			pairs++
		}
	}
	return pairs, pairs > 0
}

// Holm rejects hypotheses by Holm's step-down procedure at family-wise error rate alpha: element i of the results tells
// whether the hypothesis of p[i] is rejected, and at which error rate it was tested: the interval at that rate excludes 0
// exactly where the hypothesis is rejected. NaN is never rejected, and counts as no member of the family. (Scand. J.
// Stat. 6, 1979.)
func Holm(p []float64, alpha float64) (rejected []bool, rates []float64) {
	var order []int
	for i := range p {
		if p[i] == p[i] {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return p[order[i]] < p[order[j]] })
	rejected, rates = make([]bool, len(p)), make([]float64, len(p))
	for i := range rates {
		rates[i] = alpha
	}
	stepping, left := true, len(order)
	for _, i := range order {
		rates[i] = alpha / float64(left)
		if stepping = stepping && p[i] <= rates[i]; stepping {
			rejected[i] = true
			left--
		}
	}
	return rejected, rates
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
