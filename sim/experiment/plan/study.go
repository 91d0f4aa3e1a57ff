package plan

import (
	"slices"

	"stickysim/sim/experiment"
)

// leastLook is the fewest replications of a verdict.
const leastLook = 10

// part is the study of one alternative: with the objectives that judge it, and the alternatives that those compare it with.
type part struct {
	study      *experiment.Study
	objectives []int // of the whole study, by objective of the part
}

// partOf cuts an alternative out of a study.
func partOf(whole *experiment.Study, name string) part {
	p := part{study: new(experiment.Study)}
	*p.study = *whole
	p.study.Variants, p.study.Objectives, p.study.Baseline = nil, nil, 0
	p.study.Gate = []string{name}
	needed := []string{name}
	for i, o := range whole.Objectives {
		if !judges(&o, name) {
			continue
		}
		o.Subject.Policy, o.On = name, nil
		if of := o.Limit.Of; of != nil && !o.Limit.Saved && of.Policy != "" {
			needed = append(needed, of.Policy)
		}
		p.study.Objectives, p.objectives = append(p.study.Objectives, o), append(p.objectives, i)
	}
	for _, v := range whole.Variants {
		if v.Name == name {
			p.study.Variants = slices.Insert(p.study.Variants, 0, v)
		} else if slices.Contains(needed, v.Name) {
			p.study.Variants = append(p.study.Variants, v)
		}
	}
	return p
}

// judges reports whether a size must meet the objective for the alternative. One that only warns is no reason for more.
func judges(o *experiment.Objective, name string) bool {
	switch {
	case o.Warn:
		return false
	case o.Subject.Policy != "":
		return o.Subject.Policy == name
	}
	return len(o.On) == 0 || slices.Contains(o.On, name)
}

// counts reports whether the gate of a study judges an alternative.
func counts(s *experiment.Study, name string) bool {
	return len(s.Gate) == 0 || slices.Contains(s.Gate, name)
}

// until sets how long the part is run: until a verdict is missed or all are decided, at the given confidence. What is decided
// of the objectives in except does not matter.
func (p *part) until(most int, confidence float64, except map[int]bool) {
	for i, whole := range p.objectives {
		p.study.Objectives[i].Warn = except[whole]
	}
	p.study.Replications = experiment.Replications{Min: min(leastLook, most), Max: most, Judged: true, Sparing: true, Confidence: confidence, Controls: p.study.Replications.Controls}
}
