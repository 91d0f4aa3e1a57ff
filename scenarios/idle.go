package scenarios

import "stickysim/scenarios/internal/tree"

// idle is an element of the timeline that changes nothing in an alternative. Alternatives share their timelines, so only
// elements that change nothing in any of them are reported.
type idle struct {
	at        *tree.Node
	why, hint string
}

// idleness finds the elements that change nothing in any alternative.
type idleness struct {
	idle []idle
	busy map[*tree.Node]bool // elements that change something in an alternative
}

// note adds an alternative.
func (x *idleness) note(s *scene) {
	if x.busy == nil {
		x.busy = map[*tree.Node]bool{}
	}
	for i := range s.Timeline {
		if why, hint := s.Timeline[i].NoEffect(&s.Model); why != "" {
			x.idle = append(x.idle, idle{s.plan.written[i], why, hint})
		} else {
			x.busy[s.plan.written[i]] = true
		}
	}
}

// report warns of the elements found.
func (x *idleness) report(d *decoder) {
	for _, found := range x.idle {
		if !x.busy[found.at] {
			d.warn(found.at, noEffect, found.why, found.hint)
		}
	}
}
