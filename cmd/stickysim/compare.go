package main

import (
	"github.com/spf13/cobra"
)

const compareExample = `  stickysim compare nat-hotspot
  stickysim compare nat-hotspot --policies cookie,ip-hash,nginx/ip_hash
  stickysim compare shop.yaml --baseline-policy stateless --out shop-result`

func newCompare(s *streams) *cobra.Command {
	o := &RunOptions{AtLeast: 2}
	c := &cobra.Command{
		Use: "compare SCENARIO", Short: "Show how alternatives differ, with confidence intervals",
		Long: "Simulate all alternatives of a scenario with the same clients, arrivals and faults, and show the paired " +
			"difference of every metric from the baseline, with its confidence interval.\n\n" + judgedHelp + "\n\n" + screenHelp,
		Example: compareExample, Args: cobra.ExactArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.Scenarios = args
			o.note(c)
			return simulateAll(c.Context(), s, o)
		},
	}
	o.flags(c)
	return c
}
