package scenarios

import (
	"fmt"

	"stickysim/scenarios/internal/tree"
)

// lintTimes warns of elements of the timeline that lie after the end of the run.
func (d *decoder) lintTimes(s *scene) {
	end := s.Warmup + s.Duration
	var reported *tree.Node
	for i := range s.Timeline {
		if a := &s.Timeline[i]; a.At >= end && a.Every == nil && s.plan.written[i] != reported {
			reported = s.plan.written[i]
			d.warn(reported, tooLate, "happens after the end of the run, at "+end.String(), "times count from the start of the run, warm-up included")
		}
	}
}

// boundRecurrences refuses actions that happen too often for a run to end in reasonable time.
func (d *decoder) boundRecurrences(s *scene) {
	const most = 1e6
	for i := range s.Timeline {
		a := &s.Timeline[i]
		times := occurrences(&s.Model, a)
		if a.Each {
			times *= float64(len(s.Servers))
		}
		if times > most {
			d.fail(s.plan.written[i], "too-many", fmt.Sprintf("would happen up to %.3g times in the run, the limit is %.3g", times, most), "write a longer time between recurrences, or an earlier until")
		}
	}
}
