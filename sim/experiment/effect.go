package experiment

import (
	"math"
	"slices"

	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Figure is what an effect is an effect on.
type Figure struct {
	ID    metric.ID
	Count bool // of a share: how many it counts in a replication, such as the people of users.affected
}

// Weighted is a cell whose figure counts so many times.
type Weighted struct {
	Cell   *Cell
	Weight float64
}

// Effect is a weighted sum of a figure over cells that met the same replications, such as an entry's: with it less without.
type Effect struct {
	Figure   Figure
	Estimate stats.Estimate // of a figure that is the same in every replication a bound, where there is one
	Decided  bool           // it is not 0, beyond chance over all effects that were looked at together
	Equal    bool           // it is 0 in every replication
	Needs    int            // replications that would decide it, as of Comparison
	Values   []float64      // by replication; of a mean or quantile of times those of the replications, not of all together
	last     float64        // the figure of the last term's cell
}

// None reports that there is no effect: it is 0 in every replication.
func (e *Effect) None() bool { return e.Equal }

// Negligible reports that the effect is shown to be too small to matter: its interval is within 2 % of the figure of the
// last term's cell, or within half a point of a share.
func (e *Effect) Negligible() bool {
	d := e.Estimate
	if d.Kind != stats.KindInterval {
		return false
	}
	most := max(-d.Lo, d.Hi)
	return e.Figure.ID.Of().Kind == metric.Share && !e.Figure.Count && most <= negligiblePoints || most <= negligiblePart*math.Abs(e.last)
}

// Contrast is an effect to be found.
type Contrast struct {
	Figure Figure
	Terms  []Weighted
}

// Effects finds effects. Holm's correction keeps the error rate alpha over those of one figure; one that is 0 in every
// replication is no test.
func Effects(list []Contrast, alpha float64) []Effect {
	made := make([]contrast, len(list))
	p := map[Figure][]float64{}
	for i := range list {
		made[i] = list[i].contrast()
		one := made[i].p()
		if made[i].equal {
			one = math.NaN()
		}
		p[list[i].Figure] = append(p[list[i].Figure], one)
	}
	effects := make([]Effect, len(list))
	turn := map[Figure]int{}
	for i := range list {
		f := list[i].Figure
		decided, rates := stats.Holm(p[f], alpha)
		c := made[i].comparison(decided[turn[f]], rates[turn[f]])
		turn[f]++
		e := Effect{Figure: list[i].Figure, Estimate: c.Difference, Decided: c.Decided && !c.Equal, Equal: c.Equal, Needs: c.Needs, Values: list[i].values(), last: list[i].last()}
		if e.Equal {
			e.Estimate = list[i].nothing(1 - alpha)
		}
		effects[i] = e
	}
	return effects
}

// column is the figure of a cell.
func (c *Cell) column(f Figure) *column {
	of := c.seen.of(f.ID)
	if f.Count && of.num != nil {
		return &column{id: of.id, values: of.num, of: of.of}
	}
	return of
}

// last is the figure of the last term's cell.
func (k *Contrast) last() float64 {
	j, _ := k.Terms[len(k.Terms)-1].Cell.column(k.Figure).figure()
	return j.Point
}

// values are the contrast's replications.
func (k *Contrast) values() []float64 {
	var sum []float64
	for _, t := range k.Terms {
		for i, v := range t.Cell.column(k.Figure).values {
			if i >= len(sum) {
				sum = append(sum, 0)
			}
			sum[i] += t.Weight * v
		}
	}
	return sum
}

// contrast is the weighted sum; of two figures less each other, with what is known where one is none.
func (k *Contrast) contrast() contrast {
	defined := func(i int) bool {
		return !slices.ContainsFunc(k.Terms, func(t Weighted) bool {
			v := t.Cell.column(k.Figure).values
			return i >= len(v) || v[i] != v[i]
		})
	}
	c := contrast{metric: k.Figure.ID, count: k.Figure.Count, ratio: stats.Jackknife{Point: math.NaN()}, vrf: math.NaN(), opposed: math.NaN(), equal: k.equal()}
	for i, t := range k.Terms {
		j, _ := t.Cell.column(k.Figure).where(defined).pooled()
		j = j.Times(t.Weight)
		j.Floor = math.Abs(j.Floor)
		switch {
		case i == 0:
			c.difference = j
		case len(j.Without) != len(c.difference.Without):
			c.difference = stats.Jackknife{Point: math.NaN()}
			return c
		default:
			c.difference = c.difference.Minus(j.Times(-1))
		}
	}
	if t := k.Terms; len(t) == 2 && t[0].Weight == -t[1].Weight {
		x, y := t[0].Cell.column(k.Figure), t[1].Cell.column(k.Figure)
		if some, ok := stats.SomeAgainstNone(x.values, y.values); ok {
			c.some, c.apart = some, k.values()
		}
	}
	return c
}

// equal reports that the sum is 0 in every replication, but for rounding.
func (k *Contrast) equal() bool {
	sum := k.values()
	for i, v := range sum {
		size := 0.0
		for _, t := range k.Terms {
			size += math.Abs(t.Weight * t.Cell.column(k.Figure).values[min(i, len(t.Cell.column(k.Figure).values)-1)])
		}
		if !(math.Abs(v) <= 1e-12*size) {
			return false
		}
	}
	return len(sum) > 0
}

// nothing is an effect that is 0 in every replication: of what is counted one by one bounded as a figure that is 0 is,
// unless the cells did the same event by event, without faults that strike at random. Of more than two cells there is no
// bound.
func (k *Contrast) nothing(confidence float64) stats.Estimate {
	first := k.Terms[0].Cell
	of := first.seen.of(k.Figure.ID)
	zero := column{id: of.id, values: make([]float64, len(of.values)), den: of.den}
	if of.num != nil {
		zero.num = make([]float64, len(of.num))
	}
	e := zero.constant(0, confidence, first.seen.faults)
	e.N = len(of.values)
	if k.Figure.Count && e.N > 0 {
		e.Hi *= stats.Total(of.den) / float64(e.N)
	}
	same := !first.seen.faults.possible
	for _, t := range k.Terms[1:] {
		same = same && t.Cell.SameAs(first)
	}
	if same || of.times != nil || len(k.Terms) > 2 {
		e.Lo, e.Hi, e.Kind = 0, 0, stats.KindRange
	}
	return e
}
