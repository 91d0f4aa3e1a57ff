package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Plus is the figure and a constant.
func (j Jackknife) Plus(c float64) Jackknife {
	s := j
	s.Point, s.Without = j.Point+c, make([]float64, len(j.Without))
	for i, v := range j.Without {
		s.Without[i] = v + c
	}
	return s
}

// Times is the estimate in another unit; a negative factor turns its interval round.
func (e Estimate) Times(factor float64) Estimate {
	e.Mean, e.Lo, e.Hi = e.Mean*factor, e.Lo*factor, e.Hi*factor
	if factor < 0 {
		e.Lo, e.Hi = e.Hi, e.Lo
	}
	return e
}

// PoissonUpper is the upper confidence limit of a Poisson number of which seen were counted, with so much error beyond it
// (Garwood, Biometrika 28, 1936).
func PoissonUpper(seen, tail float64) float64 {
	return distuv.Gamma{Alpha: seen + 1, Beta: 1}.Quantile(1 - tail)
}

// Welch is the sum of two independent figures, with a variance each (Welch, Biometrika 34, 1947).
type Welch struct {
	Point    float64
	variance [2]float64 // of the figures
	free     [2]float64 // degrees of freedom of these
}

// Apart is the sum of a figure and an estimate of other replications. The variance of the estimate follows from its interval.
func Apart(j Jackknife, e Estimate) Welch {
	other := float64(e.N - 1)
	se := e.HalfWidth() / QuantileT((1+e.Confidence)/2, other)
	return Welch{Point: j.Point + e.Mean, variance: [2]float64{j.SE() * j.SE(), se * se}, free: [2]float64{float64(len(j.Without) - 1 - j.fitted), other}}
}

// scaled is the sum as it would be with so many times the replications of the first figure.
func (s Welch) scaled(times float64) Welch {
	s.variance[0] /= times
	s.free[0] = (s.free[0]+1)*times - 1
	return s
}

// spread is the standard error and its degrees of freedom, by Welch and Satterthwaite.
func (s Welch) spread() (se, free float64) {
	v := s.variance[0] + s.variance[1]
	free = v * v / (s.variance[0]*s.variance[0]/s.free[0] + s.variance[1]*s.variance[1]/s.free[1])
	return math.Sqrt(v), free
}

// P is the two-sided p-value of the sum's being 0; NaN where it cannot be known.
func (s Welch) P() float64 {
	se, free := s.spread()
	if !(se > 0 && free > 0) {
		return math.NaN()
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: free}.Survival(math.Abs(s.Point)/se)
}

// Interval is the sum with its interval; it excludes 0 exactly where P is below 1−confidence.
func (s Welch) Interval(confidence float64) Estimate {
	se, free := s.spread()
	half := QuantileT((1+confidence)/2, free) * se
	e := Estimate{Mean: s.Point, Lo: s.Point - half, Hi: s.Point + half, Confidence: confidence, N: int(s.free[0]) + 1}
	if !e.Defined() {
		e.Kind = KindNone
	}
	return e
}

// Needs is how many replications of the first figure would decide at error rate alpha that the sum is not 0, if it stays
// what it is: 0 = it is decided; −1 = more than most, or it cannot be known.
func (s Welch) Needs(alpha float64, most int) int {
	n := s.free[0] + 1
	switch p := s.P(); {
	case p <= alpha:
		return 0
	case !(p < 1):
		return -1
	}
	for k := int(n) + 1; k <= most; k++ {
		if s.scaled(float64(k)/n).P() <= alpha {
			return k
		}
	}
	return -1
}
