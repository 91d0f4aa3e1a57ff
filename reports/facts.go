package reports

import (
	"fmt"
	"math"
	"strings"

	"stickysim/sim/experiment"
	"stickysim/sim/stats"
)

// headline are the metrics of the comparison at a glance, with what stands above their columns.
var headline = []struct{ metric, title string }{
	{"latency.p50", "P50"}, {"latency.p95", "P95"}, {"latency.p99", "P99"}, {"availability.requests", "AVAILABLE"},
	{"sessions.lost.ratio", "LOST"}, {"server.utilization.max", "HOTTEST"}, {"server.utilization.peak_to_mean", "PEAK/MEAN"},
	{"affinity.hit", "AFFINITY"},
}

// summarized are the metrics of the summary, in order. Those marked are left out when no variant has them defined.
var summarized = []struct {
	metric   string
	optional bool
}{
	{"latency.mean", false}, {"latency.p50", false}, {"latency.p95", false}, {"latency.p99", false}, {"latency.p99.9", false},
	{"wait.mean", true}, {"throughput", false}, {"availability.requests", false}, {"availability.sessions", true},
	{"budget.spent", true}, {"budget.burn{window=5m}", true}, {"budget.burn{window=1h}", true},
	{"requests.failed", false}, {"requests.retried", true}, {"sessions.started", true}, {"sessions.lost", false},
	{"sessions.lost.ratio", false}, {"affinity.hit", false}, {"affinity.disruption", true}, {"server.utilization.mean", false},
	{"server.utilization.max", false}, {"server.utilization.peak_to_mean", false}, {"server.memory.most", true}, {"hotspot.time", false},
	{"hotspot.hidden", true}, {"gc.time", true}, {"drain.time", true}, {"drain.cut", true}, {"deploy.time", true},
	{"autoscaler.events", true}, {"servers.mean", true}, {"cost.server_hours", true}, {"store.utilization", true},
	{"store.latency.p99", true}, {"cache.hit", true},
}

// direction says whether more of a metric is better (1), worse (−1) or neither (0).
func direction(metric string) float64 {
	base, _, _ := strings.Cut(metric, "{")
	switch {
	case strings.HasPrefix(base, "availability."), base == "affinity.hit", base == "throughput", base == "requests.good", base == "cache.hit":
		return 1
	case strings.HasPrefix(base, "latency."), strings.HasPrefix(base, "wait."), strings.HasPrefix(base, "sessions.lost"),
		strings.HasPrefix(base, "requests.failed"), strings.HasPrefix(base, "budget."), strings.HasPrefix(base, "hotspot."), strings.HasPrefix(base, "affinity."),
		strings.HasSuffix(base, ".peak_to_mean"), strings.HasSuffix(base, ".cv"), base == "server.utilization.max":
		return -1
	}
	return 0
}

// index finds metrics by name in all alternatives.
type index struct {
	res     *experiment.Result
	metrics []map[string]*experiment.Metric
	diffs   map[[2]string]*experiment.Comparison
}

func newIndex(res *experiment.Result) *index {
	x := &index{res: res, diffs: map[[2]string]*experiment.Comparison{}}
	for i := range res.Variants {
		m := map[string]*experiment.Metric{}
		for k := range res.Variants[i].Metrics {
			m[res.Variants[i].Metrics[k].Name] = &res.Variants[i].Metrics[k]
		}
		x.metrics = append(x.metrics, m)
	}
	for i := range res.Comparisons {
		c := &res.Comparisons[i]
		x.diffs[[2]string{c.Variant, c.Metric}] = c
	}
	return x
}

// estimate is an alternative's metric; undefined if it has none of that name.
func (x *index) estimate(variant int, metric string) stats.Estimate {
	if m := x.metrics[variant][metric]; m != nil {
		return m.Estimate
	}
	return stats.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
}

// unit of a metric, from the first alternative that has it.
func (x *index) unit(metric string) string {
	for _, m := range x.metrics {
		if e := m[metric]; e != nil {
			return e.Unit
		}
	}
	return ""
}

// known reports whether the metric is defined for some alternative.
func (x *index) known(metric string) bool {
	for i := range x.metrics {
		if e := x.estimate(i, metric); !math.IsNaN(e.Mean) {
			return true
		}
	}
	return false
}

// labelled lists the labels' values with which a metric occurs, such as the causes of sessions.lost{cause=…}, in the
// order of the result.
func (x *index) labelled(metric, label string) []string {
	prefix := metric + "{" + label + "="
	var out []string
	seen := map[string]bool{}
	for i := range x.res.Variants {
		for k := range x.res.Variants[i].Metrics {
			value, found := strings.CutPrefix(x.res.Variants[i].Metrics[k].Name, prefix)
			if value = strings.TrimSuffix(value, "}"); found && !seen[value] {
				seen[value] = true
				out = append(out, value)
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

// conditions says how the figures were obtained: replications, duration, warm-up, seed, confidence level.
func (x *index) conditions() string {
	r := x.res
	warmup := "no warm-up"
	switch r.WarmupMethod {
	case "equilibrium":
		warmup = "started in equilibrium"
	case "mser-5":
		warmup = "after a warm-up of " + formatSpan(r.Warmup) + " (MSER-5)"
	case "given":
		warmup = "after a warm-up of " + formatSpan(r.Warmup)
	}
	t := fmt.Sprintf("%s of %s, %s; seed %d", x.replications(), formatSpan(r.Duration), warmup, r.Seed)
	if x.replications() == "1 replication" {
		t += "; a single replication has no intervals."
	} else {
		t += "; ± is the half-width of the " + formatValue(r.Confidence, percent) + " interval."
	}
	if r.Interrupted {
		t += " The study was interrupted; only complete replications count."
	}
	return t
}
