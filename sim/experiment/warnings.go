package experiment

import (
	"fmt"
	"slices"
	"strconv"

	"stickysim/sim/diag"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Kinds of warnings that only the replications together give.
var (
	imprecise = diag.Register(diag.Code{Name: "imprecise", Severity: diag.Caution,
		Doc: "The precision asked for was not reached within the replications allowed. The interval is as wide as it says."})
	doubtfulInterval = diag.Register(diag.Code{Name: "doubtful-interval", Severity: diag.Caution,
		Doc: "The replications of a figure are so few or so skewed that its interval covers the truth less often than it says."})
	undecided = diag.Register(diag.Code{Name: "undecided", Severity: diag.Caution,
		Doc: "Replications were to be added until the comparisons of the first screen are decided, or shown to differ by less than 2 %, and the most that were allowed did not do. The differences may be small, or none."})
	fewFaults = diag.Register(diag.Code{Name: "few-faults", Severity: diag.Caution,
		Doc: "Faults strike at random times, and fewer than five have struck in all replications together. What hangs on them is hardly known: more replications or longer runs help."})
	equalReplications = diag.Register(diag.Code{Name: "equal-replications", Severity: diag.Caution,
		Doc: "Nothing in the scenario is left to chance, so all replications are equal: they are one sample, such as a recorded log is. There are no intervals, and more replications tell nothing more."})
	differInKind = diag.Register(diag.Code{Name: "replications-differ", Severity: diag.Caution,
		Doc: "Some replications differ from the others in kind: a few of them melt down, or in a few a fault strikes the server with most of the sessions. A mean over both describes no run."})
)

// warnings are those of the study, of its figures and of its replications, the most severe first.
func (x *execution) allWarnings(res *Result) []diag.Warning {
	list := append(append([]diag.Warning{}, x.study.Warnings...), x.warnings...)
	for i := range res.Variants {
		v := &res.Variants[i]
		for _, f := range Judged() {
			e := v.Metric(f.ID()).Estimate
			if e.Kind != stats.KindInterval {
				continue // it is no interval, and shown as none
			}
			for _, text := range e.Warnings {
				w := doubtfulInterval.At("replications", "%s", text)
				w.Alternative, w.Metric = v.Name, f.Name
				list = append(list, w)
			}
		}
	}
	for i, s := range x.sums {
		list = append(list, s.mergedWarnings(x.study.Variants[i].Name)...)
		list = append(list, s.ownWarnings(x.study.Variants[i].Name)...)
	}
	diag.SortWarnings(list)
	return list
}

// ownWarnings are those of the replications of an alternative beside each other.
func (s *summary) ownWarnings(alternative string) []diag.Warning {
	var list []diag.Warning
	note := func(w diag.Warning) {
		w.Alternative = alternative
		list = append(list, w)
	}
	if n := s.faults.struck(); s.faults.possible && n < fewest {
		note(fewFaults.At("timeline", "%d faults struck at random times in %d replications: what hangs on them is hardly known", n, s.n))
	}
	if s.n > 1 && s.settled() {
		w := equalReplications.At("replications", "all %d replications are equal: they are one sample, and one would do", s.n)
		if s.recorded {
			w.Hint = "write resample: clients beside replay, and each replication draws the clients of the log anew"
		}
		note(w)
	}
	for _, k := range s.kinds() {
		w := differInKind.At("replications", "%d of %d replications differ from the others in kind: %s is %s there and %s elsewhere", len(k.Replications), s.n, k.Metric,
			roughly(k.Metric.Of(), k.Mean), roughly(k.Metric.Of(), k.Others))
		w.Metric, w.Replications = k.Metric.String(), len(k.Replications)
		note(w)
	}
	return list
}

// roughly writes a value to three significant digits.
func roughly(f *metric.Family, v float64) string {
	digits := func(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
	switch v *= perUnit[f.Unit]; {
	case f.Kind == metric.Time && v != 0 && v < 1:
		return digits(1000*v) + "ms"
	case f.Kind == metric.Time:
		return digits(v) + "s"
	case f.Kind == metric.Share:
		return digits(100*v) + "%"
	}
	return digits(v)
}

// same reports that all replications have the same figures.
func (cs *columns) same() bool {
	return !slices.ContainsFunc(cs.list, func(c *column) bool {
		return slices.ContainsFunc(c.values, func(v float64) bool { return v != c.values[0] && (v == v || c.values[0] == c.values[0]) })
	})
}

// settled reports that nothing is left to chance: all replications have the same figures, and no fault can strike another.
func (s *summary) settled() bool { return s.same() && !s.faults.possible }

// mergedWarnings are those of the replications of an alternative, each once.
func (s *summary) mergedWarnings(alternative string) []diag.Warning {
	var list []diag.Warning
	for _, one := range s.warnings {
		for _, w := range one {
			w.Alternative = alternative
			list = diag.Merge(list, w)
		}
	}
	for i := range list {
		if n := list[i].Replications; n < s.n {
			list[i].Message = fmt.Sprintf("in %d of %d replications: %s", n, s.n, list[i].Message)
		}
	}
	return list
}
