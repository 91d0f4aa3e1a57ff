package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/reports/outdir"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// output says where a result goes.
type output struct {
	Format string   // of standard output; a registered format of reports
	Out    string   // directory for the whole result; empty = none
	Events string   // file for the event log of the first replication; empty = none
	Show   []string // sections of reports after the first screen
	Sort   string   // of the alternatives: one of sortings
}

// screenHelp says what run, compare and report print.
const screenHelp = `The first screen answers the scenario's question: a row per alternative, best first; the mechanisms behind the figures; what is not certain; and the most severe warnings. ± is half the confidence interval, shown from a twentieth of its figure on. --show adds sections.

Warnings are part of the result: on the screen, in full with --show warnings, and in result.json. With --format json or csv they also go to standard error; with --quiet only severe ones.`

func (o *output) flags(c *cobra.Command) {
	o.formatFlag(c)
	o.screenFlags(c)
	o.outFlag(c)
	c.Flags().StringVar(&o.Events, "events", "", "write the event log of the first replication to a `file` (JSON lines)")
}

func (o *output) outFlag(c *cobra.Command) {
	c.Flags().StringVar(&o.Out, "out", "", "write result.json, CSV files and plots to a `directory`")
	_ = c.MarkFlagDirname("out")
}

func (o *output) formatFlag(c *cobra.Command) {
	var described []string
	for _, f := range reports.Formats() {
		described = append(described, f.Name+"\t"+f.Doc)
	}
	c.Flags().StringVar(&o.Format, "format", "table", "output `format`: "+strings.Join(formatNames(), ", "))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(described, cobra.ShellCompDirectiveNoFileComp))
}

// sortings are the orders of the alternatives.
var sortings = []string{"best", "file"}

// screenFlags are about the text for people.
func (o *output) screenFlags(c *cobra.Command) {
	c.Flags().StringSliceVar(&o.Show, "show", nil, "add `sections` to the first screen: "+strings.Join(reports.SectionNames(), ", "))
	c.Flags().StringVar(&o.Sort, "sort", sortings[0], "`order` of the alternatives: best (first), file (as in the scenario)")
	_ = c.RegisterFlagCompletionFunc("show", completeSections)
	_ = c.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(sortings, cobra.ShellCompDirectiveNoFileComp))
}

// completeSections completes the last name of a list of sections.
func completeSections(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	found := []string{before + reports.Everything + "\tall sections"}
	for _, s := range reports.Sections() {
		found = append(found, before+s.Name+"\t"+s.Doc)
	}
	found = slices.DeleteFunc(found, func(f string) bool { return !strings.HasPrefix(f, typed) })
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func formatNames() []string {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func (o *output) check() error {
	if _, ok := reports.Lookup(o.Format); !ok {
		return usagef("--format: unknown format %q%s", o.Format, didYouMean(o.Format, formatNames()))
	}
	for _, name := range o.Show {
		if !slices.Contains(reports.SectionNames(), name) {
			return usagef("--show: unknown section %q%s", name, didYouMean(name, reports.SectionNames()))
		}
	}
	if !slices.Contains(sortings, o.Sort) {
		return usagef("--sort: unknown order %q%s", o.Sort, didYouMean(o.Sort, sortings))
	}
	return nil
}

// showing is how a result is shown.
type showing struct {
	name    string // empty: its scenario's
	another bool   // it follows another result
}

// show prints a result on standard output, completely or not at all.
func (o *output) show(s *streams, r *experiment.Result, as showing) error {
	var b whole
	f, _ := reports.Lookup(o.Format) // check has refused unknown ones
	if as.another && f.Prose {
		fmt.Fprintln(&b)
	}
	if err := f.Write(&b, r, reports.Options{Name: as.name, Width: s.width, Color: s.color, Show: o.Show, FileOrder: o.Sort == "file"}); err != nil {
		return err
	}
	if err := s.print(&b, o.Format); err != nil {
		return err
	}
	if !f.Prose {
		s.alarm(cmp.Or(as.name, fileName(r.Name)), r.Warnings)
	}
	return nil
}

// print prints a report whole.
func (s *streams) print(text io.WriterTo, format string) error {
	out := io.Writer(s.out)
	if format == "json" {
		out = diag.JSON(out)
	}
	_, err := text.WriteTo(out)
	return err
}

// alarm prints the warnings of a result of some name for a format that people do not read; with --quiet only severe ones.
func (s *streams) alarm(name string, warnings []diag.Warning) {
	for _, w := range warnings {
		if s.quiet && w.Severity < diag.Severe {
			continue
		}
		fmt.Fprintf(s.err, "%s: %s: %s\n", name, w.Severity, reports.WarningText(w))
	}
}

// save writes the files of --events and --out.
func (o *output) save(s *streams, r *experiment.Result, t target, m outdir.Meta) error {
	if t.events != "" {
		if err := s.write("--events", t.events, func(w io.Writer) error { return writeEvents(w, r) }); err != nil {
			return err
		}
	}
	if t.dir == "" {
		return nil
	}
	dir, err := outdir.Open(t.dir)
	if err != nil {
		return err
	}
	names, err := outdir.Write(dir, r, m)
	if err != nil {
		return err
	}
	s.note("%s: result.json, CSV files and plots (SVG and PNG)", t.dir)
	for _, name := range names {
		if filepath.Ext(name) == ".svg" {
			s.note("  %s", filepath.Join(t.dir, name))
		}
	}
	return nil
}
