package experiment

import (
	"math"
	"slices"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// MostNeeded is the largest number of replications that Comparison.Needs foretells.
const MostNeeded = 1000

// Judged are the families of the first screen, by which alternatives are judged, in its order.
func Judged() []*metric.Family { return metric.Shown(func(s metric.Show) int { return s.First }) }

// compared are the families in which alternatives are compared: those that the first screen judges by, then the others.
func compared() (families []*metric.Family, judged int) {
	families = Judged()
	judged = len(families)
	for _, f := range metric.Shown(func(s metric.Show) int { return s.Compare }) {
		if f.Show.First == 0 {
			families = append(families, f)
		}
	}
	return families, judged
}

// compare pairs every variant with the baseline, replication by replication: both have seen the same clients, arrivals
// and faults, so the difference is the variant's. Holm's correction keeps the error rate alpha over all variants and the
// figures of the first screen, and again over the other figures.
func compare(s *Study, sums []*summary, alpha float64) []Comparison {
	families, judged := compared()
	var list []Comparison
	var opposed []float64
	for _, part := range [][]*metric.Family{families[:judged], families[judged:]} {
		var contrasts []contrast
		var p []float64
		for v := range sums {
			for _, f := range part {
				if v == s.Baseline {
					continue
				}
				c := contrastOf(sums[v].of(f.ID()), sums[s.Baseline].of(f.ID()))
				c.variant = s.Variants[v].Name
				contrasts, p = append(contrasts, c), append(p, c.p())
			}
		}
		decided, rates := stats.Holm(p, alpha)
		for i := range contrasts {
			list = append(list, contrasts[i].comparison(decided[i], rates[i]))
			opposed = append(opposed, contrasts[i].opposed)
		}
	}
	widened, _ := stats.Holm(opposed, alpha)
	for i := range list {
		list[i].Widened = widened[i]
	}
	return list
}

// contrast is a metric of a variant beside that of the baseline.
type contrast struct {
	variant           string
	metric            metric.ID
	unit              string
	difference, ratio stats.Jackknife
	vrf               float64
	opposed           float64 // p-value of pairing being harmful
	equal             bool
	count             bool      // it is of what a share counts, not of the share
	ran, both         int       // replications, and those that the difference is computed from: of pooled figures, all
	defined           int       // replications in which both figures are defined
	apart             []float64 // the differences, where one side has none in every replication; nil otherwise
	some              int       // in how many of them the other side has some
}

func contrastOf(x, y *column) contrast {
	c := contrast{metric: x.id, unit: x.id.Of().Unit, equal: alike(x.values, y.values), ran: len(x.values)}
	both := func(i int) bool {
		return i < len(x.values) && i < len(y.values) && x.values[i] == x.values[i] && y.values[i] == y.values[i]
	}
	c.defined = bothDefined(x.values, y.values)
	x, y = x.where(both), y.where(both)
	a, _ := x.pooled()
	b, _ := y.pooled()
	if len(a.Without) != len(b.Without) {
		c.difference, c.ratio = stats.Jackknife{Point: math.NaN()}, stats.Jackknife{Point: math.NaN()}
		c.vrf, c.opposed = math.NaN(), math.NaN()
		return c
	}
	c.both = len(a.Without)
	c.equal = c.equal && a.Point == a.Point
	if some, ok := stats.SomeAgainstNone(x.values, y.values); ok && !x.drawn() {
		c.some, c.apart = some, make([]float64, len(x.values))
		for i := range x.values {
			c.apart[i] = x.values[i] - y.values[i]
		}
	}
	c.difference, c.ratio = a.Minus(b), a.Log().Minus(b.Log())
	c.vrf, c.opposed = stats.VarianceReduction(a.Without, b.Without), stats.Opposed(a.Without, b.Without)
	return c
}

// p is the p-value of there being no difference: where one side has none in every replication, that of the sign test if it
// says more.
func (c *contrast) p() float64 {
	p := c.difference.P()
	if c.apart != nil {
		p = min(p, stats.SignTest(c.some))
	}
	return p
}

// bothDefined is the number of replications in which two figures are defined.
func bothDefined(x, y []float64) (n int) {
	for i := range min(len(x), len(y)) {
		if x[i] == x[i] && y[i] == y[i] {
			n++
		}
	}
	return n
}

// alike reports that two columns are defined, and the same, in every replication.
func alike(x, y []float64) bool {
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return false
		}
	}
	return len(x) > 0 && len(x) == len(y)
}

// comparison tells a contrast that was tested at an error rate.
func (c *contrast) comparison(decided bool, rate float64) Comparison {
	r := Comparison{Variant: c.variant, Metric: c.metric, Unit: c.unit, VRF: c.vrf, Decided: decided, Equal: c.equal,
		Difference: c.difference.Interval(1 - rate), Ratio: c.ratio.Interval(1 - rate)}
	r.Difference.N, r.Ratio.N = c.defined, c.defined
	r.Ratio.Mean, r.Ratio.Lo, r.Ratio.Hi = math.Exp(r.Ratio.Mean), math.Exp(r.Ratio.Lo), math.Exp(r.Ratio.Hi)
	if c.metric.Of().Kind == metric.Share && !c.count {
		r.Difference.Lo, r.Difference.Hi = max(r.Difference.Lo, -1), min(r.Difference.Hi, 1)
	}
	if decided && c.apart != nil && r.Difference.Lo <= 0 && r.Difference.Hi >= 0 {
		r.Difference.Lo, r.Difference.Hi, r.Difference.Kind = slices.Min(c.apart), slices.Max(c.apart), stats.KindRange
	}
	if !c.equal && !decided {
		r.Needs = c.difference.Needs(rate, MostNeeded*c.both/max(c.ran, 1))
		if r.Needs > 0 {
			r.Needs = int(math.Ceil(float64(r.Needs) * float64(c.ran) / float64(c.both)))
		}
		if c.apart != nil {
			if n := stats.SignTestNeeds(c.some, len(c.apart), rate, MostNeeded); n > 0 && (r.Needs <= 0 || n < r.Needs) {
				r.Needs = max(n, len(c.apart)+1)
			}
		}
	}
	return r
}
