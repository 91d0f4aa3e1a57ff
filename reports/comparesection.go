package reports

import (
	"fmt"
	"math"
	"slices"

	"stickysim/sim/metric"
)

// causeOf is the cause of a part, such as crash; "total" of the whole.
func causeOf(id metric.ID) string {
	if id.Label.Key == "" {
		return "total"
	}
	return clean(id.Label.Value)
}

// differences shows every alternative minus the baseline, metric by metric.
func differences(x *index, s space) (section, bool) {
	if len(x.res.Comparisons) == 0 {
		return section{}, false
	}
	var metrics []metric.ID
	for _, c := range x.res.Comparisons {
		if !slices.Contains(metrics, c.Metric) {
			metrics = append(metrics, c.Metric)
		}
	}
	g := rows(x, s, "METRIC", metrics, x.difference)
	g.drop(x.baseline() + 1)
	part := section{title: "Differences from " + x.title(x.baseline()) + " (baseline)", tables: s.split(g)}
	part.notes = []string{fmt.Sprintf("Paired: all alternatives had the same clients, arrivals and faults. ± is at the level of the decision: "+
		"~ is undecided with an error rate of %s over the figures of the first screen, and over the others (Holm); = never differed.",
		formatValue(1-x.res.Confidence, percent))}
	if n, least := x.harmful(); n > 0 {
		part.notes = append(part.notes, fmt.Sprintf("Pairing made %d intervals wider, not narrower (smallest variance ratio %s).",
			n, formatValue(least, plain)))
	}
	return part, true
}

// difference prints a paired difference, with "~" if it is undecided; "=" if both were equal in every replication.
func (x *index) difference(variant int, id metric.ID) cell {
	c := x.diffs[pair{x.res.Variants[variant].Name, id}]
	if c == nil || math.IsNaN(c.Difference.Mean) {
		return cell{undefined, faint}
	}
	if c.Equal {
		return cell{"=", faint}
	}
	text := formatSigned(c.Difference, x.differenceScales(id))
	if !c.Decided {
		return cell{"~ " + text, faint}
	}
	switch way := direction(id) * c.Difference.Mean; {
	case way > 0:
		return cell{text, good}
	case way < 0:
		return cell{text, bad}
	}
	return cell{text, neutral}
}

// differenceScales prints differences of shares in percentage points.
func (x *index) differenceScales(id metric.ID) []scale {
	s := x.scales(id)
	if len(s) == 1 && s[0].symbol == " %" {
		return []scale{{0.01, " pp"}}
	}
	return s
}

// harmful counts the comparisons that common random numbers made less precise, and returns the smallest variance ratio.
func (x *index) harmful() (n int, least float64) {
	least = 1
	for _, c := range x.res.Comparisons {
		if c.Widened {
			n++
			least = min(least, c.VRF)
		}
	}
	return n, least
}
