package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"stickysim/reports"
	"stickysim/reports/outdir"
)

// gateFiles are the files that a gate writes.
type gateFiles struct {
	Out, JUnit, Markdown string
	step                 string // the summary of a step of GitHub Actions
	annotate             bool   // GitHub Actions reads the output
}

func (o *gateFiles) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.Out, "out", "", "write result.json, CSV files and plots to a `directory`")
	f.StringVar(&o.JUnit, "junit", "", "write the verdicts as JUnit XML to a `file`")
	f.StringVar(&o.Markdown, "markdown", "", "write the report for a pull request to a `file`")
	_ = c.MarkFlagDirname("out")
	_ = c.MarkFlagFilename("junit", "xml")
	_ = c.MarkFlagFilename("markdown", "md")
}

// check finds out before hours are spent whether the files can be written.
func (o *gateFiles) check() error {
	o.step, o.annotate = os.Getenv("GITHUB_STEP_SUMMARY"), os.Getenv("GITHUB_ACTIONS") == "true"
	return errors.Join(writable("--junit", o.JUnit), writable("--markdown", o.Markdown), writable("GITHUB_STEP_SUMMARY", o.step))
}

// named are the files that are written, and those of other parts.
func (o *gateFiles) named(others ...outputFile) []outputFile {
	return append([]outputFile{{"--junit", o.JUnit}, {"--markdown", o.Markdown}, {"GITHUB_STEP_SUMMARY", o.step}}, others...)
}

// write writes the files, each completely or not at all, and the annotations.
func (o *gateFiles) write(s *streams, list []*reports.Gated) error {
	var failed []error
	if o.JUnit != "" {
		failed = append(failed, s.write("--junit", o.JUnit, func(w io.Writer) error { return reports.WriteJUnit(w, list) }))
	}
	if o.Markdown != "" {
		failed = append(failed, s.write("--markdown", o.Markdown, func(w io.Writer) error { return reports.WriteGateMarkdown(w, list, reports.SummaryLimit) }))
	}
	if o.step != "" {
		failed = append(failed, addToSummary(o.step, list))
	}
	if o.annotate {
		failed = append(failed, reports.WriteAnnotations(s.err, list))
	}
	return errors.Join(failed...)
}

// addToSummary adds to the summary of a step what fits beside what is there.
func addToSummary(name string, list []*reports.Gated) error {
	f, err := outdir.Add(name)
	if err != nil {
		return err
	}
	there := int64(0)
	if info, err := f.Stat(); err == nil {
		there = info.Size()
	}
	return errors.Join(reports.WriteGateMarkdown(f, list, max(0, int(reports.SummaryLimit-there))), f.Close())
}

// annotated is the file of a scenario as annotations name it, from the top of the repository; empty for a built-in scenario and
// a file from elsewhere.
func annotated(scenario string) string {
	if info, err := os.Stat(scenario); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	top, err := filepath.Abs(os.Getenv("GITHUB_WORKSPACE"))
	full, failed := filepath.Abs(scenario)
	name, elsewhere := filepath.Rel(top, full)
	if errors.Join(err, failed, elsewhere) != nil || !filepath.IsLocal(name) {
		return ""
	}
	return filepath.ToSlash(name)
}
