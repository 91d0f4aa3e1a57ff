package main

import (
	"github.com/spf13/cobra"

	"stickysim/scenarios"
)

func newSchema(s *streams) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of scenario files",
		Long: "Print the JSON Schema of scenario files. Editors that read YAML schemas complete and check scenarios by it,\n" +
			"when it lies beside a scenario whose first line is\n\n  # yaml-language-server: $schema=" + scenarios.SchemaName,
		Example: "  stickysim schema > " + scenarios.SchemaName, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := s.out.Write(scenarios.Schema())
			return err
		},
	}
}
