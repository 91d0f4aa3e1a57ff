package outdir

import (
	"fmt"
	"io"

	"stickysim/reports"
	"stickysim/reports/plot"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/resultjson"
)

// entry is a file of a result directory.
type entry struct {
	name  string
	write func(io.Writer) error
}

// entries lists the files of a result directory in the order in which they get their names.
func entries(res *experiment.Result, meta Meta) []entry {
	of := func(write func(io.Writer, *experiment.Result) error) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, res) }
	}
	list := []entry{
		{"metrics.csv", of(reports.WriteCSV)},
		{"servers.csv", of(reports.WriteServersCSV)},
		{"timeseries.csv", of(reports.WriteTimeseriesCSV)},
		{"sessions_lost.csv", of(reports.WriteSessionsLostCSV)},
	}
	for _, f := range reports.Figures(res) {
		list = append(list,
			entry{f.Name + ".svg", func(w io.Writer) error { return plot.WriteSVG(w, &f) }},
			entry{f.Name + ".png", func(w io.Writer) error { return plot.WritePNG(w, &f) }})
	}
	return append(list,
		entry{"meta.json", meta.write},
		entry{"result.json", of(resultjson.Write)})
}

// Write writes a result as files: metrics.csv, servers.csv, timeseries.csv, sessions_lost.csv, the plots as SVG and PNG,
// meta.json and result.json. It returns their names. All are complete before the first gets its name, and result.json
// gets its last: where it is, everything is. An error before that leaves the directory as it was.
func Write(dir Dir, res *experiment.Result, meta Meta) (names []string, err error) {
	var written []File
	defer func() {
		for _, f := range written {
			f.Abort()
		}
	}()
	for _, e := range entries(res, meta) {
		f, err := dir.Create(e.name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		written = append(written, f)
		if err := e.write(f); err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		names = append(names, e.name)
	}
	for len(written) > 0 {
		f := written[0]
		written = written[1:]
		if err := f.Commit(); err != nil {
			return nil, err
		}
	}
	return names, nil
}
