// Package plan searches for the smallest fleet, the largest load, or any other value of a field with which a scenario meets its
// objectives, for each alternative on its own.
//
// It sees a scenario only as an [experiment.Build], and an objective only as met, missed or undecided. All values are tried
// with the same clients, arrivals and faults. The answer is a bracket: the largest value that misses and the smallest that
// meets, with what is undecided between them.
//
// Floor 4.
package plan

import (
	"math"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
	"stickysim/sim/metric"
	"stickysim/sim/stats"
)

// Schema is the version of Result.
const Schema = "stickysim/plan/1"

// Search is what is looked for.
type Search struct {
	Axis   Axis
	Build  experiment.Build
	Run    func(*experiment.Study) (*experiment.Result, error) // judges a study; it reports Interrupted when it is stopped
	Point  func(value string) []experiment.Setting             // sets a value of the axis, for all alternatives
	Only   []string                                            // alternatives to search for; empty: all
	Start  func(alternative string) float64                    // where the search begins, such as the scenario's own number of servers; nil: at both ends of the axis
	Knobs  func(alternative string) []Knob                     // what may help where the axis does not; nil: nothing is tried
	Most   int                                                 // replications of an alternative at a value: what is undecided then stays so
	Budget int                                                 // replications for all knobs together
}

// Axis are the values that are searched.
type Axis struct {
	Name   string    // what is looked for: servers, load, or the path of a field
	Values []string  // ascending, as --set has them
	Number []float64 // the same as numbers, in the unit of the field
	Whole  bool      // they are all whole numbers of a range
	Ease   Ease      // which way objectives get easier
}

// Ease is the direction in which objectives are easier to meet.
type Ease int8

// The directions.
const (
	ByEnds   Ease = iota // as the two ends of the axis say
	Upwards              // more of it helps: the smallest value that meets is wanted
	Downward             // less of it helps: the largest value that meets is wanted
)

// Knob is a field that is not searched, and a value that may help.
type Knob struct {
	Name    string // what it is: drain, health interval
	Text    string // with the value, in a sentence: a drain of 1h
	Setting []experiment.Setting
}

// Result is a finished search.
type Result struct {
	Schema       string
	Name         string    // of the scenario
	Find         string    // Axis.Name
	Values       [2]string // the least and the largest value of the axis
	Seed         uint64
	Duration     float64 // seconds counted in each replication
	Confidence   float64 // that no verdict of the whole search is wrong: all values, objectives, alternatives and looks
	Each         float64 // confidence of the objectives of one alternative at one value
	Replications int     // that were run, knobs included
	Objectives   []experiment.Objective
	Alternatives []Alternative
	Warnings     []diag.Warning
	Interrupted  bool
}

// Alternative is what was found for one alternative. The objectives in Never are left out of its bracket.
type Alternative struct {
	Name      string
	Counts    bool     // the gate judges it
	Ease      Ease     // Upwards or Downward
	Whole     bool     // as Axis.Whole
	Missed    *Probe   // the value that is closest to meeting and misses; nil: none misses
	Met       *Probe   // the value that meets with the least help; nil: none meets
	Base      *Probe   // where knobs are tried: Met, or else where the search began
	Undecided []*Probe // between them, ascending
	Limiting  []int    // objectives that Missed misses, of those that Met meets
	Never     []Never  // objectives that no value meets
	Probes    []*Probe // all values tried, ascending
	Trials    []Trial  // of knobs, as they were tried
	Untried   []Knob   // for which the budget was too small
	Factor    Factor   // how many times the best alternative's servers it needs
	Stopped   bool     // an interruption ended the search
	Last      string   // the value of the last probe, where the search was stopped; empty: none was finished, or it was not
}

// Never is an objective that is missed at every value up to the one that should be the easiest.
type Never struct {
	Objective int
	At        *Probe // the easiest value tried
	Flat      bool   // by the trend of the last doublings it stays so: the rest of the axis was not tried
	Rivals    bool   // At is the hardest that meets the others: what is harder may do better, but misses one of them
}

// Probe is an alternative at one value.
type Probe struct {
	Value    string
	Number   float64
	Refused  string               // why it misses without a verdict: there is no such scenario, or its queues grow all the time
	Verdicts []experiment.Verdict // by objective of the search
	Result   *experiment.Result   // of the alternative, and of those that its objectives compare it with; nil where Refused
	aside    map[int]bool         // objectives that had been put aside
}

// Trial is a knob that was tried.
type Trial struct {
	Knob  Knob
	Probe *Probe
}

// State is the answer for an alternative.
type State uint8

// The states.
const (
	Open  State = iota // undecided, or interrupted
	Found              // some value meets all objectives
	None               // no value meets all of them
)

// State says whether there is an answer.
func (a *Alternative) State() State {
	switch {
	case len(a.Never) > 0:
		return None
	case a.Stopped || a.Met == nil && len(a.Undecided) > 0:
		return Open
	case a.Met == nil:
		return None
	}
	return Found
}

// Least reports that no smaller value than one that may meet exists: there is no fleet of none.
func (a *Alternative) Least() bool {
	first := a.Met
	if len(a.Undecided) > 0 {
		first = a.Undecided[0]
	}
	return a.Whole && a.Ease == Upwards && first != nil && first.Number <= 1
}

// State is the worst of the verdicts, those of the objectives in except left out.
func (p *Probe) State(except map[int]bool) experiment.VerdictState {
	if p.Refused != "" {
		return experiment.Missed
	}
	state := experiment.Met
	for i := range p.verdicts() {
		v := &p.Result.Verdicts[i]
		switch {
		case except[v.Objective]:
		case v.State == experiment.Missed:
			return experiment.Missed
		case v.State == experiment.NotDecided:
			state = experiment.NotDecided
		}
	}
	return state
}

// Replications is how many it took.
func (p *Probe) Replications() int {
	if p.Result == nil {
		return 0
	}
	return p.Result.Variants[0].Replications
}

// Figure is one of its figures.
func (p *Probe) Figure(id metric.ID) stats.Estimate {
	if p.Result == nil {
		return stats.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	}
	m := p.Result.Variants[0].Metric(id)
	return m.Estimate
}

func (p *Probe) verdicts() []experiment.Verdict {
	if p == nil || p.Result == nil {
		return nil
	}
	return p.Result.Verdicts
}

// Verdict is that of an objective; nil where there is none.
func (p *Probe) Verdict(objective int) *experiment.Verdict {
	for i := range p.verdicts() {
		if p.Result.Verdicts[i].Objective == objective {
			return &p.Result.Verdicts[i]
		}
	}
	return nil
}
