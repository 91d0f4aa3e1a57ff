package reports

import (
	"fmt"
	"io"

	"stickysim/sim/experiment"
)

// WriteDir writes a result as files: result.json, metrics.csv, servers.csv, timeseries.csv, sessions_lost.csv, the plots
// as SVG and PNG, and meta.json. All are complete before the first gets its name, and result.json gets its last: where
// it is, everything is. An error before that leaves the directory as it was.
func WriteDir(dir Dir, res *experiment.Result, meta Meta) (err error) {
	batch := &batch{dir: dir}
	defer func() {
		if err != nil {
			batch.abort()
		}
	}()
	for _, f := range []struct {
		name  string
		write func(io.Writer, *experiment.Result) error
	}{{"metrics.csv", WriteCSV}, {"servers.csv", WriteServersCSV}, {"timeseries.csv", WriteTimeseriesCSV},
		{"sessions_lost.csv", WriteSessionsLostCSV}} {
		if err := writeTo(batch.create, f.name, func(w io.Writer) error { return f.write(w, res) }); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if err := WritePlots(batch.create, res); err != nil {
		return fmt.Errorf("plots: %w", err)
	}
	if err := writeTo(batch.create, "meta.json", func(w io.Writer) error { return WriteMeta(w, meta) }); err != nil {
		return fmt.Errorf("meta.json: %w", err)
	}
	if err := writeTo(batch.create, "result.json", func(w io.Writer) error { return WriteJSON(w, res) }); err != nil {
		return fmt.Errorf("result.json: %w", err)
	}
	return batch.commit()
}

// batch holds back files until all of them are written.
type batch struct {
	dir   Dir
	files []File
}

// held is a file whose closing waits for the batch.
type held struct{ File }

func (held) Close() error { return nil }

func (b *batch) create(name string) (io.WriteCloser, error) {
	f, err := b.dir.Create(name)
	if err != nil {
		return nil, err
	}
	b.files = append(b.files, f)
	return held{f}, nil
}

// commit gives the files their names in the order of their creation.
func (b *batch) commit() error {
	for len(b.files) > 0 {
		f := b.files[0]
		b.files = b.files[1:]
		if err := f.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) abort() {
	for _, f := range b.files {
		f.Abort()
	}
	b.files = nil
}
