package scenarios

import (
	"regexp"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim/dist"
	"stickysim/sim/metric"
)

// An objective compares two sides; a side is a value, or a metric, of a policy's or of every one, times a factor:
//
//	latency.p95 < 300ms
//	sessions.lost{cause=crash} <= 10
//	policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1
var (
	objectiveShape = regexp.MustCompile(`^(.+?)\s*(<=|>=|<|>)\s*(.+)$`)
	metricShape    = regexp.MustCompile(`^(?:policy\(([^()]+)\)\.)?([a-z][a-z0-9_.]*)(\{[a-z_]+=[^{}]+\})?(?:\s*\*\s*([0-9]*\.?[0-9]+))?$`)
)

// families are the beginnings of metric names.
var families = []string{"latency", "wait", "throughput", "requests", "availability", "budget", "sessions", "connections", "affinity",
	"server", "hotspot", "servers", "cost", "autoscaler", "rebalance", "drain", "deploy", "detect", "gc", "store", "cache", "token", "replica"}

const objectiveHint = "write latency.p95 < 300ms, or policy(a).latency.p99 <= policy(b).latency.p99 * 1.1"

// objectives is a list of objectives, kept as text.
func objectives() kind[[]string] {
	one := text(500)
	k := kind[string]{schema{"type": "string", "pattern": "[<>]"}, func(d *decoder, n *tree.Node) (string, bool) {
		s, ok := one.read(d, n)
		if !ok {
			return "", false
		}
		m := objectiveShape.FindStringSubmatch(strings.TrimSpace(s))
		if m == nil {
			d.fail(n, "bad-objective", "must compare a metric with a value by <, <=, > or >=, got "+quote(s), objectiveHint)
			return "", false
		}
		left, right := strings.TrimSpace(m[1]), strings.TrimSpace(m[3])
		if !isMetric(left) && !isMetric(right) {
			d.fail(n, "bad-objective", "has no metric, got "+quote(s), objectiveHint)
			return "", false
		}
		return s, d.side(n, left) && d.side(n, right)
	}}
	return list(k, 0, 1000)
}

func isMetric(side string) bool { return side != "" && (side[0] >= 'a' && side[0] <= 'z') }

// side checks one side of an objective.
func (d *decoder) side(n *tree.Node, side string) bool {
	if !isMetric(side) {
		if isValue(side) {
			return true
		}
		d.fail(n, "bad-objective", "must compare with a value, got "+quote(side), "write a number, 20%, 300ms or 50MiB")
		return false
	}
	m := metricShape.FindStringSubmatch(side)
	if m == nil {
		d.fail(n, "bad-objective", "must name a metric, got "+quote(side), objectiveHint)
		return false
	}
	family, _, _ := strings.Cut(m[2], ".")
	for _, known := range families {
		if family == known {
			return true
		}
	}
	d.fail(n, "unknown-metric", "unknown metric "+quote(m[2])+didYouMean(family, families), "metrics begin with "+strings.Join(families, ", "))
	return false
}

func isValue(s string) bool {
	if _, err := dist.ParsePercent(s); err == nil {
		return true
	}
	if _, err := dist.ParseDuration(s); err == nil {
		return true
	}
	_, err := dist.ParseBytes(s)
	return err == nil
}

// mentioned are the alternatives an objective names.
func mentioned(objective string) []string {
	var names []string
	for rest := objective; ; {
		_, after, ok := strings.Cut(rest, "policy(")
		if !ok {
			return names
		}
		name, left, _ := strings.Cut(after, ")")
		names, rest = append(names, strings.TrimSpace(name)), left
	}
}

// figure is the name of a metric, with a label where one is meant.
func figure() kind[metric.ID] {
	return kind[metric.ID]{schema{"type": "string", "pattern": "^(" + strings.Join(quoted(metric.Names()), "|") + `)(\{[a-z_]+=[^{}]+\})?$`},
		func(d *decoder, n *tree.Node) (metric.ID, bool) {
			s, ok := scalar(d, n, "the name of a metric")
			if !ok {
				return metric.ID{}, false
			}
			id, err := metric.Parse(s)
			if err != nil {
				return metric.ID{}, d.failed(n, err)
			}
			return id, true
		}}
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = regexp.QuoteMeta(w)
	}
	return out
}
