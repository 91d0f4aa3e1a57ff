package scenarios

import (
	"fmt"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
	"stickysim/sim/experiment"
	"stickysim/workloads"
)

// lintTimes refuses events before the run, and warns of those that lie after its end or cannot end in it. A warm-up that is
// found by the program is long enough for every event, up to its own limit.
func (d *decoder) lintTimes(a alternative, s *scene, autoWarmup bool) {
	reported := map[*tree.Node]bool{}
	for i := range s.Timeline {
		e, at := &s.Timeline[i], s.plan.written[i]
		if reported[at] {
			continue
		}
		reported[at] = true
		least, _ := e.Lasts(&s.Model)
		switch happens, ends := e.At, e.At+least; {
		case e.Scripted() && happens < -s.Warmup && !autoWarmup:
			d.fail(at, "out-of-range", fmt.Sprintf("happens at %s, before the run begins at %s", clock(happens), clock(-s.Warmup)), "lengthen warmup; times count from the start of the measured part, and the warm-up is negative time")
		case e.Scripted() && happens < -experiment.LongestWarmup*s.Duration && autoWarmup:
			d.fail(at, "out-of-range", fmt.Sprintf("happens at %s, before the run begins: warmup: auto lasts at most %d times the duration, so from %s on", clock(happens), experiment.LongestWarmup, clock(-experiment.LongestWarmup*s.Duration)),
				"write a later at, a longer duration, or a warmup of that length; times count from the start of the measured part")
		case happens >= s.Duration:
			d.warn(at, tooLate, fmt.Sprintf("never happens: it is at %s, and the run ends at %s", clock(happens), clock(s.Duration)), "times count from the start of the measured part; write an earlier at, or a longer duration")
		case e.Scripted() && e.Every == nil && ends > s.Duration:
			d.warn(at, tooLong, fmt.Sprintf("is not over when the run ends at %s: it lasts until about %s", clock(s.Duration), clock(ends)), "write an earlier at, or a longer duration")
		default:
			reported[at] = false
		}
	}
	d.lintSchedule(a.root.Get("autoscaler"), s)
	for i, n := range s.sources {
		if p, ok := s.Populations[i].Sessions.(workloads.Scripted); ok {
			if what, at := p.Beyond(s.Duration); what != "" {
				d.warn(n.Get("sessions"), tooLate, fmt.Sprintf("%s never comes: it is at %s, and the run ends at %s", what, clock(at), clock(s.Duration)), "write an earlier time, or a longer duration")
			}
		}
	}
}

// lintSchedule warns of scheduled sizes that never take effect.
func (d *decoder) lintSchedule(at *tree.Node, s *scene) {
	if s.Autoscaler == nil || s.Autoscaler.Schedule == nil {
		return
	}
	for i := range s.Autoscaler.Schedule.Sizes {
		if size := &s.Autoscaler.Schedule.Sizes[i]; size.At >= s.Duration && size.Every == 0 {
			d.warn(at, tooLate, fmt.Sprintf("entry %d of the schedule never takes effect: it is at %s, and the run ends at %s", i+1, clock(size.At), clock(s.Duration)), "write an earlier at, or a longer duration")
		}
	}
}

// clock is an instant as a scenario writes it.
func clock(t sim.Time) string {
	if t < 0 {
		return "-" + clock(-t)
	}
	return dist.Seconds.Format(t.Seconds())
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
