package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/scenarios"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

const validateExample = `  stickysim validate shop.yaml
  stickysim validate scenarios/*.yaml
  stickysim validate shop.yaml --set servers.count=2`

func newValidate(s *streams) *cobra.Command {
	o := &selection{}
	c := &cobra.Command{
		Use: "validate SCENARIO...", Short: "Check scenarios without running them",
		Long: "Check scenarios without running them. Standard error lists all problems of all files. For a valid scenario, " +
			"standard output shows its alternatives, the expected utilization of their servers, and what was found in the logs that it replays.",
		Example: validateExample, Args: cobra.MinimumNArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error { return validate(s, o, args) },
	}
	o.flags(c)
	return c
}

func validate(s *streams, o *selection, names []string) error {
	var failed []error
	for _, name := range names {
		b, err := s.build(name, o)
		if errors.Is(err, errInterrupted) {
			return err
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		s.warn(b)
		if err := summarize(s, name, b); err != nil {
			return err
		}
	}
	return together(failed)
}

// summarize prints the alternatives of a valid scenario and their expected load.
func summarize(s *streams, name string, b *scenarios.Built) error {
	m := b.Study.Variants[0].Model
	if _, err := fmt.Fprintf(s.out, "%s: valid: %s, %s, %s each\n", diag.Clean(name), count(len(b.Study.Variants), "alternative"),
		replicationCount(b.Study.Replications), reports.FormatSpan(m.Duration.Seconds())); err != nil {
		return err
	}
	t := newTable(s.out)
	t.row("  ALTERNATIVE", "SERVERS", "REQUESTS/S", "UTILIZATION")
	for i, l := range b.Load {
		requests := 0.0
		for _, p := range l.Populations {
			requests += p.Requests
		}
		t.row("  "+clip(l.Variant, 40), fmt.Sprint(len(b.Study.Variants[i].Model.Servers)), figure("%.3g", requests), figure("%.0f %%", 100*l.Utilization()))
	}
	if err := t.end(); err != nil {
		return err
	}
	return describeLogs(s, b.Study)
}

// describeLogs prints a paragraph about each log that is replayed.
func describeLogs(s *streams, study *experiment.Study) error {
	for _, r := range study.Replayed() {
		if _, err := fmt.Fprintf(s.out, "  %s\n", reports.LogParagraph(&r)); err != nil {
			return err
		}
	}
	return nil
}

func replicationCount(r experiment.Replications) string {
	if r.Min == r.Max {
		return count(r.Max, "replication")
	}
	return fmt.Sprintf("%d to %d replications", r.Min, r.Max)
}
