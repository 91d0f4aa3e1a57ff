package main

import (
	"github.com/spf13/cobra"

	"stickysim/scenarios"
	"stickysim/sim/experiment/resultjson"
)

const schemaExample = `  stickysim schema > ` + scenarios.SchemaName + `
  stickysim schema --result > ` + resultjson.SchemaName

func newSchema(s *streams) *cobra.Command {
	result := false
	c := &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of scenario files or results",
		Long: "Print the JSON Schema of scenario files, or of result.json with --result.\n\n" +
			"Editors that support YAML schemas complete and check a scenario if the schema is in the same folder and " +
			"the scenario starts with the line\n\n  # yaml-language-server: $schema=" + scenarios.SchemaName,
		Example: schemaExample, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := scenarios.Schema()
			if result {
				text = resultjson.Schema()
			}
			_, err := s.out.Write(text)
			return err
		},
	}
	c.Flags().BoolVar(&result, "result", false, "print the schema of result.json instead")
	return c
}
