package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// causeOf is the label's value of a metric: "crash" of sessions.lost{cause=crash}; "total" where there is no label.
func causeOf(metric string) string {
	_, label, found := strings.Cut(metric, "{cause=")
	if !found {
		return "total"
	}
	return clean(strings.TrimSuffix(label, "}"))
}

// differences shows every alternative minus the baseline, metric by metric.
func differences(x *index, s space) (section, bool) {
	if len(x.res.Comparisons) == 0 {
		return section{}, false
	}
	var metrics []string
	for _, c := range x.res.Comparisons {
		if !slices.Contains(metrics, c.Metric) {
			metrics = append(metrics, c.Metric)
		}
	}
	g := rows(x, s, "METRIC", metrics, x.difference)
	g.drop(x.baseline() + 1)
	part := section{title: "Differences from " + x.title(x.baseline()) + " (baseline)", tables: s.split(g)}
	part.notes = []string{fmt.Sprintf("Paired: all alternatives had the same clients, arrivals and faults. ~ is undecided at the %s level"+
		" over all %d comparisons (Holm); = never differed.", formatValue(x.res.Confidence, percent), len(x.res.Comparisons))}
	if n, least := x.harmful(); n > 0 {
		part.notes = append(part.notes, fmt.Sprintf("Pairing made %d intervals wider, not narrower (smallest variance ratio %s).",
			n, formatValue(least, plain)))
	}
	return part, true
}

// difference prints a paired difference; "~" where it is undecided, "=" where both were always the same.
func (x *index) difference(variant int, metric string) cell {
	c := x.diffs[[2]string{x.res.Variants[variant].Name, metric}]
	if c == nil || math.IsNaN(c.Difference.Mean) {
		return cell{undefined, faint}
	}
	if c.Difference.Mean == 0 && c.Difference.HalfWidth() == 0 {
		return cell{"=", faint}
	}
	text := formatSigned(c.Difference, differenceScales(c.Unit, metric))
	if !c.Decided {
		return cell{"~ " + text, faint}
	}
	switch way := direction(metric) * c.Difference.Mean; {
	case way > 0:
		return cell{text, good}
	case way < 0:
		return cell{text, bad}
	}
	return cell{text, neutral}
}

// differenceScales prints differences of shares in percentage points.
func differenceScales(unit, metric string) []scale {
	s := scalesOf(unit, metric)
	if len(s) == 1 && s[0].symbol == " %" {
		return []scale{{0.01, " pp"}}
	}
	return s
}

// harmful counts the comparisons that common random numbers made less precise, and returns the smallest variance ratio.
func (x *index) harmful() (n int, least float64) {
	least = 1
	for _, c := range x.res.Comparisons {
		if c.VRF < 1 {
			n++
			least = min(least, c.VRF)
		}
	}
	return n, least
}
