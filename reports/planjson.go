package reports

import (
	"io"
	"math"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/plan"
	"stickysim/sim/experiment/resultjson"
	"stickysim/sim/stats"
)

// planJSON is the schema stickysim/plan/1. Numbers that are not known are null.
type planJSON struct {
	Schema       string               `json:"schema"`
	Name         string               `json:"name"`
	Find         string               `json:"find"`
	Values       [2]string            `json:"values"`
	Assumed      string               `json:"assumed,omitempty"`
	Survive      []string             `json:"survive,omitempty"`
	Seed         uint64               `json:"seed"`
	Confidence   float64              `json:"confidence"`
	Replications int                  `json:"replications"`
	Interrupted  bool                 `json:"interrupted,omitempty"`
	Objectives   []string             `json:"objectives"`
	Alternatives []alternativeJSON    `json:"alternatives"`
	Warnings     []resultjson.Warning `json:"warnings,omitempty"`
}

type alternativeJSON struct {
	Name      string       `json:"name"`
	State     string       `json:"state"` // found, none, open
	Counts    bool         `json:"counts"`
	Missed    *string      `json:"missed"`
	Met       *string      `json:"met"`
	Undecided []string     `json:"undecided,omitempty"`
	Limiting  []string     `json:"limiting,omitempty"`
	Never     []string     `json:"never,omitempty"`
	Factor    *[2]*float64 `json:"factor"` // null as its upper end: it may be any larger one
	Month     *float64     `json:"month,omitempty"`
	Probes    []probeJSON  `json:"probes"`
	Knobs     []knobJSON   `json:"knobs,omitempty"`
}

type probeJSON struct {
	Value        string        `json:"value"`
	Replications int           `json:"replications"`
	Refused      string        `json:"refused,omitempty"`
	Verdicts     []verdictJSON `json:"verdicts,omitempty"`
}

type knobJSON struct {
	Knob string   `json:"knob"`
	Text string   `json:"text"`
	Set  []string `json:"set"`
	probeJSON
}

type verdictJSON struct {
	Objective string   `json:"objective"`
	State     string   `json:"state"`
	Mean      *float64 `json:"mean"`
	Lo        *float64 `json:"lo"`
	Hi        *float64 `json:"hi"`
	Limit     *float64 `json:"limit"`
	Why       string   `json:"why,omitempty"`
}

// WritePlanJSON writes a finished search for programs.
func WritePlanJSON(w io.Writer, p *Planned) error {
	r := p.Result
	j := planJSON{Schema: r.Schema, Name: r.Name, Find: r.Find, Values: r.Values, Assumed: p.Assumed, Survive: p.Survive, Seed: r.Seed, Confidence: r.Confidence,
		Replications: r.Replications, Interrupted: r.Interrupted, Alternatives: []alternativeJSON{}}
	for i := range r.Objectives {
		j.Objectives = append(j.Objectives, r.Objectives[i].String())
	}
	for i := range r.Alternatives {
		j.Alternatives = append(j.Alternatives, p.alternativeJSON(&r.Alternatives[i]))
	}
	for _, warning := range r.Warnings {
		j.Warnings = append(j.Warnings, resultjson.WarningOf(warning))
	}
	return writeJSON(w, j)
}

var planStates = map[plan.State]string{plan.Open: "open", plan.Found: "found", plan.None: "none"}

func (p *Planned) alternativeJSON(a *plan.Alternative) alternativeJSON {
	j := alternativeJSON{Name: a.Name, State: planStates[a.State()], Counts: a.Counts, Missed: valueOf(a.Missed), Met: valueOf(a.Met), Probes: []probeJSON{}}
	for _, u := range a.Undecided {
		j.Undecided = append(j.Undecided, u.Value)
	}
	for _, o := range a.Limiting {
		j.Limiting = append(j.Limiting, p.Result.Objectives[o].String())
	}
	for _, n := range a.Never {
		j.Never = append(j.Never, p.Result.Objectives[n.Objective].String())
	}
	if a.Factor.Known() {
		j.Factor = &[2]*float64{known(a.Factor.Lo), known(a.Factor.Hi)}
	}
	if p.Price > 0 && p.Result.Find == "servers" && a.Met != nil {
		j.Month = known(a.Met.Number * p.Price * monthHours)
	}
	for _, probe := range a.Probes {
		j.Probes = append(j.Probes, p.probeJSON(probe))
	}
	for _, t := range a.Trials {
		k := knobJSON{Knob: t.Knob.Name, Text: t.Knob.Text, probeJSON: p.probeJSON(t.Probe)}
		for _, s := range t.Knob.Setting {
			k.Set = append(k.Set, s.String())
		}
		j.Knobs = append(j.Knobs, k)
	}
	return j
}

func valueOf(p *plan.Probe) *string {
	if p == nil {
		return nil
	}
	return &p.Value
}

func (p *Planned) probeJSON(probe *plan.Probe) probeJSON {
	j := probeJSON{Value: probe.Value, Replications: probe.Replications(), Refused: probe.Refused}
	for i := range p.Result.Objectives {
		if v := probe.Verdict(i); v != nil {
			j.Verdicts = append(j.Verdicts, verdictOf(v, p.Result.Objectives[i].String()))
		}
	}
	return j
}

func verdictOf(v *experiment.Verdict, objective string) verdictJSON {
	j := verdictJSON{Objective: objective, State: v.State.String(), Mean: known(v.Value.Mean), Limit: known(v.Limit), Why: v.Why}
	if v.Value.Kind != stats.KindNone {
		j.Lo, j.Hi = known(v.Value.Lo), known(v.Value.Hi)
	}
	return j
}

// known is a number, or nil where JSON has none.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
