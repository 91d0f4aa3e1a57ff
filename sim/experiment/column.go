package experiment

import (
	"fmt"
	"math"

	"stickysim/sim"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// column is one metric of an alternative in all replications.
type column struct {
	id       metric.ID
	values   []float64
	num, den []float64   // of a ratio, else nil
	times    *stats.Pool // of a mean or quantile of times, one for all figures of a distribution; else nil
	first    bool        // of these figures: it adds to the pool
	of       *columns    // whose it is; nil = no alternative's
}

// columns are the metrics of an alternative.
type columns struct {
	list  []*column // in the order of results
	index map[metric.ID]*column
	n     int  // replications
	drawn bool // the replications are drawn from one recording

	controls   *stats.Controls // of the first controlled replications; nil = there are none
	controlled int
}

// add appends the next replication. A metric that it does not have, such as that of a server it never had, is undefined
// in it.
func (cs *columns) add(list []sim.Metric) {
	if cs.index == nil {
		cs.index, cs.list = make(map[metric.ID]*column, len(list)), make([]*column, 0, len(list))
	}
	var before *sim.Metric
	for i := range list {
		m := &list[i]
		c := cs.likely(i, m.ID)
		if c == nil {
			c = &column{id: m.ID, first: m.Times != nil, of: cs}
			if c.first && before != nil && before.Times == m.Times {
				c.times, c.first = cs.index[before.ID].times, false
			} else if c.first {
				c.times = &stats.Pool{}
			}
			cs.index[m.ID] = c
			cs.list = append(cs.list, c)
		}
		c.pad(cs.n)
		c.add(m)
		before = m
	}
	cs.n++
	for _, c := range cs.list {
		c.pad(cs.n)
	}
}

// likely is the column of a metric, or nil; most replications have the same metrics in the same order.
func (cs *columns) likely(place int, id metric.ID) *column {
	if place < len(cs.list) && cs.list[place].id == id {
		return cs.list[place]
	}
	return cs.index[id]
}

func (c *column) add(m *sim.Metric) {
	c.values = append(c.values, m.Value)
	if m.Ratio {
		c.num, c.den = append(c.num, m.Num), append(c.den, m.Den)
	}
	if c.first {
		c.times.Add(m.Times)
	}
}

// pad fills the column up to n replications in which the metric is undefined.
func (c *column) pad(n int) {
	for c.num != nil && len(c.num) < n {
		c.num, c.den = append(c.num, 0), append(c.den, 0)
	}
	for c.first && c.times.Len() < n {
		c.times.Add(nil)
	}
	c.values = pad(c.values, n)
}

// truncate drops the replications n and later.
func (cs *columns) truncate(n int) {
	cs.n = min(cs.n, n)
	for _, c := range cs.list {
		c.values = c.values[:cs.n]
		if c.num != nil {
			c.num, c.den = c.num[:cs.n], c.den[:cs.n]
		}
		if c.first {
			c.times.Truncate(cs.n)
		}
	}
}

// of is a metric's column; an empty one where no replication has it.
func (cs *columns) of(id metric.ID) *column {
	if c := cs.index[id]; c != nil {
		return c
	}
	return &column{id: id, of: cs}
}

// figure is the metric of the replications together: quantiles and means of times of all of them, ratios of the sums,
// and otherwise the mean of the values. A quantile that too few observations stand behind is undefined, and the text says
// so.
func (c *column) figure() (j stats.Jackknife, few string) {
	if j, few = c.pooled(); few == "" {
		j = c.control(j)
	}
	return j, few
}

// drawn reports that the replications are drawn from one recording.
func (c *column) drawn() bool { return c.of != nil && c.of.drawn }

// pooled is the figure without control variates: as it is paired with that of another alternative, which met the same chance.
// To take it out of both would only add the error of the coefficients.
func (c *column) pooled() (j stats.Jackknife, few string) {
	defer func() { j.Drawn = c.drawn() }()
	q := c.quantile()
	switch {
	case c.times != nil && q > 0:
		if few = c.few(q); few != "" {
			return stats.Jackknife{Point: math.NaN()}, few
		}
		return c.times.Quantile(q).Times(1 / float64(sim.Second)), ""
	case c.times != nil:
		sum, count := c.times.Sums()
		return stats.OfRatio(sum, count).Times(1 / float64(sim.Second)), ""
	case c.num != nil:
		j = stats.OfRatio(c.num, c.den)
	default:
		j = stats.OfMean(c.values)
	}
	j.Floor = c.floor()
	return j, ""
}

// floor is the least standard error that a figure can have which counts one by one: that of a Poisson number, or of a share
// (Agresti & Coull, Am. Stat. 52, 1998). 0 of other figures.
func (c *column) floor() float64 {
	switch f := c.id.Of(); {
	case f == nil:
	case f.Kind == metric.Count:
		return math.Sqrt(stats.Total(c.values)) / float64(len(c.values))
	case f.Each != "" && c.num != nil:
		n := stats.Total(c.den) + 4
		p := (stats.Total(c.num) + 2) / n
		return math.Sqrt(p * (1 - p) / n)
	}
	return 0
}

// quantile is which quantile of times the metric is; 0 = none.
func (c *column) quantile() float64 {
	if f := c.id.Of(); f != nil {
		return f.Quantile
	}
	return 0
}

// few says that fewer observations than 100/(1−q) stand behind a quantile; empty: enough do.
func (c *column) few(q float64) string {
	n, need := c.times.Count(), math.Ceil(100/(1-q)-1e-6)
	if n == 0 || float64(n) >= need {
		return ""
	}
	return fmt.Sprintf("%d observations in all: this quantile needs %.0f", n, need)
}

// defined are the values of the replications in which the metric is defined.
func (c *column) defined() []float64 {
	list := make([]float64, 0, len(c.values))
	for _, v := range c.values {
		if v == v {
			list = append(list, v)
		}
	}
	return list
}

// where keeps the replications in which plain values are defined; pools and ratios count nothing where they are not.
func (c *column) where(keep func(i int) bool) *column {
	if c.times != nil || c.num != nil {
		return c
	}
	k := &column{id: c.id, of: c.of}
	for i, v := range c.values {
		if keep(i) {
			k.values = append(k.values, v)
		}
	}
	return k
}
