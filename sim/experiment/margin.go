package experiment

import (
	"fmt"
	"math"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// margin is what is left from a figure to its limit: positive on the good side.
type margin struct {
	point    float64
	p        float64 // two-sided p-value of its being 0; NaN where it cannot be known
	why      string  // why p is not known, or what stands against a decision; may be empty
	interval func(confidence float64) stats.Estimate
	needs    func(rate float64, most int) int // replications that would decide it; 0 or less: no number up to most
	of       int                              // replications that it rests on: those that have the figure
	never    bool                             // no further replications decide it
	exact    bool                             // the interval of the subject follows from that of the margin
	side     float64
}

// nothing is a margin of which nothing is known.
func nothing(why string) margin {
	return margin{point: math.NaN(), p: math.NaN(), why: why, interval: func(confidence float64) stats.Estimate {
		e := undefined()
		e.Confidence, e.Kind = confidence, stats.KindNone
		return e
	}}
}

// ends is the interval of the subject of which this is the margin.
func (m *margin) ends(e stats.Estimate, limit float64) (lo, hi float64, kind stats.Kind) {
	if m.side > 0 {
		return limit - e.Hi, limit - e.Lo, e.Kind
	}
	return limit + e.Lo, limit + e.Hi, e.Kind
}

// fromFigure is the margin of a jackknifed figure.
func fromFigure(j stats.Jackknife) margin {
	return margin{point: j.Point, p: j.P(), interval: j.Interval, of: len(j.Without), needs: j.Needs, never: j.Drawn}
}

// alwaysSo is the margin of what was the same in n replications: chance makes that with the p-value of the sign test, or not at
// all where nothing is left to chance.
func alwaysSo(v float64, n int, sure bool) margin {
	m := margin{point: v, p: stats.SignTest(n), interval: func(confidence float64) stats.Estimate {
		return stats.Estimate{Mean: v, Lo: v, Hi: v, Confidence: confidence, N: n, Kind: stats.KindRange}
	}, of: n, needs: func(rate float64, most int) int { return upTo(1-math.Log2(rate), most) }}
	if sure {
		m.p = 0
	}
	return m
}

// toValue is the margin of a figure to the value that a relation holds it to. same: all replications of the alternative are
// equal.
func toValue(x *column, faults chance, r Relation, limit float64, same bool) margin {
	side := r.side()
	e := x.estimate(.95, faults)
	values := x.defined()
	n := len(values)
	switch {
	case n == 0:
		return x.missing()
	case n < 2:
		return nothing(fmt.Sprintf("defined in %d replication: a verdict needs at least 2", n))
	case math.IsNaN(e.Mean):
		return nothing(text(e, "undefined"))
	}
	if point, sure := x.beyond(values, r, limit); sure {
		m := alwaysSo(side*(limit-e.Mean), n, true)
		m.point = point
		return m
	}
	mode, others := stats.Mode(values)
	switch {
	case others == 0 && same:
		return alwaysSo(side*(limit-mode), n, true)
	case others == 0 && faults.possible && faults.struck() < fewest && x.fails() && (mode == 0 || mode == 1 && x.isShare()):
		return nothing(fmt.Sprintf("%d faults struck in %d replications: what they do is hardly known", faults.struck(), n))
	case others == 0 && (e.Kind == stats.KindBound || mode == 0 && x.isCount() && x.fails()):
		return x.bounded(e.Mean, faults, side, limit)
	case others == 0:
		return alwaysSo(side*(limit-mode), n, false)
	case e.Kind == stats.KindRange && others < fewest && (mode == 0 || mode == 1 && x.isShare()) && (x.isCount() || x.isShare()):
		return x.rare(mode, values, side, limit, text(e, ""))
	case e.Kind != stats.KindInterval:
		return nothing(text(e, "there is no interval"))
	}
	j, _ := x.where(func(i int) bool { return x.values[i] == x.values[i] }).figure()
	m := fromFigure(j.Times(-side).Plus(side * limit))
	return m
}

// missing is the margin of a figure that no replication has.
func (c *column) missing() margin {
	m := nothing("the alternative has no such figure")
	if f := c.id.Of(); len(c.values) > 0 && f != nil && f.Undefined != "" {
		m.why = fmt.Sprintf("n/a in all %d replications, as it is %s", len(c.values), f.Undefined)
	}
	m.why += "; on: or policy(NAME) judges others only"
	m.never = true
	return m
}

// text is the first warning of an estimate.
func text(e stats.Estimate, otherwise string) string {
	if len(e.Warnings) > 0 {
		return e.Warnings[0]
	}
	return otherwise
}

func (c *column) isCount() bool { f := c.id.Of(); return f != nil && f.Kind == metric.Count }
func (c *column) isShare() bool { f := c.id.Of(); return f != nil && f.Kind == metric.Share }

// fails reports that the metric counts something, or a share of it, of which more or less is better.
func (c *column) fails() bool {
	f := c.id.Of()
	return f != nil && f.Better != metric.Neither && (f.Kind == metric.Count || f.Each != "" && c.num != nil)
}

// beyond decides what needs no statistics. What cannot be negative has no mean below 0, and one of 0 only where all of it is;
// the same holds of the share of things at its upper end. The point is that of a margin with the right sign.
func (c *column) beyond(values []float64, r Relation, limit float64) (point float64, sure bool) {
	f := c.id.Of()
	switch least, most := smallest(values), largest(values); {
	case limit < 0 || limit == 0 && most > 0:
		return -r.side(), true
	case limit == 0 && (r == Less || r == AtLeast):
		return 0, true
	case f.Kind != metric.Share || f.Each == "" || c.num == nil:
		return 0, false
	case limit > 1 || limit == 1 && least < 1:
		return r.side(), true
	case limit == 1 && (r == More || r == AtMost):
		return 0, true
	}
	return 0, false
}

// bounded is the margin of nothing seen, or all: the rule of three and its kin, with all of the error on one side.
func (c *column) bounded(mean float64, faults chance, side, limit float64) margin {
	n := float64(len(c.values))
	if c.drawn() {
		n = 1 // they are one sample
	}
	at := func(confidence float64) stats.Estimate {
		e := c.constant(mean, confidence, faults)
		if e.Kind != stats.KindBound {
			e.Hi, e.Kind = -math.Log(1-confidence)/n, stats.KindBound
		}
		return flipped(e, side, limit)
	}
	m := margin{point: side * (limit - mean), interval: at, exact: true, side: side}
	m.p = leastRate(at)
	m.of = len(c.values)
	m.needs = func(rate float64, most int) int {
		if c.drawn() {
			return -1
		}
		e := at(1 - rate)
		return upTo(n*(e.Hi-e.Lo)/math.Abs(m.point), most) // the bound comes nearer like 1/n
	}
	m.never = c.drawn() || limit == mean
	if limit == mean {
		m.why = fmt.Sprintf("no number of replications shows that it is exactly %s: give a limit that may be reached", formatValue(c.id.Of(), mean))
	}
	return m
}

// flipped is the margin of an estimate to a limit.
func flipped(e stats.Estimate, side, limit float64) stats.Estimate {
	if side > 0 {
		e.Mean, e.Lo, e.Hi = limit-e.Mean, limit-e.Hi, limit-e.Lo
		return e
	}
	e.Mean, e.Lo, e.Hi = e.Mean-limit, e.Lo-limit, e.Hi-limit
	return e
}

// leastRate is the least error rate at which an interval excludes 0.
func leastRate(at func(confidence float64) stats.Estimate) float64 {
	excludes := func(rate float64) bool { e := at(1 - rate); return e.Lo > 0 || e.Hi < 0 }
	const least = 1e-12
	if !excludes(1 - 1e-9) {
		return 1
	}
	lo, hi := math.Log(least), 0.0
	for range 50 {
		if mid := (lo + hi) / 2; excludes(math.Exp(mid)) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return math.Exp(hi)
}

// upTo is a number of replications; −1 beyond most.
func upTo(n float64, most int) int {
	if !(n <= float64(most)) {
		return -1
	}
	return int(math.Ceil(n))
}

// rare is the margin of a count, or a share, that is 0 (or all) but for a few replications: they are so many at most
// (Clopper and Pearson), and have so much at most in them (Student's interval over the few, and that of a Poisson number).
// Each bound has half of the error. A single one says nothing of how much others would have in them.
func (c *column) rare(mode float64, values []float64, side, limit float64, why string) margin {
	var some []float64
	for _, v := range values {
		if v != mode {
			some = append(some, math.Abs(v-mode))
		}
	}
	k, n := len(some), len(values)
	if k < 2 || c.drawn() { // of one recording, the few may all come from the same client
		return nothing(why)
	}
	j := stats.OfMean(some)
	at := func(confidence float64) stats.Estimate {
		half := (1 + confidence) / 2
		lo, hi := stats.ClopperPearson(k, n, half)
		size := j.Interval(half)
		least, most := max(size.Lo, 0), size.Hi
		if c.isCount() {
			least, most = max(least, smallest(some)/2, 1), max(most, stats.PoissonUpper(stats.Total(some), (1-half)/2)/float64(k))
		}
		if c.isShare() {
			most = min(most, 1)
		}
		e := stats.Estimate{Mean: stats.Total(some) / float64(n), Lo: lo * least, Hi: hi * most, Confidence: confidence, N: n}
		if mode == 1 {
			e.Mean, e.Lo, e.Hi = 1-e.Mean, 1-e.Hi, 1-e.Lo
		}
		return flipped(e, side, limit)
	}
	return margin{point: at(.95).Mean, p: leastRate(at), why: why, interval: at, of: n, needs: func(float64, int) int { return -1 }, exact: true, side: side}
}

// toFigure is the margin to a figure of the same replications times a factor.
func toFigure(x, y *column, side, factor float64, same bool) margin {
	both := func(i int) bool {
		return i < len(x.values) && i < len(y.values) && x.values[i] == x.values[i] && y.values[i] == y.values[i]
	}
	var d []float64
	for i := range x.values {
		if both(i) {
			d = append(d, side*(factor*y.values[i]-x.values[i]))
		}
	}
	if len(d) < 2 {
		return nothing(fmt.Sprintf("both figures are defined in %d replications: a verdict needs at least 2", len(d)))
	}
	a, few := x.where(both).figure()
	b, fewer := y.where(both).figure()
	switch {
	case few+fewer != "":
		return nothing(few + fewer)
	case len(a.Without) != len(b.Without):
		return nothing("one of the figures is undefined in some replications")
	}
	if m, settled := inKind(d, same); settled {
		return m
	}
	return fromFigure(b.Times(factor).Minus(a).Times(side))
}

// inKind is the margin of differences that are all alike, or of which too few differ from the others for an interval.
func inKind(d []float64, same bool) (m margin, settled bool) {
	mode, others := stats.Mode(d)
	if others == 0 {
		return alwaysSo(mode, len(d), same), true
	}
	apart := make([]float64, len(d))
	for i, v := range d {
		apart[i] = math.Abs(v)
	}
	larger := len(stats.Split(apart, 0))
	switch rest := min(larger, len(d)-larger); {
	case 2*others < len(d) && others < fewest:
		return nothing(fmt.Sprintf("the difference is another one in only %d of %d replications", others, len(d))), true
	case larger > 0 && rest < fewest:
		return nothing(fmt.Sprintf("the difference is of another kind in %d of %d replications", rest, len(d))), true
	}
	return margin{}, false
}

// toSaved is the margin to a figure of a saved result times a factor. With the same seed, replications of the same number
// met the same clients and are paired, as far as both have them; otherwise the results are independent.
func toSaved(x *column, saved *Metric, side, factor float64, paired bool) margin {
	if paired && len(saved.Values) > 0 {
		var d []float64
		for i := range min(len(x.values), len(saved.Values)) {
			if v := side * (factor*saved.Values[i] - x.values[i]); v == v {
				d = append(d, v)
			}
		}
		if len(d) < 2 {
			return nothing(fmt.Sprintf("%d of the replications can be paired with the baseline's: a verdict needs at least 2", len(d)))
		}
		if m, settled := inKind(d, false); settled {
			return m
		}
		j := stats.OfMean(d)
		j.Drawn = x.drawn()
		m := fromFigure(j)
		if len(saved.Values) <= len(x.values) {
			m.why = fmt.Sprintf("the baseline result has only %d replications", len(saved.Values))
		}
		return m
	}
	j, few := x.where(func(i int) bool { return x.values[i] == x.values[i] }).figure()
	if few != "" || len(x.defined()) < 2 {
		return nothing(few)
	}
	if saved.Estimate.Kind != stats.KindInterval {
		return nothing("the baseline result has no interval of it")
	}
	w := stats.Apart(j.Times(-side), saved.Estimate.Times(side*factor))
	return margin{point: w.Point, p: w.P(), interval: w.Interval, of: len(x.defined()), needs: w.Needs}
}
