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
		Use: "compare SCENARIO", Short: "Paired differences between policies, with intervals",
		Long: "Simulate a scenario with the same clients, arrivals and faults under each policy, and show how the\n" +
			"others differ from --baseline-policy: the paired difference of each figure with its interval.",
		Example: compareExample, Args: cobra.ExactArgs(1), ValidArgsFunction: completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			o.Scenarios = args
			return simulateAll(c.Context(), s, o)
		},
	}
	o.flags(c)
	return c
}
