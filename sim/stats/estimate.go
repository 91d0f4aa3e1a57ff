package stats

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"gonum.org/v1/gonum/stat/distuv"
)

// Estimate is a number with its confidence interval. What cannot be known is NaN: the ends of the interval
// below two observations, everything when an observation itself is undefined.
type Estimate struct {
	Mean, Lo, Hi float64
	Confidence   float64  // of the interval, for example 0.95
	N            int      // observations behind it
	Kind         Kind     // what Lo and Hi are
	VRF          float64  // variance that the mean would have without control variates over the one it has: so many times as many observations would say as much; 0 = there are none
	Warnings     []string // what makes the interval doubtful
}

// Kind says what the ends of an estimate are.
type Kind uint8

// The kinds.
const (
	KindInterval Kind = iota // a confidence interval
	KindBound                // nothing, or everything, was seen: one end is the mean itself, the other a confidence limit
	KindRange                // the smallest and the largest replication: there are too few for an interval, a warning says of what
	KindNone                 // there are none: a single replication, or an undefined figure
)

var kinds = [...]string{KindInterval: "interval", KindBound: "bound", KindRange: "range", KindNone: "none"}

// String is the kind as results spell it.
func (k Kind) String() string { return kinds[k] }

// ParseKind reads what String wrote; an unknown word is KindNone.
func ParseKind(text string) Kind {
	if i := slices.Index(kinds[:], text); i >= 0 {
		return Kind(i)
	}
	return KindNone
}

// HalfWidth is half the length of the interval.
func (e Estimate) HalfWidth() float64 { return (e.Hi - e.Lo) / 2 }

// Defined reports that both the mean and its interval are known.
func (e Estimate) Defined() bool {
	return !math.IsNaN(e.Mean) && !math.IsNaN(e.Lo) && !math.IsNaN(e.Hi)
}

// QuantileT is the p-quantile of Student's t with df > 0 degrees of freedom; NaN outside 0 < p < 1.
func QuantileT(p, df float64) float64 {
	if !(p > 0 && p < 1 && df > 0) {
		return math.NaN()
	}
	if last := lastT.Load(); last != nil && last.p == p && last.df == df {
		return last.value
	}
	value := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
	lastT.Store(&quantileT{p, df, value})
	return value
}

// quantileT is a quantile of Student's t.
type quantileT struct{ p, df, value float64 }

// lastT is the one that was asked for last: nearly all estimates of a result need the same.
var lastT atomic.Pointer[quantileT]

// TInterval is the mean of independent observations, one per replication, with Student's interval
// mean ± t·s/√n (Law, Simulation Modeling and Analysis, ch. 9). It warns when fewer than 30 observations have a
// skewness beyond ±1, for which the interval covers too little.
func TInterval(values []float64, confidence float64) Estimate {
	w := moments(values)
	e := interval(w.Mean(), w.SD()/math.Sqrt(float64(w.n)), len(values), confidence)
	if undefined := countNaN(values); undefined > 0 {
		e.warn("undefined in %d of %d observations", undefined, len(values))
	} else if skew := w.Skewness(); len(values) < 30 && math.Abs(skew) > 1 {
		e.warn("skewness %.1f: use at least 30 observations, not %d", skew, len(values))
	}
	return e
}

// interval is centre ± t·se with n−1 degrees of freedom.
func interval(centre, se float64, n int, confidence float64) Estimate {
	e := Estimate{Mean: centre, Lo: math.NaN(), Hi: math.NaN(), Confidence: confidence, N: n}
	if n < 2 {
		e.Kind = KindNone
		e.warn("%d observations: an interval needs at least 2", n)
		return e
	}
	if math.IsNaN(centre) || math.IsNaN(se) {
		e.Kind = KindNone
		return e
	}
	half := QuantileT((1+confidence)/2, float64(n-1)) * se
	e.Lo, e.Hi = centre-half, centre+half
	return e
}

func (e *Estimate) warn(format string, args ...any) {
	e.Warnings = append(e.Warnings, fmt.Sprintf(format, args...))
}

func countNaN(values []float64) int {
	n := 0
	for _, v := range values {
		if math.IsNaN(v) {
			n++
		}
	}
	return n
}
