package plan

import (
	"errors"

	"stickysim/sim/experiment"
)

// trialSize is how many replications show what a knob does.
const trialSize = leastLook

// tryKnobs tries what may help with the objectives that no value meets, one knob at a time and within the budget, of which
// every alternative has the same part.
func (x *search) tryKnobs() error {
	var stuck []*Alternative
	for i := range x.result.Alternatives {
		if a := &x.result.Alternatives[i]; len(a.Never) > 0 {
			stuck = append(stuck, a)
		}
	}
	if x.Knobs == nil || len(stuck) == 0 {
		return nil
	}
	for _, a := range stuck {
		err := x.turn(a, x.Budget/len(stuck))
		if errors.Is(err, errStopped) {
			x.result.Interrupted = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turn tries the knobs of an alternative. Of a knob that meets what was missed, no further values are tried.
func (x *search) turn(a *Alternative, budget int) error {
	done := ""
	for _, k := range x.Knobs(a.Name) {
		if k.Name == done {
			continue
		}
		before := x.result.Replications
		if budget < trialSize {
			a.Untried = append(a.Untried, k)
			continue
		}
		p, err := x.try(a.Name, a.Base.Value, k.Setting, trialSize, nil)
		if err != nil {
			return err
		}
		budget -= x.result.Replications - before
		a.Trials = append(a.Trials, Trial{k, p})
		if a.solved(p) {
			done = k.Name
		}
	}
	return nil
}

// solved reports that a probe meets all that no value of the axis does.
func (a *Alternative) solved(p *Probe) bool {
	for _, n := range a.Never {
		if v := p.Verdict(n.Objective); v == nil || v.State != experiment.Met {
			return false
		}
	}
	return true
}
