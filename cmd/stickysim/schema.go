package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"stickysim/reports/outdir"
	"stickysim/scenarios"
	"stickysim/sim/experiment/resultjson"
)

const schemaExample = `  stickysim schema --out ` + scenarios.SchemaName + `
  stickysim schema --result > ` + resultjson.SchemaName

func newSchema(s *streams) *cobra.Command {
	result, out := false, ""
	c := &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of scenario files or results",
		Long: "Print the JSON Schema of scenario files, or of result.json with --result.\n\n" +
			"Editors that support YAML schemas complete and check a scenario if the schema is in the same folder and " +
			"the scenario starts with the line\n\n  # yaml-language-server: $schema=" + scenarios.SchemaName +
			"\n\nThe commands import and scenarios copy write both.",
		Example: schemaExample, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := scenarios.Schema()
			if result {
				text = resultjson.Schema()
			}
			if out == "" {
				_, err := s.out.Write(text)
				return err
			}
			return s.writeText("--out", out, text)
		},
	}
	c.Flags().BoolVar(&result, "result", false, "print the schema of result.json instead")
	c.Flags().StringVarP(&out, "out", "o", "", "write the schema to a `file` instead of standard output")
	return c
}

func (s *streams) writeText(flag, name string, text []byte) error {
	return s.write(flag, name, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// writeSchema puts the schema of scenario files beside a scenario in dir, where its first line expects it. It replaces
// only a schema of this program.
func (s *streams) writeSchema(dir string) error {
	path := filepath.Join(dir, scenarios.SchemaName)
	have, err := outdir.Files(dir).ReadFile(scenarios.SchemaName)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist), err == nil && !bytes.Contains(have, []byte(scenarios.SchemaID)):
		s.note("%s is not a schema of stickysim and stays as it is", path)
		return nil
	case err == nil && bytes.Equal(have, scenarios.Schema()):
		return nil
	}
	return s.writeText("the schema", path, scenarios.Schema())
}
