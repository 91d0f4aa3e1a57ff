package experiment

import (
	"slices"

	"stickysim/sim/diag"
)

// Unjudged are the alternatives that no objective is about, nor compares another with.
func (s *Study) Unjudged() (names []string) {
	for v := range s.Variants {
		name := s.Variants[v].Name
		if !slices.ContainsFunc(s.Objectives, func(o Objective) bool {
			of := o.Limit.Of
			return s.concerns(&o, v) || of != nil && !o.Limit.Saved && of.Policy == name
		}) {
			names = append(names, name)
		}
	}
	return names
}

// LeaveOut drops alternatives, and what is said of them. Others keep their clients, arrivals and faults. Where the baseline of
// comparisons is dropped, the first alternative takes its place.
func (s *Study) LeaveOut(names []string) {
	baseline := s.Variants[s.Baseline].Name
	s.Variants = slices.DeleteFunc(slices.Clone(s.Variants), func(v Variant) bool { return slices.Contains(names, v.Name) })
	s.Warnings = slices.DeleteFunc(slices.Clone(s.Warnings), func(w diag.Warning) bool { return slices.Contains(names, w.Alternative) })
	s.Baseline = max(0, slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Name == baseline }))
}
