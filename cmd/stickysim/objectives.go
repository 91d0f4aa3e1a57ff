package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// judgedHelp says what commands that only show verdicts do with objectives.
const judgedHelp = "Objectives of the scenario and of --objective are judged and shown: met, missed or undecided. They do not change the exit code: " +
	"stickysim gate fails on them."

// objectives are those of the command line, which a study has beside those of its scenario.
type objectives struct{ texts []string }

func (o *objectives) flags(c *cobra.Command) {
	repeatable(c.Flags(), &o.texts, "objective", "add an `objective` such as 'latency.p95 < 300ms' (repeatable)")
}

// apply adds the objectives to a study, unless it has them. They can fail a gate.
func (o *objectives) apply(s *experiment.Study) error {
	var problems diag.List
	for _, text := range o.texts {
		x, err := experiment.ParseObjective(text, s.Scope())
		var e *experiment.ObjectiveError
		if errors.As(err, &e) {
			problems.Add(diag.Problem{Rule: e.Rule, File: fmt.Sprintf("%s: --objective %q", s.Name, text), Message: e.Message, Hint: e.Hint})
			continue
		}
		if i := slices.IndexFunc(s.Objectives, x.Excludes); i >= 0 {
			problems.Add(diag.Problem{Rule: "bad-objective", File: fmt.Sprintf("%s: --objective %q", s.Name, text),
				Message: "cannot be met together with " + s.Objectives[i].String(), Hint: "write limits between which a value can lie, or leave one out"})
			continue
		}
		if !slices.ContainsFunc(s.Objectives, func(o experiment.Objective) bool { return !o.Warn && len(o.On) == 0 && o.String() == x.String() }) {
			s.Objectives = append(s.Objectives, x)
		}
	}
	return problems.Err()
}
