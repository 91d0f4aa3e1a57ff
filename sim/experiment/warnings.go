package experiment

import (
	"fmt"

	"stickysim/sim/diag"
)

// Kinds of warnings that only the replications together give.
var (
	imprecise = diag.Register(diag.Code{Name: "imprecise", Severity: diag.Caution,
		Doc: "The precision asked for was not reached within the replications allowed. The interval is as wide as it says."})
	doubtfulInterval = diag.Register(diag.Code{Name: "doubtful-interval", Severity: diag.Caution,
		Doc: "The replications of a figure are so few or so skewed that its interval covers the truth less often than it says."})
	transient = diag.Register(diag.Code{Name: "transient", Severity: diag.Severe,
		Doc: "The run may be measured before it has settled, so figures depend on how it started. A longer run or warm-up helps."})
)

// warnings are those of the study, of its figures and of its replications, the most severe first.
func (x *execution) allWarnings(res *Result) []diag.Warning {
	list := append(append([]diag.Warning{}, x.study.Warnings...), x.warnings...)
	for i := range res.Variants {
		v := &res.Variants[i]
		for _, text := range v.Metric(usual).Estimate.Warnings {
			w := doubtfulInterval.At("", "%s", text)
			w.Alternative, w.Metric = v.Name, usual.String()
			list = append(list, w)
		}
	}
	for i, s := range x.sums {
		list = append(list, s.mergedWarnings(x.study.Variants[i].Name)...)
	}
	diag.SortWarnings(list)
	return list
}

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
