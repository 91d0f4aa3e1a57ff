package main

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/sim/experiment"
)

// output says where a result goes.
type output struct {
	Format string // of standard output
	Out    string // directory for the whole result; empty = none
	Events string // file for the event log of replication 0; empty = none
}

var formats = []string{"table", "markdown", "json", "csv"}

func (o *output) flags(c *cobra.Command) {
	o.formatFlag(c)
	o.outFlag(c)
	c.Flags().StringVar(&o.Events, "events", "", "write the events of replication 0 to a `file`, as JSON lines")
}

func (o *output) outFlag(c *cobra.Command) {
	c.Flags().StringVar(&o.Out, "out", "", "write the whole result to a `directory`: result.json, CSV and plots")
	_ = c.MarkFlagDirname("out")
}

func (o *output) formatFlag(c *cobra.Command) {
	c.Flags().StringVar(&o.Format, "format", "table", "`format` of the answer: "+strings.Join(formats, ", "))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

func (o *output) check() error {
	if !slices.Contains(formats, o.Format) {
		return usagef("--format: unknown format %q%s", o.Format, meant(o.Format, formats))
	}
	return nil
}

// show prints a result on standard output.
func (o *output) show(s *streams, r *experiment.Result, another bool) error {
	var b bytes.Buffer // so that a result is printed completely or not at all
	if another && (o.Format == "table" || o.Format == "markdown") {
		b.WriteByte('\n')
	}
	var err error
	switch o.Format {
	case "json":
		err = reports.WriteJSON(&b, r)
	case "csv":
		err = reports.WriteCSV(&b, r)
	case "markdown":
		err = reports.WriteMarkdown(&b, r)
	default:
		err = reports.WriteTable(&b, r, reports.Options{Width: s.width, Color: s.color})
	}
	if err == nil {
		_, err = b.WriteTo(s.out)
	}
	return err
}

// save writes what --events and --out ask for.
func (o *output) save(s *streams, r *experiment.Result, t target, m reports.Meta) error {
	if t.events != "" {
		if err := writeWhole(t.events, func(w io.Writer) error { return writeEvents(w, r) }); err != nil {
			return err
		}
	}
	if t.dir == "" {
		return nil
	}
	dir, err := reports.OutDir(t.dir)
	if err != nil {
		return err
	}
	if err := reports.WriteDir(dir, r, m); err != nil {
		return err
	}
	plots, err := filepath.Glob(filepath.Join(t.dir, "*.svg"))
	s.note("%s: result.json, CSV and the plots (SVG and PNG)", t.dir)
	for _, path := range plots {
		s.note("  %s", path)
	}
	return err
}
