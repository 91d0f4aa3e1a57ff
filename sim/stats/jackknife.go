package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Jackknife is a figure of all replications together, with what it would be without each of them: what an interval needs
// of ratios and quantiles of pooled observations, and of differences of such (Miller, Biometrika 61, 1974). Of a plain
// mean it gives Student's interval.
type Jackknife struct {
	Point   float64
	Without []float64 // one per replication
	Floor   float64   // the least standard error that such a figure can have, for replications that are all alike; 0 = unknown
	VRF     float64   // variance that it would have without Controls over the one it has; 0 = there are none
	fitted  int       // coefficients of Controls: each takes a degree of freedom
	Drawn   bool      // the replications are drawn from one sample (a bootstrap): they vary as the figure does, however many they are
}

// OfMean is the jackknife of a plain mean.
func OfMean(values []float64) Jackknife {
	n := float64(len(values))
	total := Total(values)
	j := Jackknife{Point: total / n, Without: make([]float64, len(values))}
	for i, v := range values {
		j.Without[i] = (total - v) / (n - 1)
	}
	return j
}

// OfRatio is the jackknife of sum(num)/sum(den), such as failures per request: replications weigh as much as they count.
// Averages of the replications' own ratios would be biased. NaN where the denominators add up to 0. It panics when the
// lengths differ.
func OfRatio(num, den []float64) Jackknife {
	if len(num) != len(den) {
		panic("stats: numerators and denominators differ in length")
	}
	over := func(num, den float64) float64 {
		if den == 0 {
			return math.NaN()
		}
		return num / den
	}
	top, bottom := Total(num), Total(den)
	j := Jackknife{Point: over(top, bottom), Without: make([]float64, len(num))}
	for i := range num {
		j.Without[i] = over(top-num[i], bottom-den[i])
	}
	return j
}

// Minus is the figure less another one that met the same replications. It panics when the lengths differ.
func (j Jackknife) Minus(o Jackknife) Jackknife {
	return Jackknife{Point: j.Point - o.Point, Without: differences(j.Without, o.Without), Floor: math.Hypot(j.Floor, o.Floor), fitted: max(j.fitted, o.fitted), Drawn: j.Drawn || o.Drawn}
}

// Log is the logarithm of the figure; NaN where it is not positive.
func (j Jackknife) Log() Jackknife {
	log := func(v float64) float64 {
		if v > 0 {
			return math.Log(v)
		}
		return math.NaN()
	}
	l := Jackknife{Point: log(j.Point), Without: make([]float64, len(j.Without)), fitted: j.fitted, Drawn: j.Drawn}
	for i, v := range j.Without {
		l.Without[i] = log(v)
	}
	return l
}

// SE is the standard error of the figure; NaN below two replications, or where one of them alone defines it.
func (j Jackknife) SE() float64 {
	n := float64(len(j.Without))
	w := moments(j.Without)
	if w.m2 != w.m2 || len(j.Without) < 2 {
		return math.NaN()
	}
	return math.Sqrt(w.m2*(n-1)/n) * j.single()
}

// single is what the standard error of the mean of all replications is multiplied by: by √n, where they are one sample.
func (j Jackknife) single() float64 {
	if j.Drawn {
		return math.Sqrt(float64(len(j.Without)))
	}
	return 1
}

// constant reports that the replications differ by no more than rounding.
func (j Jackknife) constant() bool { return j.SE() <= 1e-10*math.Abs(j.Point) }

// skewed is Hall's transformation of a studentized figure, which takes the skewness of its replications out: what is left
// is Student's t (Hall, J. R. Stat. Soc. B 54, 1992). a is the skewness over √n.
func skewed(t, a float64) float64 { return t + a*t*t/3 + a*a*t*t*t/27 + a/6 }

// unskewed is the inverse of skewed.
func unskewed(t, a float64) float64 {
	if math.Abs(a) < 1e-9 {
		return t
	}
	return 3 / a * (math.Cbrt(1+a*(t-a/6)) - 1)
}

// Skewness is that of the replications' contributions to the figure, corrected for their number (Joanes & Gill, The
// Statistician 47, 1998); 0 below 3 replications.
func (j Jackknife) Skewness() float64 {
	n := float64(len(j.Without))
	if n < 3 {
		return 0
	}
	return -moments(j.Without).Skewness() * math.Sqrt(n*(n-1)) / (n - 2) // a replication with much in it leaves little
}

// asymmetry is the skewness over √n for n replications like these. It is bounded, and less is believed of it below 8
// replications: the skewness of a few is mostly chance, and would widen intervals out of measure.
func (j Jackknife) asymmetry(n int) float64 {
	const bound = 0.35
	belief := min(1, float64(len(j.Without)-2)/6)
	return max(-bound, min(bound, belief*j.Skewness()/math.Sqrt(float64(n))))
}

// P is the two-sided p-value of the figure's being 0: Student's after Hall's transformation, or, where replications do
// not vary at all, that of the sign test, or Student's with the floor where that says more. NaN where it cannot be known.
func (j Jackknife) P() float64 {
	p, _ := j.test(len(j.Without))
	return p
}

// test is the p-value that n replications like these would have, and whether it is that of the sign test.
func (j Jackknife) test(n int) (p float64, sign bool) {
	if n < 2 || len(j.Without) < 2 || math.IsNaN(j.Point) || math.IsNaN(j.SE()) {
		return math.NaN(), false
	}
	switch {
	case !j.constant():
		return student(j.studentized(n), n-j.fitted), false
	case j.Point == 0:
		return 1, true
	}
	p, sign = SignTest(n), true
	if j.Floor > 0 {
		if q := student(j.Point/(j.Floor*j.single())*j.more(n), n); q < p {
			p, sign = q, false
		}
	}
	return p, sign
}

// studentized is the figure over its standard error, without its skewness, as n replications like these would have it.
func (j Jackknife) studentized(n int) float64 {
	return skewed(j.Point/j.SE()*j.more(n), j.asymmetry(n))
}

// more is by how much n replications like these would make the figure larger in standard errors.
func (j Jackknife) more(n int) float64 {
	if j.Drawn {
		return 1
	}
	return math.Sqrt(float64(n) / float64(len(j.Without)))
}

// student is the two-sided p-value of a t with n−1 degrees of freedom.
func student(t float64, n int) float64 {
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Survival(math.Abs(t))
}

// SignTest is the two-sided p-value of n differences that all have the same sign.
func SignTest(n int) float64 { return math.Exp2(float64(1 - n)) }

// SignTestNeeds is how many replications the sign test needs at error rate alpha, where some of them differ, and all in one
// way: −1 = more than most.
func SignTestNeeds(some, of int, alpha float64, most int) int {
	n := math.Ceil((1 - math.Log2(alpha)) * float64(of) / float64(some))
	if !(n <= float64(most)) {
		return -1
	}
	return int(n)
}

// Interval is the figure with its interval; it excludes 0 exactly where P is below 1−confidence. Replications that are
// all alike have none, but for the floor.
func (j Jackknife) Interval(confidence float64) Estimate {
	n := len(j.Without)
	e := Estimate{Mean: j.Point, Lo: math.NaN(), Hi: math.NaN(), Confidence: confidence, N: n, VRF: j.VRF}
	if n >= 2 && j.constant() {
		if _, sign := j.test(n); sign {
			e.Lo, e.Hi, e.Kind = j.Point, j.Point, KindRange
			return e
		}
		return interval(j.Point, j.Floor*j.single(), n, confidence)
	}
	se := j.SE()
	switch {
	case n == 0:
		e.Kind = KindNone
	case n == 1:
		e.Kind = KindNone
		e.Warnings = alone
	case math.IsNaN(j.Point):
		e.Kind = KindNone
		e.warn("undefined in all %d replications", n)
	case math.IsNaN(se):
		e.Kind = KindNone
		e.warn("too few of %d replications define it", n)
	default:
		t, a := QuantileT((1+confidence)/2, float64(n-1-j.fitted)), j.asymmetry(n)
		e.Lo, e.Hi = j.Point-unskewed(t, a)*se, j.Point-unskewed(-t, a)*se
		if math.Abs(j.Skewness()) > tooSkewed(float64(n)) {
			e.warn("skewness %.1f in %d replications: the interval may cover less than it says", j.Skewness(), n)
		}
	}
	return e
}

// alone is the warning of every figure of a study with one replication. It must not be changed.
var alone = []string{"an interval needs at least 2 replications, not 1"}

// tooSkewed is the skewness of n replications beyond which Hall's transformation is not trusted, and chance is not likely
// to be the reason.
func tooSkewed(n float64) float64 { return math.Sqrt(n)/2 + 8/n }

// Needs is how many replications would decide at error rate alpha that the figure is not 0, if it stays what it is and
// varies as it does: 0 = it is decided; −1 = more than most, or it cannot be known.
func (j Jackknife) Needs(alpha float64, most int) int {
	n := len(j.Without)
	p, _ := j.test(n)
	switch {
	case p <= alpha:
		return 0
	case !(p < 1) || j.Drawn:
		return -1
	}
	constant, z := j.constant(), -distuv.UnitNormal.Quantile(alpha/2)*(1-1e-9)
	for k := n + 1; k <= most; k++ {
		if !constant && math.Abs(j.studentized(k)) < z { // spares working out Student's p-value, which is greater than the normal one
			continue
		}
		if p, _ := j.test(k); p <= alpha {
			return k
		}
	}
	return -1
}

// Times is the figure in another unit.
func (j Jackknife) Times(factor float64) Jackknife {
	s := j
	s.Point, s.Without, s.Floor = j.Point*factor, make([]float64, len(j.Without)), j.Floor*factor
	for i, v := range j.Without {
		s.Without[i] = v * factor
	}
	return s
}
