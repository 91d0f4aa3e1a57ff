package reports

import (
	"fmt"
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// The figures that sentences and sections speak of. Tables and plots of chosen metrics ask the registry (metric.Show).
var (
	latencyP95 = metric.Must("latency.p95")
	available  = metric.Must("availability.requests")
	failed     = metric.Must("requests.failed")
	lost       = metric.Must("sessions.lost")
	lostRatio  = metric.Must("sessions.lost.ratio")
	visitsHit  = metric.Must("visits.hit.ratio")
	hottest    = metric.Must("server.utilization.max")
	fleetMean  = metric.Must("server.utilization.mean")
)

// direction says whether more of a metric is better (1), worse (−1) or neither (0).
func direction(id metric.ID) float64 {
	if f := id.Of(); f != nil {
		return float64(f.Better)
	}
	return 0
}

// index finds metrics in all alternatives.
type index struct {
	res     *experiment.Result
	metrics []map[metric.ID]*experiment.Metric
	diffs   map[pair]*experiment.Comparison
	ranked  []int // see order
}

// pair is an alternative and a metric in which it is compared with the baseline.
type pair struct {
	variant string
	metric  metric.ID
}

func newIndex(res *experiment.Result) *index {
	x := &index{res: res, diffs: make(map[pair]*experiment.Comparison, len(res.Comparisons))}
	for i := range res.Variants {
		m := make(map[metric.ID]*experiment.Metric, len(res.Variants[i].Metrics))
		for k := range res.Variants[i].Metrics {
			m[res.Variants[i].Metrics[k].ID] = &res.Variants[i].Metrics[k]
		}
		x.metrics = append(x.metrics, m)
	}
	for i := range res.Comparisons {
		c := &res.Comparisons[i]
		x.diffs[pair{c.Variant, c.Metric}] = c
	}
	return x
}

// estimate is an alternative's metric; undefined if it has none of that ID.
func (x *index) estimate(variant int, id metric.ID) stats.Estimate {
	if m := x.metrics[variant][id]; m != nil {
		return m.Estimate
	}
	return stats.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
}

// scales are the units that a metric is printed in. A metric that is not registered has only the unit of the result.
func (x *index) scales(id metric.ID) []scale {
	if f := id.Of(); f != nil {
		return scalesOf(f.Kind, f.Unit)
	}
	for _, m := range x.metrics {
		if e := m[id]; e != nil {
			return scalesOf(0, e.Unit)
		}
	}
	return plain
}

// known reports whether the metric is defined for some alternative.
func (x *index) known(id metric.ID) bool {
	for i := range x.metrics {
		if e := x.estimate(i, id); !math.IsNaN(e.Mean) {
			return true
		}
	}
	return false
}

// parts lists the figures into which a family is broken down by a label, such as sessions.lost{cause=…}, in the order of
// the result.
func (x *index) parts(f *metric.Family, key string) []metric.ID {
	var out []metric.ID
	seen := map[metric.ID]bool{}
	for i := range x.res.Variants {
		for k := range x.res.Variants[i].Metrics {
			id := x.res.Variants[i].Metrics[k].ID
			if id.Family == f.Name && id.Label.Key == key && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

func (x *index) baseline() int {
	for i := range x.res.Variants {
		if x.res.Variants[i].Name == x.res.Baseline {
			return i
		}
	}
	return 0
}

func (x *index) names() []string {
	out := make([]string, len(x.res.Variants))
	for i := range x.res.Variants {
		out[i] = x.res.Variants[i].Name
	}
	return out
}

// replications is the number that every alternative has, or the range.
func (x *index) replications() string {
	low, high := math.MaxInt, 0
	for i := range x.res.Variants {
		n := x.res.Variants[i].Replications
		low, high = min(low, n), max(high, n)
	}
	switch {
	case low == 1 && high == 1:
		return "1 replication"
	case low == high:
		return fmt.Sprintf("%d replications", low)
	}
	return fmt.Sprintf("%d to %d replications", low, high)
}

// within describes the whiskers; empty if there are none.
func (x *index) within() string {
	if x.replications() == "1 replication" {
		return ""
	}
	return ", with " + formatValue(x.res.Confidence, percent) + " intervals"
}

// legendNames are the alternatives' names as legends show them.
func (x *index) legendNames() []string { return shortNames(x.names(), 60) }

// warmups say how the warm-up of a run was found, by method.
var warmups = map[experiment.WarmupMethod]string{
	experiment.GivenWarmup: "", experiment.MSER: " (MSER-5)", experiment.FillingSessions: " (five mean sessions)",
	experiment.RelaxingQueues: " (until queues have settled)", experiment.BeforeFirstEvent: " (for the first event)",
}

// warmup says what there was before the measured part.
func warmup(r *experiment.Result) string {
	why, some := warmups[experiment.WarmupMethod(r.WarmupMethod)]
	switch {
	case some && r.Warmup > 0:
		return "after a warm-up of " + FormatSpan(r.Warmup) + why
	case r.WarmupMethod == string(experiment.FromEquilibrium):
		return "started in equilibrium"
	}
	return "no warm-up"
}

// conditions says how the figures were obtained: replications, duration, warm-up, seed, confidence level.
func (x *index) conditions() string {
	r := x.res
	t := fmt.Sprintf("%s of %s, %s; seed %d", x.replications(), FormatSpan(r.Duration), warmup(r), r.Seed)
	if x.replications() == "1 replication" {
		t += "; a single replication has no intervals."
	} else {
		t += "; ± is the half-width of the " + formatValue(r.Confidence, percent) + " interval, […] one that is uneven, (…) the range of the replications."
	}
	if r.Interrupted {
		t += " The study was interrupted; only complete replications count."
	}
	return t
}
