package resultjson

import (
	"cmp"
	"fmt"

	"stickysim/sim/experiment"
)

// objectiveJSON is what must hold.
type objectiveJSON struct {
	That     string   `json:"that" doc:"as scenarios write it, such as latency.p95 < 300ms"`
	Severity string   `json:"severity" doc:"fail: a miss fails a gate; warn: it is only reported"`
	On       []string `json:"on,omitempty" doc:"the alternatives that are judged; missing: all, or the one that it names"`
}

// verdictJSON is what the replications say of an objective, for one alternative.
type verdictJSON struct {
	Objective   int          `json:"objective" doc:"place in objectives, from 0"`
	That        string       `json:"that" doc:"the objective"`
	Alternative string       `json:"alternative" doc:"the alternative that is judged"`
	State       string       `json:"state" doc:"met, missed, or undecided within the replications there are"`
	Counts      bool         `json:"counts" doc:"it can fail a gate: the objective is no warning, and the gate judges the alternative"`
	Value       estimateJSON `json:"value" doc:"the figure, at the level of the decision"`
	Limit       number       `json:"limit" doc:"in the unit of the figure; null where it is not known"`
	Margin      estimateJSON `json:"margin" doc:"what is left to the limit, at the level of the decision: positive on the good side; paired where the limit is another figure"`
	Level       float64      `json:"level" doc:"confidence level of the intervals: that of the decision, after Holm's correction over the verdicts that count, or over the others, and over the looks"`
	Needs       int          `json:"needs,omitempty" doc:"replications that would decide it, if it stays as it is; left out: it is decided; -1: more than 1000, or it cannot be known"`
	Why         string       `json:"why,omitempty" doc:"why it is undecided"`
}

// severities are the words for whether a miss only warns.
var severities = map[bool]string{false: "fail", true: "warn"}

// judgedMembers are the objectives and verdicts of a result, where it has some.
func judgedMembers(r *experiment.Result) object {
	if len(r.Objectives) == 0 {
		return nil
	}
	objectives, verdicts := make(list, len(r.Objectives)), make(list, len(r.Verdicts))
	for i, o := range r.Objectives {
		objectives[i] = objectiveJSON{That: o.String(), Severity: severities[o.Warn], On: o.On}
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		verdicts[i] = verdictJSON{Objective: v.Objective, That: r.Objectives[v.Objective].String(), Alternative: v.Alternative, State: v.State.String(),
			Counts: v.Counts, Value: toEstimate(v.Value, r.Objectives[v.Objective].Subject.Metric.Of().Unit), Limit: number(v.Limit), Margin: toEstimate(v.Margin, ""),
			Level: v.Value.Confidence, Needs: v.Needs, Why: v.Why}
	}
	return object{{"objectives", objectives}, {"verdicts", verdicts}}
}

// judged reads objectives and verdicts into a result. It refuses an objective that this version does not understand, and
// verdicts on what there is not.
func (j *resultJSON) judged(r *experiment.Result) error {
	for i, in := range j.Objectives {
		o, err := experiment.ReadObjective(in.That)
		if err != nil {
			return fmt.Errorf("objectives: %q %w", in.That, err)
		}
		o.Warn, o.On = in.Severity == severities[true], j.Objectives[i].On
		r.Objectives = append(r.Objectives, o)
	}
	known := map[string]bool{}
	for i := range r.Variants {
		known[r.Variants[i].Name] = true
	}
	for i := range j.Verdicts {
		v := &j.Verdicts[i]
		state, ok := experiment.ParseVerdictState(v.State)
		switch {
		case !ok:
			return fmt.Errorf("verdicts: unknown state %q", v.State)
		case v.Objective < 0 || v.Objective >= len(r.Objectives):
			return fmt.Errorf("verdicts: objective %d, but there are %d objectives", v.Objective, len(r.Objectives))
		case !known[v.Alternative]:
			return fmt.Errorf("verdicts: there is no variant %q", v.Alternative)
		}
		level := cmp.Or(v.Level, j.Confidence)
		r.Verdicts = append(r.Verdicts, experiment.Verdict{Objective: v.Objective, Alternative: v.Alternative, State: state, Counts: v.Counts,
			Value: v.Value.estimate(level), Limit: float64(v.Limit), Margin: v.Margin.estimate(level), Needs: v.Needs, Why: v.Why})
		if err := checkVerdict(r, &r.Verdicts[len(r.Verdicts)-1]); err != nil {
			return fmt.Errorf("verdicts: %q for %q: %w", v.That, v.Alternative, err)
		}
	}
	return nil
}
