package plan

import (
	"slices"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
)

var notMonotone = diag.Register(diag.Code{Name: "not-monotone", Severity: diag.Caution,
	Doc: "A search takes for granted that an objective which is met at one value is met at all that should be easier. Here it is missed at one of them, so there may be further values that meet, or miss."})

var meanUtilization = metric.Must("server.utilization.mean").ID()

// utilization is the mean of a probe's fleet.
func utilization(p *Probe) float64 { return p.Figure(meanUtilization).Mean }

// answer is what the probes say, also where the search was stopped.
func (c *climb) answer(stopped error) *Alternative {
	a := &Alternative{Name: c.name, Counts: c.counts, Ease: c.ease, Whole: c.Axis.Whole, Never: c.never}
	missed, below, met := -1, -1, c.size() // the last that misses before met, and before anything that may meet; the first that meets
	open := false
	for place, p := range c.probes {
		switch {
		case p == nil:
			continue
		case p.State(c.except) == experiment.Met:
			met = min(met, place)
		case p.State(c.except) == experiment.NotDecided:
			open = true
		case met == c.size():
			if missed = place; !open {
				below = place
			}
		}
	}
	if met == c.size() && open {
		missed = below
	}
	for place, p := range c.probes {
		if p == nil {
			continue
		}
		a.Probes = append(a.Probes, p)
		switch {
		case place > met && p.State(c.except) == experiment.Missed:
			c.warnOfOrder(c.probes[met], p)
		case place > missed && place < met && p.State(c.except) == experiment.NotDecided:
			a.Undecided = append(a.Undecided, p)
		}
	}
	if !c.nothingLeft() {
		if missed >= 0 {
			a.Missed = c.probes[missed]
		}
		if met < c.size() {
			a.Met = c.probes[met]
		}
	}
	if a.Base = a.Met; a.Base == nil {
		a.Base = c.first
	}
	if c.ease == Downward {
		slices.Reverse(a.Probes)
		slices.Reverse(a.Undecided)
	}
	a.Limiting = limiting(a)
	if a.Stopped = stopped != nil; a.Stopped && c.last != nil {
		a.Last = c.last.Value
	}
	return a
}

// nothingLeft reports that no value meets any objective: a bracket of none says nothing.
func (c *climb) nothingLeft() bool {
	for _, p := range c.probes {
		for _, v := range p.verdicts() {
			if !c.except[v.Objective] {
				return false
			}
		}
	}
	return true
}

func (c *climb) warnOfOrder(met, missed *Probe) {
	c.result.Warnings = diag.Merge(c.result.Warnings, notMonotone.At(c.name, "%s %s meets the objectives and %s misses one of them", c.Axis.Name, met.Value, missed.Value))
}

// limiting are the objectives that keep the answer from being one step smaller: missed there, or undecided if none is.
func limiting(a *Alternative) []int {
	below := a.Missed
	if n := len(a.Undecided); n > 0 {
		below = a.Undecided[0]
		if a.Ease == Upwards {
			below = a.Undecided[n-1]
		}
	}
	if below == nil || a.Met == nil {
		return nil
	}
	var list []int
	for _, v := range below.verdicts() {
		if now := a.Met.Verdict(v.Objective); v.State != experiment.Met && now != nil && now.State == experiment.Met {
			list = append(list, v.Objective)
		}
	}
	return list
}
