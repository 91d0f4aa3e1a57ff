package experiment

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// compare pairs every variant with the baseline, replication by replication: both have seen the same clients, arrivals
// and faults, so the difference is the variant's. The metrics are those that the registry gives a place in comparisons;
// Holm's correction keeps the error rate over all of them and all variants.
func compare(s *Study, sums []*summary, confidence float64) []Comparison {
	var list []Comparison
	var p []float64
	base := sums[s.Baseline]
	for v, sum := range sums {
		if v == s.Baseline {
			continue
		}
		for _, f := range metric.Shown(func(s metric.Show) int { return s.Compare }) {
			id := f.ID()
			x, y := both(sum.values(id), base.values(id))
			c := Comparison{Variant: s.Variants[v].Name, Metric: id, Difference: stats.Paired(x, y, confidence),
				Ratio: ratio(x, y, confidence), VRF: stats.VarianceReduction(x, y)}
			if sum.has(id) {
				c.Unit = f.Unit
			}
			list = append(list, c)
			p = append(p, pValue(c.Difference))
		}
	}
	for i, rejected := range stats.Holm(p, 1-confidence) {
		list[i].Decided = rejected
	}
	return list
}

// both keeps the replications in which both values are defined.
func both(x, y []float64) (a, b []float64) {
	for i := range min(len(x), len(y)) {
		if x[i] == x[i] && y[i] == y[i] {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	return a, b
}

// ratio estimates x/y by the mean of log-ratios; undefined where a value is not positive.
func ratio(x, y []float64, confidence float64) stats.Estimate {
	logs := make([]float64, len(x))
	for i := range x {
		logs[i] = math.NaN()
		if x[i] > 0 && y[i] > 0 {
			logs[i] = math.Log(x[i] / y[i])
		}
	}
	e := stats.TInterval(logs, confidence)
	e.Mean, e.Lo, e.Hi = math.Exp(e.Mean), math.Exp(e.Lo), math.Exp(e.Hi)
	return e
}

// pValue is the two-sided p-value of a t-interval's being off zero.
func pValue(e stats.Estimate) float64 {
	if !e.Defined() {
		return 1
	}
	half := e.HalfWidth()
	if half == 0 {
		if e.Mean == 0 {
			return 1
		}
		return 0
	}
	df := float64(e.N - 1)
	t := math.Abs(e.Mean) / half * stats.QuantileT(1-(1-e.Confidence)/2, df)
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Survival(t)
}
