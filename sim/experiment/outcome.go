package experiment

import (
	"slices"

	"stickysim/sim/diag"
)

// Outcome is how a judged result stands as a whole: Missed where a verdict that counts is missed; NotDecided where one is
// undecided, or where there are no verdicts; Met otherwise. Severe warnings do not change it.
func (r *Result) Outcome() VerdictState {
	state := Met
	if len(r.Verdicts) == 0 {
		state = NotDecided
	}
	for i := range r.Verdicts {
		switch v := &r.Verdicts[i]; {
		case !v.Counts || v.State == Met:
		case v.State == Missed:
			return Missed
		default:
			state = NotDecided
		}
	}
	return state
}

// Severe are the warnings for which the answer may be wrong.
func (r *Result) Severe() []diag.Warning {
	return slices.DeleteFunc(slices.Clone(r.Warnings), func(w diag.Warning) bool { return w.Severity < diag.Severe })
}
