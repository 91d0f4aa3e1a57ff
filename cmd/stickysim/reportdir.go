package main

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/reports/outdir"
)

// reportFormat is a way to write the report of a command that runs more than one study.
type reportFormat[T any] struct {
	name  string
	ext   string // of its file in the directory of --out; empty = it is for the terminal
	write func(w io.Writer, r T, o reports.Options) error
}

func reportFormatNames[T any](list []reportFormat[T]) []string {
	var names []string
	for _, f := range list {
		names = append(names, f.name)
	}
	return names
}

// reportFormatNamed is the format of that name. Its error is the user's.
func reportFormatNamed[T any](list []reportFormat[T], name string) (f reportFormat[T], err error) {
	i := slices.IndexFunc(list, func(f reportFormat[T]) bool { return f.name == name })
	if i < 0 {
		return f, usagef("--format: unknown format %q%s", name, didYouMean(name, reportFormatNames(list)))
	}
	return list[i], nil
}

// reportDir is --out of such a command: the directory that gets the report in every format.
type reportDir struct {
	out  string
	stem string // of the names of the files
}

func (o *reportDir) flags(c *cobra.Command, stem string) {
	o.stem = stem
	c.Flags().StringVar(&o.out, "out", "", "write the report in every format, complete, to a `directory`")
	_ = c.MarkFlagDirname("out")
}

// check finds out before anything is simulated whether the directory can be written. One that holds something else is refused.
func (o *reportDir) check(s *streams) error {
	if o.out == "" {
		return nil
	}
	entries, err := outdir.Entries(o.out)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return usagef("--out: %w", err)
	case len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == o.stem+".json" }):
		return usagef("--out: %s is not empty and holds no %s.json; nothing was written", o.out, o.stem)
	}
	name := filepath.Join(o.out, o.stem+".json")
	return errors.Join(writable("--out", name), s.inputs.spareIn(o.out, entries))
}

// saveReport writes the files of --out.
func saveReport[T any](s *streams, o *reportDir, formats []reportFormat[T], r T, meta outdir.Meta) error {
	if o.out == "" {
		return nil
	}
	var list []outdir.Entry
	var names []string
	for _, f := range formats {
		if f.ext == "" {
			continue
		}
		list = append(list, outdir.Entry{Name: o.stem + f.ext, Write: func(w io.Writer) error { return f.write(w, r, reports.Options{}) }})
		names = append(names, o.stem+f.ext)
	}
	dir, err := outdir.Open(o.out)
	if err != nil {
		return err
	}
	if _, err := outdir.WriteAll(dir, list, meta); err != nil {
		return err
	}
	s.note("%s: %s", o.out, strings.Join(names, ", "))
	return nil
}
