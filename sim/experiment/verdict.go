package experiment

import (
	"slices"

	"stickysim/sim/stats"
)

// Verdict is what the replications say of an objective, for one alternative. Its interval is held against the limit: it is
// met, or missed, only where that is beyond chance, over all verdicts of the study and all looks at them. Verdicts that
// count are one family, those that do not are another: an alternative that is only there to be compared costs nothing.
//
// A verdict that is decided at a look stays decided. Its figures are those of all replications, at the confidence at which
// it was decided; in rare cases that interval holds the limit again, and Why says so.
type Verdict struct {
	Objective   int    // place in Result.Objectives
	Alternative string // the alternative of the subject
	State       VerdictState
	Counts      bool           // it can fail a gate: the objective is no warning, and the gate judges the alternative
	Value       stats.Estimate // of the subject, at the confidence of the decision
	Limit       float64        // in the unit of the subject; of a limit that is a figure itself, that figure's mean times its factor; NaN = it is not known
	Margin      stats.Estimate // of what is left to the limit, in the subject's unit: positive on the good side; paired where the limit is a figure
	Needs       int            // replications that would decide it, if it stays as it is: 0 = it is decided; −1 = more than MostNeeded, or it cannot be known
	Why         string         // why it is undecided; may be empty
}

// VerdictState is how a verdict stands.
type VerdictState uint8

// The states.
const (
	NotDecided VerdictState = iota // within the replications there are
	Met
	Missed
)

var verdictStates = [...]string{NotDecided: "undecided", Met: "met", Missed: "missed"}

// String is the state as results write it: undecided, met, missed.
func (s VerdictState) String() string { return verdictStates[s] }

// ParseVerdictState is the state that a result names.
func ParseVerdictState(text string) (VerdictState, bool) {
	i := slices.Index(verdictStates[:], text)
	return VerdictState(max(i, 0)), i >= 0
}
