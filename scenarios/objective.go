package scenarios

import (
	"cmp"
	"errors"
	"regexp"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

// objectivesSchema knows the names of metrics; labels, units and alternatives are left to validate.
func objectivesSchema() schema {
	one := schema{"type": "string", "examples": []string{"latency.p95 < 300ms", "policy(cookie).latency.p99 <= policy(stateless).latency.p99 * 1.1"},
		"pattern": `^(policy\([^()]+\)\.)?` + metricPattern() + `\s*(\*\s*[0-9.]+\s*)?[<>]|[<>]=?\s*(policy\([^()]+\)\.)?[a-z]`}
	return schema{"type": "array", "items": one, "maxItems": mostObjectives}
}

// metricPattern matches the names of metrics, with or without a label.
func metricPattern() string {
	names := metric.Names()
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	return "(" + strings.Join(names, "|") + `)(\{[a-z_]+=[^{}]+\})?`
}

const mostObjectives = 1000

// objectives reads what must hold. It comes after the alternatives, whose names and populations objectives may speak of.
func (d *decoder) objectives(n *tree.Node, study *experiment.Study) {
	texts, ok := list(text(500), 0, mostObjectives).read(d, n)
	if !ok {
		return
	}
	scope := study.Scope()
	for i, text := range texts {
		o, err := experiment.ParseObjective(text, scope)
		var e *experiment.ObjectiveError
		if errors.As(err, &e) {
			d.failAt(n.Items[i], e.Offset, e.Rule, e.Message, e.Hint)
			continue
		}
		study.Objectives = append(study.Objectives, o)
	}
}

// figure is the name of a metric, with a label where one is meant.
func figure() kind[metric.ID] {
	return kind[metric.ID]{schema: schema{"type": "string", "pattern": "^" + metricPattern() + "$"}, read: func(d *decoder, n *tree.Node) (metric.ID, bool) {
		s, ok := scalar(d, n, "the name of a metric")
		if !ok {
			return metric.ID{}, false
		}
		id, err := metric.Parse(s)
		var e *metric.Error
		if errors.As(err, &e) {
			message := e.Message + didYouMean(e.Word, e.Known)
			if e.Nearest != "" {
				message = e.Message + "; did you mean " + quote(e.Nearest) + "?"
			}
			d.failAt(n, e.Offset, "unknown-metric", message, cmp.Or(e.Hint, "see stickysim metrics list"))
			return metric.ID{}, false
		}
		return id, true
	}}
}
