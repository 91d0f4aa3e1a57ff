package scenarios_test

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/stats"
)

// A statistic is estimated from independent replications.
type statistic interface {
	observe(*sim.Result)
	estimate(confidence float64) stats.Estimate
}

// figure is one number of one replication.
type figure func(*sim.Result) float64

// metric is a figure by its name in results.
func metric(name string) figure {
	return func(r *sim.Result) float64 {
		for i := range r.Metrics {
			if r.Metrics[i].Name() == name {
				return r.Metrics[i].Value
			}
		}
		panic("no metric is called " + name)
	}
}

func (f figure) times(by float64) figure { return func(r *sim.Result) float64 { return by * f(r) } }

func (f figure) plus(g figure) figure { return func(r *sim.Result) float64 { return f(r) + g(r) } }

// total turns the mean of some things back into their sum; a mean over nothing adds nothing.
func total(mean, count figure) figure {
	return func(r *sim.Result) float64 {
		n := count(r)
		if n == 0 {
			return 0
		}
		return n * mean(r)
	}
}

func indicator(holds func(*sim.Result) bool) figure {
	return func(r *sim.Result) float64 {
		if holds(r) {
			return 1
		}
		return 0
	}
}

func one(*sim.Result) float64 { return 1 }

// quotient is the ratio of two expectations.
type quotient struct {
	above, below figure
	num, den     []float64
}

func (q *quotient) observe(r *sim.Result) {
	q.num, q.den = append(q.num, q.above(r)), append(q.den, q.below(r))
}

func (q *quotient) estimate(confidence float64) stats.Estimate {
	return stats.OfRatio(q.num, q.den).Interval(confidence)
}

// The constructors below make a fresh statistic for every attempt.

func ratio(above, below figure) func() statistic {
	return func() statistic { return &quotient{above: above, below: below} }
}

func mean(f figure) func() statistic { return ratio(f, one) }

// per is the mean of a metric that each replication gives as a mean over count things.
func per(name, count string) func() statistic {
	return ratio(total(metric(name), metric(count)), metric(count))
}

// spread is the variance of a figure between replications, plus a variance known within each.
type spread struct {
	at, within figure
	values     []float64
	inners     []float64
	root       bool
}

func (s *spread) observe(r *sim.Result) {
	s.values = append(s.values, s.at(r))
	v := 0.0
	if s.within != nil {
		v = s.within(r)
	}
	s.inners = append(s.inners, v)
}

// estimate averages squared deviations, which are all but independent.
func (s *spread) estimate(confidence float64) stats.Estimate {
	n := float64(len(s.values))
	centre := stats.Total(s.values) / n
	squares := make([]float64, len(s.values))
	for i, v := range s.values {
		squares[i] = (v-centre)*(v-centre)*n/(n-1) + s.inners[i]
	}
	e := stats.TInterval(squares, confidence)
	if s.root {
		e.Mean, e.Lo, e.Hi = math.Sqrt(e.Mean), math.Sqrt(max(e.Lo, 0)), math.Sqrt(e.Hi)
	}
	return e
}

func variance(f figure) func() statistic { return func() statistic { return &spread{at: f} } }

func deviation(f figure) func() statistic {
	return func() statistic { return &spread{at: f, root: true} }
}

// overall is the variance over time of what replications give as a mean and a variance over theirs.
func overall(mean, within figure) func() statistic {
	return func() statistic { return &spread{at: mean, within: within} }
}

// latencyQuantile is a quantile of the latencies of all replications together. Its interval is that of the share of
// latencies below it, turned back into latencies: neighbours in a queue are alike, replications are not.
type latencyQuantile struct {
	p    float64
	each []stats.Histogram
}

func (q *latencyQuantile) observe(r *sim.Result) { q.each = append(q.each, r.Populations[0].Latency) }

func (q *latencyQuantile) estimate(confidence float64) stats.Estimate {
	var all stats.Histogram
	for i := range q.each {
		all.Merge(&q.each[i])
	}
	at := all.Quantile(q.p)
	above, count := make([]float64, len(q.each)), make([]float64, len(q.each))
	for i := range q.each {
		above[i], count[i] = q.each[i].CountAbove(int64(at)), float64(q.each[i].Count())
	}
	h := stats.OfRatio(above, count).Interval(confidence).HalfWidth()
	second := float64(sim.Second)
	return stats.Estimate{Mean: at / second, Lo: all.Quantile(max(q.p-h, 0)) / second, Hi: all.Quantile(min(q.p+h, 1)) / second,
		Confidence: confidence, N: len(q.each)}
}

func quantile(p float64) func() statistic { return func() statistic { return &latencyQuantile{p: p} } }

// crossing is when the mean over replications of a curve reaches a level: its interval is that of the curve there,
// divided by the slope.
type crossing struct {
	level float64
	curve func(*sim.Result) (num, den []float64)
	step  float64
	num   [][]float64
	den   [][]float64
}

func (c *crossing) observe(r *sim.Result) {
	num, den := c.curve(r)
	c.num, c.den, c.step = append(c.num, num), append(c.den, den), r.Series.Step.Seconds()
}

func (c *crossing) at(i int, confidence float64) stats.Estimate {
	num, den := make([]float64, len(c.num)), make([]float64, len(c.num))
	for r := range c.num {
		num[r], den[r] = c.num[r][i], c.den[r][i]
	}
	return stats.OfRatio(num, den).Interval(confidence)
}

func (c *crossing) estimate(confidence float64) stats.Estimate {
	for i := 1; i < len(c.num[0]); i++ {
		e := c.at(i, confidence)
		if e.Mean < c.level {
			continue
		}
		// The slope is that of a stretch of the curve: neighbouring samples differ by chance as much as by time.
		from, to := max(i-len(c.num[0])/20, 0), min(i+len(c.num[0])/20, len(c.num[0])-1)
		slope := (c.at(to, confidence).Mean - c.at(from, confidence).Mean) / (float64(to-from) * c.step)
		when := float64(i+1)*c.step - (e.Mean-c.level)/slope // the first sample lies one step after the beginning
		half := e.HalfWidth() / slope
		return stats.Estimate{Mean: when, Lo: when - half, Hi: when + half, Confidence: confidence, N: len(c.num)}
	}
	nan := math.NaN()
	return stats.Estimate{Mean: nan, Lo: nan, Hi: nan}
}

// always is the value of a figure that must be the same in every replication: of all, the farthest from the first.
type always struct {
	f      figure
	values []float64
}

func (a *always) observe(r *sim.Result) { a.values = append(a.values, a.f(r)) }

func (a *always) estimate(float64) stats.Estimate {
	worst := a.values[0]
	for _, v := range a.values {
		if math.Abs(v-a.values[0]) > math.Abs(worst-a.values[0]) || v != v {
			worst = v
		}
	}
	return stats.Estimate{Mean: worst, Lo: worst, Hi: worst, N: len(a.values)}
}

func everywhere(f figure) func() statistic { return func() statistic { return &always{f: f} } }

// coverage is how often a 95 % interval over groups of replications holds the true mean.
type coverage struct {
	f      figure
	truth  float64
	group  int
	values []float64
}

func (c *coverage) observe(r *sim.Result) { c.values = append(c.values, c.f(r)) }

func (c *coverage) estimate(confidence float64) stats.Estimate {
	var hits []float64
	for i := 0; i+c.group <= len(c.values); i += c.group {
		e := stats.TInterval(c.values[i:i+c.group], 0.95)
		hit := 0.0
		if e.Lo <= c.truth && c.truth <= e.Hi {
			hit = 1
		}
		hits = append(hits, hit)
	}
	return stats.TInterval(hits, confidence)
}

// scaled is a variance times a constant.
type scaled struct {
	spread
	by float64
}

func (s *scaled) estimate(confidence float64) stats.Estimate {
	e := s.spread.estimate(confidence)
	e.Mean, e.Lo, e.Hi = s.by*e.Mean, s.by*e.Lo, s.by*e.Hi
	return e
}
