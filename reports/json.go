package reports

import (
	"encoding/json"
	"io"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

var _ = Register(Format{Name: "json", Doc: "the whole result, for programs and stickysim report",
	Write: func(w io.Writer, res *experiment.Result, _ Options) error { return resultjson.Write(w, res) }})

// writeJSON writes a document for people and programs: indented, with <, > and & as they are.
func writeJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(document)
}
