package experiment

import (
	"fmt"
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// fewest is how many replications must differ from the others for an interval: with fewer, it would be made of chance.
const fewest = 5

// chance says what is known of the faults that strike at random times.
type chance struct {
	possible bool  // the model has some
	seen     []int // occurrences, by replication
}

// none reports that faults may strike, and that none has.
func (f chance) none() bool { return f.possible && f.struck() == 0 }

// struck is the number of occurrences.
func (f chance) struck() int {
	n := 0
	for _, k := range f.seen {
		n += k
	}
	return n
}

// random reports whether a model has faults that strike at random times.
func random(m *sim.Model) bool {
	for i := range m.Timeline {
		if a := &m.Timeline[i]; !a.Off && a.Every != nil && a.Every.SCV() > 0 {
			return true
		}
	}
	return false
}

// estimate is the metric over the replications, with what is honest: an interval, a bound where nothing was seen, or the
// range of the replications where too few of them differ from the rest.
func (c *column) estimate(confidence float64, faults chance) stats.Estimate {
	values := c.defined()
	j, few := c.where(func(i int) bool { return c.values[i] == c.values[i] }).figure()
	if few != "" {
		return stats.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Confidence: confidence, N: len(values), Kind: stats.KindNone, Warnings: []string{few}}
	}
	var e stats.Estimate
	if mode, others := stats.Mode(values); others == 0 && len(values) > 1 {
		e = c.constant(mode, confidence, faults)
	} else {
		e = c.varying(j, values, confidence)
	}
	e.N = len(values)
	if f := c.id.Of(); f != nil && f.Kind == metric.Share && largest(values) <= 1 {
		e.Hi = min(e.Hi, 1)
	}
	if n := len(c.values) - len(values); n > 0 && len(values) > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("undefined in %d of %d replications, which are left out", n, len(c.values)))
	}
	return e
}

// resampled reports whether replications draw the clients or hours of a recording anew.
func resampled(m *sim.Model) bool {
	return slices.ContainsFunc(m.Populations, func(p sim.Population) bool { return p.Resample != sim.AsRecorded })
}

// plain is the mean of values of the replications, of which some may be undefined.
func (cs *columns) plain(values []float64, confidence float64) stats.Estimate {
	c := column{values: values, of: cs}
	return c.estimate(confidence, chance{})
}

// varying is a figure of replications that are not all alike. Nothing that is measured is negative.
func (c *column) varying(j stats.Jackknife, values []float64, confidence float64) stats.Estimate {
	e := j.Interval(confidence)
	if len(values) < 2 || !e.Defined() {
		return e
	}
	if why := c.oddOnes(); why != "" {
		e = ranged(e, values, why)
	}
	e.Lo = max(e.Lo, min(0, smallest(values)))
	return e
}

// oddOnes says that too few replications differ from the others for an interval; "" where there are enough.
func (c *column) oddOnes() string {
	values := c.defined()
	mode, others := stats.Mode(values)
	larger := len(c.split())
	switch rest := min(larger, len(values)-larger); {
	case 2*others < len(values) && others < fewest:
		return fmt.Sprintf("only %d of %d replications differ from %g", others, len(values), mode)
	case larger > 0 && rest < fewest:
		return fmt.Sprintf("%d of %d replications differ from the others in kind", rest, len(values))
	}
	return ""
}

// ranged gives the range of the replications in place of an interval, and says why.
func ranged(e stats.Estimate, values []float64, why string) stats.Estimate {
	e.Kind, e.Lo, e.Hi = stats.KindRange, smallest(values), largest(values)
	e.Warnings = []string{why + ": the smallest and the largest, no interval"}
	return e
}

// constant is a figure that is the same in all replications. Where that is none of what it counts, or all, it is bounded
// by the rule of three and its kin: what is counted fails one by one, or, with faults at random times, in all that a fault
// hits; then replications are counted.
func (c *column) constant(v, confidence float64, faults chance) stats.Estimate {
	n := float64(len(c.values))
	samples := n
	if c.drawn() {
		samples = 1
	}
	e := stats.Estimate{Mean: v, Lo: v, Hi: v, Confidence: confidence, Kind: stats.KindRange}
	f := c.id.Of()
	switch {
	case f == nil:
	case c.num != nil && f.Each != "" && (v == 0 || v == 1) && !faults.none():
		trials := samples
		if !faults.possible {
			trials *= stats.Total(c.den) / n
		}
		e.Lo, e.Hi = stats.ClopperPearson(int(v*trials+.5), int(trials+.5), 2*confidence-1) // one of its ends is v: the other has all of the error
		e.Kind = stats.KindBound
	case v == 0 && f.Kind == metric.Count && f.Better == metric.Less && !faults.possible:
		e.Hi, e.Kind = -math.Log(1-confidence)/samples, stats.KindBound
	}
	if v == 0 && faults.none() && f != nil && f.Better != metric.Neither {
		e.Warnings = []string{fmt.Sprintf("no fault struck in %d replications: nothing is known of what one does", len(c.values))}
	}
	return e
}

func smallest(values []float64) float64 {
	least := math.Inf(1)
	for _, v := range values {
		least = min(least, v)
	}
	return least
}

func largest(values []float64) float64 {
	most := math.Inf(-1)
	for _, v := range values {
		most = max(most, v)
	}
	return most
}
