package reports

import (
	"fmt"
	"io"
	"strings"

	"stickysim/sim/experiment"
)

// Formats lists the names that Write knows.
func Formats() []string { return []string{"table", "markdown", "json", "csv"} }

// Write writes a result in the format of that name. It returns an error that lists the names for another one.
func Write(w io.Writer, res *experiment.Result, format string, o Options) error {
	switch format {
	case "table":
		return WriteTable(w, res, o)
	case "markdown":
		return WriteMarkdown(w, res)
	case "json":
		return WriteJSON(w, res)
	case "csv":
		return WriteCSV(w, res)
	}
	return fmt.Errorf("format: must be one of %s, got %q", strings.Join(Formats(), ", "), format)
}
