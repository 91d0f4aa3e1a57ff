package reports

import (
	"bufio"
	"io"
	"strings"

	"stickysim/sim/experiment"
)

var _ = Register(Format{Name: "table", Doc: "tables for a terminal", Prose: true, Write: WriteTable})

// Options of text reports. Formats that programs read ignore them.
type Options struct {
	Width int  // columns of the terminal; 0 or more than 100 = 100, less than 60 = 60
	Color bool // with ANSI colours
}

// Limits of the width of reports: longer lines are hard to read and break in logs.
const (
	leastWidth = 60
	mostWidth  = 100
)

func (o Options) width() int {
	if o.Width <= 0 {
		return mostWidth
	}
	return min(max(o.Width, leastWidth), mostWidth)
}

// WriteTable writes a result for a terminal: the answer in a sentence or two, the alternatives side by side, their paired
// differences from the baseline, the lost sessions by cause, and the servers. No line is wider than Options.Width.
func WriteTable(w io.Writer, res *experiment.Result, o Options) error {
	out := &textWriter{w: bufio.NewWriter(w), width: o.width(), color: o.Color}
	d := compose(res, space{width: out.width, gap: textGap})
	out.paragraph(d.title, bold)
	out.paragraph(d.about, "")
	for _, a := range d.answers {
		out.paragraph(a, bold)
	}
	for _, f := range d.facts {
		out.paragraph(f, "")
	}
	for _, s := range d.sections {
		out.w.WriteByte('\n')
		out.paragraph(s.title, bold)
		for i, g := range s.tables {
			if i > 0 {
				out.w.WriteByte('\n')
			}
			if err := drawText(out.w, g, out.paint()); err != nil {
				return err
			}
		}
		for _, n := range s.notes {
			out.paragraph(n, dim)
		}
	}
	if len(d.warnings) > 0 {
		out.w.WriteByte('\n')
	}
	for _, t := range d.warnings {
		out.paragraph("Warning: "+t, yellow)
	}
	return out.w.Flush()
}

// ANSI codes of the few looks in use.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

type textWriter struct {
	w     *bufio.Writer
	width int
	color bool
}

// paragraph writes a text wrapped to the width; an empty one not at all.
func (t *textWriter) paragraph(text, look string) {
	if text == "" {
		return
	}
	for _, line := range wrap(text, t.width) {
		t.w.WriteString(t.dress(line, look))
		t.w.WriteByte('\n')
	}
}

func (t *textWriter) dress(text, look string) string {
	if !t.color || look == "" || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + look + "m" + text + "\x1b[0m"
}

var toneLooks = [...]string{neutral: "", good: green, bad: red, faint: dim}

// paint colours cells by their tone; nil without colours.
func (t *textWriter) paint() func(string, tone) string {
	if !t.color {
		return nil
	}
	return func(text string, tone tone) string { return t.dress(text, toneLooks[tone]) }
}
