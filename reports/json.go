package reports

import (
	"io"

	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

var _ = Register(Format{Name: "json", Doc: "the whole result, for programs and stickysim report",
	Write: func(w io.Writer, res *experiment.Result, _ Options) error { return resultjson.Write(w, res) }})
