package scenarios

import (
	"fmt"
	"math"
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/experiment"
)

// plausible warns of what can be simulated and is probably not meant.
func (d *decoder) plausible(a alternative, s *scene, l *VariantLoad) {
	m := &s.Model
	at := a.root.Get("workload")
	if l.Open >= l.Capacity {
		d.warn(at, "overload", fmt.Sprintf("%s: %.4g erlangs are offered to %.4g, so queues grow without end", a.name, l.Open, l.Capacity),
			fmt.Sprintf("at 65 %% utilization the fleet can take %.4g; lower the load, or raise servers", 0.65*l.Capacity))
	}
	end := m.Warmup + m.Duration
	for i := range m.Populations {
		t := m.Populations[i].Trace
		if t == nil || len(t.Requests) == 0 {
			continue
		}
		if last := t.Requests[len(t.Requests)-1].At; last < end-max(end/10, 2*sim.Minute) {
			d.warn(at, "short-log", fmt.Sprintf("%s: the log ends at %s, the run at %s", m.Populations[i].Name, last, end), "after that, nobody of it comes")
		}
	}
	var reported *tree.Node
	for i := range m.Timeline {
		if act := &m.Timeline[i]; act.At >= end && act.Every == nil && s.plan.written[i] != reported {
			reported = s.plan.written[i]
			d.warn(reported, "too-late", "happens after the end of the run, at "+end.String(), "times count from the start of the run, warm-up included")
		}
	}
	requests := 0.0
	for _, p := range l.Populations {
		requests += p.Requests
	}
	if total := requests * end.Seconds(); total > 1e10 {
		d.warn(at, "long-run", fmt.Sprintf("%s: about %.1g requests in every replication, hours of computing", a.name, total), "shorten duration, or lower the load")
	}
	d.suited(a, s)
	d.recurring(s)
	d.bounded(at, a, l)
}

// recurring refuses actions that happen too often for a run to end in time.
func (d *decoder) recurring(s *scene) {
	const most = 1e6
	m := &s.Model
	for i := range m.Timeline {
		a := &m.Timeline[i]
		times := occurrences(m, a)
		if a.Each {
			times *= float64(len(m.Servers))
		}
		if times > most {
			d.fail(s.plan.written[i], "too-many", fmt.Sprintf("would happen up to %.3g times in the run, the limit is %.3g", times, most), "write a longer time between recurrences, or an earlier until")
		}
	}
}

// bounded refuses runs that cannot end or do not fit into memory.
func (d *decoder) bounded(at *tree.Node, a alternative, l *VariantLoad) {
	const mostActive, mostRate = 4e7, 1e9
	active, rate := 0.0, 0.0
	for _, p := range l.Populations {
		active += p.Active
		rate += p.Requests
	}
	switch {
	case active > mostActive || math.IsNaN(active):
		d.fail(at, "too-many", fmt.Sprintf("%s: %.3g clients would be active at a time, the limit is %.3g", a.name, active, mostActive), "lower the rate or shorten the sessions")
	case rate > mostRate || math.IsNaN(rate):
		d.fail(at, "too-many", fmt.Sprintf("%s: %.3g requests a second, the limit is %.3g", a.name, rate, mostRate), "lower the rate or raise think")
	}
}

// mentions checks that objectives name alternatives that exist.
func (d *decoder) mentions(n *tree.Node, study *experiment.Study) {
	if n == nil || n.Kind != tree.List {
		return
	}
	var known []string
	for _, v := range study.Variants {
		known = append(known, v.Name)
	}
	for _, item := range n.Items {
		for _, name := range mentioned(item.Text) {
			if !slices.Contains(known, name) {
				d.fail(item, "unknown-policy", "no alternative is called "+quote(name)+didYouMean(name, known), "known: "+clipList(known))
			}
		}
	}
}
