package outdir

import (
	"io"

	"stickysim/reports"
	"stickysim/reports/plot"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

// entries lists the files of a result directory, without meta.json, in the order in which they get their names.
func entries(res *experiment.Result) []Entry {
	of := func(write func(io.Writer, *experiment.Result) error) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, res) }
	}
	list := []Entry{
		{"metrics.csv", of(reports.WriteCSV)},
		{"servers.csv", of(reports.WriteServersCSV)},
		{"timeseries.csv", of(reports.WriteTimeseriesCSV)},
		{"sessions_lost.csv", of(reports.WriteSessionsLostCSV)},
	}
	for _, f := range reports.Figures(res) {
		list = append(list,
			Entry{f.Name + ".svg", func(w io.Writer) error { return plot.WriteSVG(w, &f) }},
			Entry{f.Name + ".png", func(w io.Writer) error { return plot.WritePNG(w, &f) }})
	}
	return append(list, Entry{"result.json", of(resultjson.Write)})
}

// Write writes a result as files: metrics.csv, servers.csv, timeseries.csv, sessions_lost.csv, the plots as SVG and PNG,
// meta.json and result.json. It returns their names. It is [WriteAll]: where result.json is, everything is.
func Write(dir Dir, res *experiment.Result, meta Meta) (names []string, err error) {
	return WriteAll(dir, entries(res), meta)
}
