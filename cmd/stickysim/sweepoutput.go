package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"stickysim/reports"
	"stickysim/reports/outdir"
	"stickysim/reports/parquet"
	"stickysim/reports/plot"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/replications"
	"stickysim/sim/experiment/sweep"
	"stickysim/sim/metric"
)

// sweepFormat is a way to print a sweep.
type sweepFormat struct {
	name  string
	write func(io.Writer, *reports.Sweep, reports.Options) error // nil: rows are printed as points are finished
}

var sweepFormats = []sweepFormat{
	{"csv", nil}, {"json", reports.WriteSweepJSON}, {"markdown", reports.WriteSweepMarkdown}, {"table", reports.WriteSweepTable},
}

func sweepFormatNames() []string {
	var names []string
	for _, f := range sweepFormats {
		names = append(names, f.name)
	}
	return names
}

// pointsName is the folder of a sweep's directory that keeps the replications, a folder per point.
const pointsName = "points"

// sweepOutput is where the results of the points go.
type sweepOutput struct {
	o      *SweepOptions
	plan   *sweepPlan
	shown  *reports.Sweep
	tables []*sweepTable
	spool  *os.File // of replications; nil without a directory
	rows   *reports.SweepReplications
	print  reports.RowWriter // of --format csv, on standard output
	origin
	watch stopwatch
	s     *streams
}

// origin is where the replications of a sweep are from.
type origin struct {
	from []string // directories in which they are; nil: points are simulated
	keep bool     // they are kept, or copied, below the directory of --out
}

// sweepTable is a table that grows with each point, in a file without a name until it is complete.
type sweepTable struct {
	name string
	file *os.File
	rows reports.RowWriter
	add  pointRows // nil: it is written when all points are there
}

// pointRows writes the rows of a point to a table.
type pointRows func(reports.RowWriter, []sweep.Axis, []experiment.Setting, *experiment.Result) error

// open prepares the directory. What cannot be written shows here, before anything is simulated.
func (o *SweepOptions) open(s *streams, p *sweepPlan, wanted []metric.ID, from origin) (*sweepOutput, error) {
	out := &sweepOutput{o: o, plan: p, s: s, origin: from, watch: startWatch(s.args), shown: &reports.Sweep{Axes: p.axes, Design: p.design, Wanted: wanted, Total: len(p.points), Dir: o.out}}
	if o.format == "csv" && !o.shard.on() {
		var err error
		if out.print, err = reports.NewCSVRows(s.out, reports.SweepColumns(p.axes)); err != nil {
			return nil, err
		}
	}
	if o.out == "" {
		return out, nil
	}
	if err := out.openDir(); err != nil || o.shard.on() {
		return out, err
	}
	return out, out.openTables()
}

func (out *sweepOutput) openDir() error {
	if err := errors.Join(vacantSweep(out.o.out), writableDir(out.o.out, "sweep.csv")); err != nil {
		return err
	}
	if !out.keep {
		_, err := outdir.Open(out.o.out)
		return err
	}
	files := pointsIn(out.o.out)
	key, err := keyOf(&experiment.Study{Fingerprint: out.plan.fingerprint})
	if err != nil {
		return err
	}
	if err := files.Sweep(); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if _, err := replications.Create(files, key); err != nil {
		var other *replications.MismatchError
		switch {
		case errors.As(err, &other) && other.What == "scenario":
			return usagef("--out: %s holds another sweep, with other points or of another scenario; name another directory", files)
		case other != nil:
			return usagef("--out: %s %w; name another directory", files, err)
		}
		return fmt.Errorf("--out: %w", err)
	}
	changes, err := json.Marshal(append([]string{}, out.o.changes...))
	if err != nil {
		return err
	}
	return errors.Join(files.Write(archiveName, out.plan.archive), files.Write(changesName, changes), out.noteShards(files))
}

// noteShards remembers how many shards there are.
func (out *sweepOutput) noteShards(files outdir.Files) error {
	if !out.o.shard.on() {
		return nil
	}
	return files.Write(shardsName, []byte(strconv.Itoa(out.o.shard.of)))
}

// openTables begins the tables.
func (out *sweepOutput) openTables() (err error) {
	if out.spool, err = unnamed(out.o.out); err != nil {
		return err
	}
	out.rows = reports.NewSweepReplications(out.plan.axes, out.spool)
	if out.plan.judged {
		if err := out.table("objectives", reports.SweepObjectiveColumns(out.plan.axes), reports.WriteSweepObjectives); err != nil {
			return err
		}
	}
	return out.table("sweep", reports.SweepColumns(out.plan.axes), reports.WriteSweepRows)
}

// vacantSweep refuses a directory that holds something, and no sweep. Another shard may just begin there.
func vacantSweep(dir string) error {
	if isSweep(dir) {
		return nil
	}
	entries, _ := outdir.Entries(dir) // what is wrong with the directory shows when it is written to
	for _, e := range entries {
		if e.Name() == "sweep.csv" { // which report writes without replications
			return nil
		}
	}
	for _, e := range entries {
		if e.Name() != pointsName {
			return usagef("--out: %s is not empty and holds no sweep; nothing was written", dir)
		}
	}
	return nil
}

// table begins a table in each format.
func (out *sweepOutput) table(name string, columns []reports.Column, rows pointRows) error {
	add := func(ext string, begin func(io.Writer, []reports.Column) (reports.RowWriter, error)) error {
		f, err := unnamed(out.o.out)
		if err != nil {
			return err
		}
		t := &sweepTable{name: name + ext, file: f, add: rows}
		out.tables = append(out.tables, t)
		t.rows, err = begin(f, columns)
		return err
	}
	if err := add(".csv", reports.NewCSVRows); err != nil || !out.o.parquet {
		return err
	}
	return add(".parquet", parquet.New)
}

// unnamed is a file in dir that has no name.
func unnamed(dir string) (*os.File, error) {
	f, err := outdir.Spool(dir)
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return f, nil
}

// pointsIn is the folder of a sweep in a directory.
func pointsIn(dir string) outdir.Files { return outdir.Files(filepath.Join(dir, pointsName)) }

// pointIn is the folder of a point.
func pointIn(dir string, i int) outdir.Files {
	return outdir.Files(filepath.Join(string(pointsIn(dir)), fmt.Sprintf("%05d", i)))
}

// isSweep reports whether a directory keeps the points of a sweep.
func isSweep(dir string) bool {
	_, err := pointsIn(dir).ReadFile("study.json")
	return err == nil
}

// saved is where the replications of a point are kept, or gathered from; nil without a directory.
func (out *sweepOutput) saved(i int, study *experiment.Study) (experiment.Saved, error) {
	key, err := keyOf(study)
	if err != nil {
		return nil, err
	}
	var to *replications.Folder
	if out.keep && out.o.out != "" && !slices.Contains(out.from, out.o.out) {
		files := pointIn(out.o.out, i)
		if to, err = replications.Create(files, key); err != nil {
			return nil, fmt.Errorf("--out: %w", strange(files, err, ""))
		}
		if err := files.Sweep(); err != nil {
			return nil, fmt.Errorf("--out: %w", err)
		}
		to.Note = func(text string) { out.s.note("%s: %s; that replication is run again", files, text) }
	}
	switch {
	case out.from != nil:
		return gatherPoint(out.from, i, key, to)
	case to == nil:
		return nil, nil
	}
	return to, nil
}

// add takes the result of the next point.
func (out *sweepOutput) add(point []experiment.Setting, r *experiment.Result) error {
	out.shown.Add(point, r)
	if out.print != nil {
		if err := reports.WriteSweepRows(out.print, out.plan.axes, point, r); err != nil {
			return err
		}
	}
	if out.rows == nil {
		return nil
	}
	if err := out.rows.Add(point, r); err != nil {
		return err
	}
	for _, t := range out.tables {
		if err := t.add(t.rows, out.plan.axes, point, r); err != nil {
			return err
		}
	}
	return nil
}

// finish writes the files, where all points are there, and prints the sweep.
func (out *sweepOutput) finish(partial bool) error {
	s := out.s
	if out.o.shard.on() {
		if !partial {
			s.note("%s: %s is complete, in %s. When all shards are: stickysim merge %s --out RESULT", out.plan.name, &out.o.shard, pointsIn(out.o.out), out.o.out)
		}
		return nil
	}
	if !partial && out.rows != nil {
		if err := out.write(); err != nil {
			return err
		}
		s.note("%s: tables and curves", out.o.out)
	}
	if out.print != nil {
		return out.print.Close()
	}
	if out.shown.Empty() {
		return nil
	}
	var b bytes.Buffer
	for _, f := range sweepFormats {
		if f.name == out.o.format {
			if err := f.write(&b, out.shown, reports.Options{Width: s.width, Color: s.color}); err != nil {
				return err
			}
		}
	}
	return s.print(&b, out.o.format)
}

// write gives all files their names.
func (out *sweepOutput) write() error {
	if err := out.rows.Flush(); err != nil {
		return err
	}
	first := len(out.tables)
	columns := out.rows.Columns()
	if err := out.table("replications", columns, nil); err != nil {
		return err
	}
	for _, t := range out.tables[first:] {
		if _, err := out.spool.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := out.rows.Rows(t.rows, out.spool); err != nil {
			return err
		}
	}
	var list []outdir.Entry
	for _, t := range out.tables {
		if err := t.rows.Close(); err != nil {
			return err
		}
		list = append(list, outdir.Entry{Name: t.name, Write: t.copy})
	}
	dir, err := outdir.Open(out.o.out)
	if err != nil {
		return err
	}
	_, err = outdir.WriteAll(dir, append(list, out.explained(columns)...), out.watch.meta(out.o.jobs, &experiment.Result{}))
	return err
}

// copy writes the finished table.
func (t *sweepTable) copy(w io.Writer) error {
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, t.file)
	return err
}

// explained are the curves, and what explains the tables.
func (out *sweepOutput) explained(replications []reports.Column) (list []outdir.Entry) {
	for _, f := range reports.SweepFigures(out.shown) {
		list = append(list,
			outdir.Entry{Name: f.Name + ".svg", Write: func(w io.Writer) error { return plot.WriteSVG(w, &f) }},
			outdir.Entry{Name: f.Name + ".png", Write: func(w io.Writer) error { return plot.WritePNG(w, &f) }})
	}
	about := map[string][]reports.Column{"sweep": reports.SweepColumns(out.plan.axes), "replications": replications}
	if out.plan.judged {
		about["objectives"] = reports.SweepObjectiveColumns(out.plan.axes)
	}
	return append(list, outdir.Entry{Name: "columns.json", Write: func(w io.Writer) error { return reports.WriteColumnsJSON(w, about) }})
}

// resumable adds to an error of reading or writing that nothing is lost of what was finished.
func (out *sweepOutput) resumable(err error) error {
	if out.o.out == "" || out.from != nil {
		return err
	}
	return (&store{files: pointsIn(out.o.out)}).resumable(err)
}

// abort removes what has no name yet.
func (out *sweepOutput) abort() {
	for _, t := range out.tables {
		outdir.Discard(t.file)
	}
	if out.spool != nil {
		outdir.Discard(out.spool)
	}
}
