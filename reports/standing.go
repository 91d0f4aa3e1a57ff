package reports

import (
	"cmp"
	"math"
	"slices"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// order is the order of the first screen, best first. Two alternatives are compared by failed requests, then by lost visits,
// then by p95, and the first of these in which they differ beyond chance, and enough to matter, decides. The best is the one
// that wins the most of these comparisons; of equals the one that loses less, to half a percent, or has the lower p95.
func (x *index) order() []int {
	if x.ranked != nil {
		return slices.Clone(x.ranked)
	}
	wins := make([]int, len(x.res.Variants))
	for a := range wins {
		for b := range a {
			d := x.duel(a, b)
			wins[a], wins[b] = wins[a]-d, wins[b]+d
		}
	}
	x.ranked = x.all()
	slices.SortStableFunc(x.ranked, func(a, b int) int {
		return cmp.Or(cmp.Compare(wins[b], wins[a]), cmp.Compare(math.Floor(x.losing(a)/.005), math.Floor(x.losing(b)/.005)), orderUndefinedLast(x.of(a, x.latencyID()), x.of(b, x.latencyID())))
	})
	return slices.Clone(x.ranked)
}

// duel is -1 if the first alternative is better than the second, 1 if it is worse, and 0 if nothing tells them apart.
func (x *index) duel(a, b int) int {
	single := x.replications() == "1 replication"
	for _, c := range []struct {
		id  metric.ID
		of  func(variant int) float64 // less is better
		gap func(low float64) float64 // the least difference that matters
	}{
		{available.ID(), x.failing, func(float64) float64 { return tolerable }},
		{x.lossID(), x.losing, func(float64) float64 { return .005 }},
		{x.latencyID(), func(v int) float64 { return x.of(v, x.latencyID()) }, func(low float64) float64 { return .02 * low }},
	} {
		u, v := c.of(a), c.of(b)
		if r := x.relate(a, b, c.id); !(math.Abs(u-v) >= c.gap(math.Min(u, v))) || u == v || (r == undecided || r == equal) && !single {
			continue
		}
		return cmp.Compare(u, v)
	}
	return 0
}

// failing is the share of an alternative's requests that failed.
func (x *index) failing(variant int) float64 { return 1 - x.estimate(variant, available.ID()).Mean }

// losing is the share of an alternative's visits that met a loss, or of its sessions where the result has no visits.
func (x *index) losing(variant int) float64 { return x.estimate(variant, x.lossID()).Mean }

// lossID is the figure that losses are judged by.
func (x *index) lossID() metric.ID {
	for _, f := range losses {
		if x.known(f.ID()) {
			return f.ID()
		}
	}
	return lost.ID()
}

// latencyID is the figure that latency is judged by: p95, or the mean where there are too few requests for that.
func (x *index) latencyID() metric.ID {
	if x.known(latencyP95.ID()) {
		return latencyP95.ID()
	}
	return latencyMean.ID()
}

// latencyName is that figure in a sentence.
func (x *index) latencyName() string {
	if x.latencyID() == latencyP95.ID() {
		return "p95"
	}
	return "mean latency"
}

func orderUndefinedLast(a, b float64) int {
	if math.IsNaN(a) || math.IsNaN(b) {
		return cmp.Compare(btoi(math.IsNaN(a)), btoi(math.IsNaN(b)))
	}
	return cmp.Compare(a, b)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// relation is how a figure of one alternative compares with that of another.
type relation uint8

const (
	undecided relation = iota
	equal              // the same in every replication, or undefined in both
	less
	more
)

// relate compares two alternatives, replication by replication. The comparison with the baseline is the result's own, made
// at one error rate for all; between two others the error rate is divided by the number of alternatives. A figure that one of
// them has and the other has not is no comparison.
func (x *index) relate(a, b int, id metric.ID) relation {
	u, v := x.both(a, b, id)
	if len(u) == 0 {
		return undecided
	}
	d := x.apart(u, v)
	same, apart := true, true
	for i := range u {
		same = same && u[i] == v[i]
		apart = apart && (u[i]-v[i])*d.Point > 0
	}
	alpha := (1 - x.res.Confidence) / float64(max(len(x.res.Variants)-1, 1))
	switch {
	case same:
		return equal
	case apart && len(u) >= fewestAlike && (stats.Total(u) == 0 || stats.Total(v) == 0):
		return sign(d.Point) // none against some, in every replication
	case a == x.baseline() || b == x.baseline():
		if c := x.diffs[pair{x.res.Variants[a+b-x.baseline()].Name, id}]; c != nil {
			if !c.Decided {
				return undecided
			}
			return sign(d.Point)
		}
	}
	p := d.P()
	if some, ok := stats.SomeAgainstNone(u, v); ok && !x.res.Resampled {
		p = min(p, stats.SignTest(some))
	}
	if p <= alpha {
		return sign(d.Point)
	}
	return undecided
}

// apart is how far two figures are apart.
func (x *index) apart(u, v []float64) stats.Jackknife {
	d := stats.OfMean(u).Minus(stats.OfMean(v))
	d.Drawn = x.res.Resampled
	return d
}

// fewestAlike is how many replications with the same outcome decide where one alternative has none.
const fewestAlike = 3

func sign(d float64) relation {
	if d < 0 {
		return less
	}
	return more
}

// both are the values of the replications in which both alternatives have the figure.
func (x *index) both(a, b int, id metric.ID) (u, v []float64) {
	m, n := x.metrics[a][id], x.metrics[b][id]
	if m == nil || n == nil {
		return nil, nil
	}
	for i := range min(len(m.Values), len(n.Values)) {
		if p, q := m.Values[i], n.Values[i]; p == p && q == q {
			u, v = append(u, p), append(v, q)
		}
	}
	return u, v
}

// needs is how many replications would tell the figures of two alternatives apart; -1 = more than can be foretold.
func (x *index) needs(a, b int, id metric.ID) int {
	if a == x.baseline() || b == x.baseline() {
		if c := x.diffs[pair{x.res.Variants[a+b-x.baseline()].Name, id}]; c != nil && c.Needs != 0 {
			return c.Needs
		}
	}
	u, v := x.both(a, b, id)
	if len(u) < 2 {
		return -1
	}
	alpha := (1 - x.res.Confidence) / float64(max(len(x.res.Variants)-1, 1))
	return x.apart(u, v).Needs(alpha, experiment.MostNeeded)
}
